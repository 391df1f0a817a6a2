"""Local polish of a trace fit by least squares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.engines import AbstractEngine, AbstractSimulation
from brianfit.fitting.bounds import Parameters
from brianfit.fitting.problem import Problem
from brianfit.fitting.scoring import Scoring
from brianfit.metrics import SupportsResiduals
from brianfit.model.sensitivities import sensitivity_model
from brianfit.objective import TraceOutput

RELATIVE_STEP = 1e-5
"""Step of finite differences in coordinates [0, 1]: about the cube root of the rounding error."""


@final
@dataclass(frozen=True, kw_only=True)
class Residuals:
    """The errors of all traces as one long vector; the sum of its squares is the error of `fit`.

    Attributes
    ----------
    weights, data
        By output, shape (n_traces, n_steps); where the weight is zero, nothing is compared.
    """

    problem: Problem
    parameters: Parameters
    simulation: AbstractSimulation
    weights: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    data: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    iteration: int
    seed: int
    derivative_names: Mapping[tuple[str, str], str] | None = None

    def at(
        self, coordinates: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_residuals"]:
        """Return the residuals of several samples, simulated at once."""
        traces = self._traces(coordinates)
        parts = [
            self._selected(name, traces[name] - np.nan_to_num(self.data[name]))
            for name in self.weights
        ]
        return np.concatenate(parts, axis=1)

    def with_differences(
        self, x: Float[np.ndarray, " n_parameters"]
    ) -> tuple[Float[np.ndarray, " n_residuals"], Float[np.ndarray, "n_residuals n_parameters"]]:
        """Return residuals and their derivatives by finite differences, in one batch.

        Central differences, one-sided where a bound is in the way.
        """
        n = x.size
        up = np.minimum(x + RELATIVE_STEP, 1.0)
        down = np.maximum(x - RELATIVE_STEP, 0.0)
        samples = np.tile(x, (2 * n + 1, 1))
        samples[1 + np.arange(n), np.arange(n)] = up
        samples[1 + n + np.arange(n), np.arange(n)] = down
        rows = self.at(samples)
        return rows[0], (rows[1 : n + 1] - rows[n + 1 :]).T / (up - down)

    def with_sensitivities(
        self, x: Float[np.ndarray, " n_parameters"]
    ) -> tuple[Float[np.ndarray, " n_residuals"], Float[np.ndarray, "n_residuals n_parameters"]]:
        """Return residuals and their derivatives from the sensitivity equations."""
        names = self.derivative_names or {}
        space, columns = self.parameters.space, self.parameters.columns
        traces = self._traces(x[np.newaxis])
        values = space.to_values(x[np.newaxis])[0]
        chain = space.derivative(values)[:, np.newaxis] * _derivative_of_columns(columns, values)
        residuals, jacobian = [], []
        for output in self.weights:
            misfit = traces[output] - np.nan_to_num(self.data[output])
            residuals.append(self._selected(output, misfit)[0])
            by_column = [
                self._selected(output, traces[names[output, column]])[0]
                if (output, column) in names
                else np.zeros_like(residuals[-1])
                for column in columns.names
            ]
            jacobian.append(chain @ np.array(by_column))
        return np.concatenate(residuals), np.concatenate(jacobian, axis=1).T

    def _traces(self, coordinates: np.ndarray) -> Mapping[str, np.ndarray]:
        values = self.parameters.space.to_values(coordinates)
        result = self.simulation.run(
            self.parameters.columns.expand(values), iteration=self.iteration, seed=self.seed
        )
        return result.traces

    def _selected(self, output: str, traces: np.ndarray) -> np.ndarray:
        weights = self.weights[output]
        compared = weights > 0
        return np.asarray(traces[:, compared] * weights[compared])


def prepare_residuals(
    problem: Problem,
    parameters: Parameters,
    scoring: Scoring,
    engine: AbstractEngine,
    *,
    iteration: int,
    seed: int,
    sensitivities: bool,
    optimize: bool,
) -> Residuals:
    """Make ready what a refinement needs.

    Raises
    ------
    InvalidTypeError
        If a metric is not a mean of squares.
    """
    weights, data = {}, {}
    for output in scoring.outputs(problem):
        metric = output.metric
        if not isinstance(output, TraceOutput) or not isinstance(metric, SupportsResiduals):
            raise InvalidTypeError(
                "refine() minimises squares, so it needs an MSEMetric for every output, but the "
                f"metric of '{output.name}' is {type(metric).__name__}."
            )
        factor = np.sqrt(output.weight)
        weights[output.name] = metric.residual_weights(output.data, problem.dt) * factor
        data[output.name] = output.data
    task = problem.task()
    names, recorded = None, list(weights)
    if sensitivities:
        extended = sensitivity_model(
            problem.model,
            parameters=(*parameters.columns.free, *parameters.columns.tied),
            outputs=tuple(weights),
            inputs={
                name: timed.dimensions for name, timed in {**task.inputs, **task.targets}.items()
            },
            optimize=optimize,
        )
        names = extended.variables
        task = replace(task, model=extended.model)
        recorded += sorted(set(names.values()) - set(recorded))
    task = replace(task, parameter_names=parameters.columns.names, recorded=tuple(recorded))
    return Residuals(
        problem=problem,
        parameters=parameters,
        simulation=engine.prepare(task),
        weights=weights,
        data=data,
        iteration=iteration,
        seed=seed,
        derivative_names=names,
    )


Progress = Callable[[Float[np.ndarray, " n_parameters"], float, int], bool]
"""Called with coordinates, error and number of every evaluation; True ends the refinement."""


def least_squares_fit(
    residuals: Residuals,
    start: Float[np.ndarray, " n_parameters"],
    *,
    progress: Progress,
    options: Mapping[str, Any],
) -> Any:
    """Minimise by SciPy's trust-region reflective algorithm.

    The search runs in coordinates [0, 1], and residuals are divided by the error at the start, so
    that SciPy's tolerances mean the same whatever the units.

    Parameters
    ----------
    start
        Coordinates to start from.
    options
        Passed on to `scipy.optimize.least_squares`.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` in coordinates; ``cost`` is half of the error.
    """
    from scipy.optimize import OptimizeResult, least_squares

    search = _Evaluations(residuals, progress)
    try:
        initial = search.error_at(start)
        if not np.isfinite(initial):
            raise InvalidValueError(
                "The model diverges at the parameters to start from, so they cannot be refined. "
                "Give other ones as `params`."
            )
        scale = np.sqrt(initial) if initial > 0 else 1.0
        result = least_squares(
            lambda x: search.residuals_at(x) / scale,
            start,
            jac=lambda x: search.jacobian_at(x) / scale,
            bounds=(np.zeros_like(start), np.ones_like(start)),
            **{"method": "trf", "x_scale": 1.0, **options},
        )
    except _StoppedError:
        result = OptimizeResult(
            x=search.best_x,
            success=False,
            status=-2,
            message="The callback asked to stop.",
            nfev=search.n_evaluations,
        )
    result.x = search.best_x
    result.cost = 0.5 * search.best_error
    return result


@final
class _StoppedError(Exception):
    """The callback asked to stop."""


@final
class _Evaluations:
    """Residuals and derivatives of one point from one batch, computed once."""

    def __init__(self, residuals: Residuals, progress: Progress) -> None:
        self._residuals = residuals
        self._progress = progress
        self._last: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self.n_evaluations = 0
        self.best_x = np.empty(0)
        self.best_error = np.inf

    def error_at(self, x: np.ndarray) -> float:
        """Return the error of a point."""
        values, _ = self._at(x)
        return float(np.sum(values**2)) if np.all(np.isfinite(values)) else np.inf

    def residuals_at(self, x: np.ndarray) -> np.ndarray:
        """Return the residuals; a diverged point has large ones, so that it is not accepted."""
        values, _ = self._at(x)
        if np.all(np.isfinite(values)):
            return values
        return np.full_like(values, 1e6 * np.sqrt(max(self.best_error, 1e-300) / values.size))

    def jacobian_at(self, x: np.ndarray) -> np.ndarray:
        """Return the derivatives; those that cannot be had are zero."""
        return np.asarray(np.nan_to_num(self._at(x)[1], nan=0.0, posinf=0.0, neginf=0.0))

    def _at(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self._last is not None and np.array_equal(self._last[0], x):
            return self._last[1], self._last[2]
        if self._residuals.derivative_names is None:
            values, jacobian = self._residuals.with_differences(x)
        else:
            values, jacobian = self._residuals.with_sensitivities(x)
        self._last = (x.copy(), values, jacobian)
        error = float(np.sum(values**2)) if np.all(np.isfinite(values)) else np.inf
        if error < self.best_error or self.best_x.size == 0:
            self.best_x, self.best_error = x.copy(), error
        self.n_evaluations += 1
        if self._progress(x, error, self.n_evaluations - 1):
            raise _StoppedError
        return values, jacobian


def _derivative_of_columns(
    columns: Any, values: np.ndarray
) -> Float[np.ndarray, "n_parameters n_columns"]:
    """Return d column / d free parameter; ties by central differences of their expression."""
    n = values.size
    result = np.zeros((n, len(columns.names)))
    result[np.arange(n), np.arange(n)] = 1.0
    if not columns.tied:
        return result
    step = 1e-6 * np.where(values == 0, 1.0, np.abs(values))
    up = columns.expand(values + np.diag(step))
    down = columns.expand(values - np.diag(step))
    first_tied = len(columns.free) + len(columns.fixed)
    result[:, first_tied:] = ((up - down) / (2 * step)[:, np.newaxis])[:, first_tied:]
    return result

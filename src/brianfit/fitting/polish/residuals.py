"""The differences of all traces from their recordings, and their derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit.engines import (
    AbstractEngine,
    AbstractSimulation,
    SimulationResult,
    derivative_simulation,
)
from brianfit.fitting.problem.parameters import Parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.task import FitTask
from brianfit.model.sensitivities import sensitivity_model
from brianfit.objective.linearisation import is_least_squares, residual_weights
from brianfit.objective.tangents import direction_names

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
    has_tangents
        Whether the engine computes derivatives beside the traces.
    derivative_names
        Names of the sensitivities of outputs to columns, where the model was extended by them.
    """

    problem: Problem
    parameters: Parameters
    simulation: AbstractSimulation
    weights: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    data: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]
    iteration: int
    seed: int
    has_tangents: bool = False
    derivative_names: Mapping[tuple[str, str], str] | None = None

    def linearised(
        self, x: Float[np.ndarray, " n_parameters"]
    ) -> tuple[Float[np.ndarray, " n_residuals"], Float[np.ndarray, "n_residuals n_parameters"]]:
        """Return residuals and their derivatives at one point."""
        if self.has_tangents or self.derivative_names is not None:
            return self._with_derivatives(x)
        return self.with_differences(x)

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

    def rows_at(self, x: Float[np.ndarray, " n_parameters"]) -> list[Float[np.ndarray, " _"]]:
        """Return the weighted residuals of every trace of every output, one after the other."""
        traces = self._traces(x[np.newaxis])
        rows = []
        for name, weights in self.weights.items():
            misfit = (traces[name][0] - self.data[name]) * weights
            rows += [row[w > 0] for row, w in zip(misfit, weights, strict=True)]
        return rows

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

    def _with_derivatives(
        self, x: Float[np.ndarray, " n_parameters"]
    ) -> tuple[Float[np.ndarray, " n_residuals"], Float[np.ndarray, "n_residuals n_parameters"]]:
        """Return residuals and their derivatives from one simulation."""
        space, columns = self.parameters.space, self.parameters.columns
        result = self._run(x[np.newaxis])
        values = space.to_values(x[np.newaxis])
        chain = space.derivative(values[0])[:, np.newaxis] * columns.derivative(values)[0]
        residuals, jacobian = [], []
        for output in self.weights:
            misfit = result.traces[output] - np.nan_to_num(self.data[output])
            residuals.append(self._selected(output, misfit)[0])
            slopes = [self._slope(result, output, column) for column in columns.names]
            rows = [
                np.zeros_like(residuals[-1]) if slope is None else self._selected(output, slope)[0]
                for slope in slopes
            ]
            jacobian.append(chain @ np.array(rows))
        return np.concatenate(residuals), np.concatenate(jacobian, axis=1).T

    def _slope(self, result: SimulationResult, output: str, column: str) -> np.ndarray | None:
        """Return the derivative of an output by a column; None where it is zero."""
        if self.derivative_names is not None:
            name = self.derivative_names.get((output, column))
            return None if name is None else result.traces[name]
        directions = direction_names(self.parameters.columns)
        if column not in directions:
            return None
        return np.asarray(result.slopes[output][..., directions.index(column)])

    def _traces(self, coordinates: np.ndarray) -> Mapping[str, np.ndarray]:
        return self._run(coordinates).traces

    def _run(self, coordinates: np.ndarray) -> SimulationResult:
        values = self.parameters.space.to_values(coordinates)
        return self.simulation.run(
            self.parameters.columns.expand(values), iteration=self.iteration, seed=self.seed
        )

    def _selected(self, output: str, traces: np.ndarray) -> np.ndarray:
        weights = self.weights[output]
        compared = weights > 0
        return np.asarray(traces[:, compared] * weights[compared])


def prepare_residuals(
    task: FitTask, engine: AbstractEngine, *, iteration: int, seed: int
) -> Residuals:
    """Make ready the residuals alone; their derivatives are finite differences.

    Raises
    ------
    InvalidTypeError
        If a metric is not a mean of squares.
    """
    problem, parameters = task.problem, task.parameters
    outputs = task.scoring.outputs(problem)
    for output in outputs:
        if not is_least_squares([output]):
            raise InvalidTypeError(
                "refine() minimises squares, so it needs an MSEMetric for every output, but the "
                f"metric of '{output.name}' is {type(output.metric).__name__}."
            )
    weights = residual_weights(outputs, problem.dt)
    simulated = replace(
        problem.task(), parameter_names=parameters.columns.names, recorded=tuple(weights)
    )
    return Residuals(
        problem=problem,
        parameters=parameters,
        simulation=engine.prepare(simulated),
        weights=weights,
        data={output.name: np.asarray(output.data) for output in outputs},
        iteration=iteration,
        seed=seed,
    )


def with_tangents(residuals: Residuals, engine: AbstractEngine) -> Residuals | None:
    """Return the residuals with derivatives from the engine; None if it has none."""
    outputs = tuple(residuals.weights)
    task = replace(
        residuals.problem.task(),
        parameter_names=residuals.parameters.columns.names,
        recorded=outputs,
        directions=direction_names(residuals.parameters.columns),
        sloped=outputs,
    )
    simulation = derivative_simulation(engine, task)
    if simulation is None:
        return None
    return replace(residuals, simulation=simulation, has_tangents=True)


def with_sensitivities(
    residuals: Residuals, engine: AbstractEngine, *, optimize: bool
) -> Residuals:
    """Return the residuals with derivatives from sensitivity equations added to the model."""
    problem, columns = residuals.problem, residuals.parameters.columns
    task = problem.task()
    extended = sensitivity_model(
        problem.model,
        parameters=(*columns.free, *columns.tied),
        outputs=tuple(residuals.weights),
        inputs={name: timed.dimensions for name, timed in {**task.inputs, **task.targets}.items()},
        optimize=optimize,
    )
    recorded = list(residuals.weights)
    recorded += sorted(set(extended.variables.values()) - set(recorded))
    task = replace(
        task, model=extended.model, parameter_names=columns.names, recorded=tuple(recorded)
    )
    return replace(residuals, simulation=engine.prepare(task), derivative_names=extended.variables)

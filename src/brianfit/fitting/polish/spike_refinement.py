"""What `SpikeFitter.refine` does: least squares on the times of matched spikes.

Spikes are matched anew wherever the model is simulated. A spike without partner costs half the
square of the window, so that to lose a pair is never cheaper than to keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, NoDerivativesError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, readable, scalar_si
from brianfit.engines import AbstractSimulation, SpikeSlopes, derivative_simulation
from brianfit.fitting.polish.damped_fit import Descent, Limits, Point, damped_fit
from brianfit.fitting.polish.matched_spikes import Pairs, match_spikes
from brianfit.fitting.polish.standard_errors import uncertainty_of
from brianfit.fitting.polish.trace_refinement import (
    DEFAULT_SEED,
    add_uncertainty,
    divided_keywords,
    free_values_of,
    parameters_of,
    progress_of,
    start_of,
    with_units,
)
from brianfit.fitting.problem.parameters import Parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.search.session import FitSession
from brianfit.objective.tangents import direction_names, directions_among

USUAL_WINDOW = 10e-3
"""Window [s] where no recorded train has two spikes."""

MAX_EVALUATIONS = 1000


@final
@dataclass(frozen=True, kw_only=True)
class SpikeRefineRequest:
    """The arguments of one call of `SpikeFitter.refine`, as the user gave them."""

    params: Mapping[str, Any] | None
    window: Any
    callback: Any
    iteration: int | float
    others: Mapping[str, Any]


def refine_spikes(
    session: FitSession, request: SpikeRefineRequest, namespace: Mapping[str, Any]
) -> tuple[dict[str, Any], Any]:
    """Improve parameters by least squares; return them with SciPy's result.

    The best sample of the session becomes the refined one if its metric finds it better.
    """
    problem = session.problem.with_namespace(namespace)
    given_bounds, options = divided_keywords(problem, request.others)
    limits = _limits(options)
    start = start_of(session, request.params)
    parameters = parameters_of(session, problem, given_bounds)
    times = _prepared(session, problem, parameters, request)
    progress = progress_of(session, problem, parameters, SECOND**2, request.callback)
    found = damped_fit(
        times.points,
        parameters.space.to_coordinates(free_values_of(problem, parameters, start)[np.newaxis])[0],
        progress=lambda point, number: progress(point.x, point.error, number),
        limits=limits,
    )
    result = _result(session, times, found, _chosen(session, parameters, found))
    row = parameters.columns.expand(parameters.space.to_values(result.x[np.newaxis]))[0]
    return with_units(session, problem, parameters.columns.names, row), result


def _limits(options: Mapping[str, Any]) -> Limits:
    unknown = sorted(set(options) - {"max_nfev", "ftol", "xtol"})
    if unknown:
        raise InvalidValueError(
            f"Spikes are refined without {', '.join(map(repr, unknown))}; besides parameters, "
            "refine() of a SpikeFitter knows max_nfev, ftol and xtol."
        )
    return Limits(**{"max_nfev": MAX_EVALUATIONS, "ftol": 1e-3, "xtol": 1e-7, **options})


def _chosen(session: FitSession, parameters: Parameters, found: Descent) -> Point:
    """Return the best point that the metric of the fit, if there was one, finds no worse.

    If the metric finds any better than all before, it becomes the best of the session.
    """
    search = session.search
    if search is None or parameters.columns.names != search.parameters.columns.names:
        return found.best
    values = parameters.space.to_values(np.array([point.x for point in found.path]))
    settings: dict[str, Any] = {"iteration": search.iteration, "seed": search.seed}
    errors = search.objective.evaluate(values, **settings).errors
    number = int(np.flatnonzero(~(errors > errors[0]))[-1])
    row = values[number][np.newaxis]
    search.note(row, search.objective.evaluate(row, **settings))
    dimensions = search.dimensions.error
    session.refinement = (
        f"refined by spike times: {readable(float(errors[0]), dimensions)} -> "
        f"{readable(float(errors[number]), dimensions)} after {found.n_evaluations} "
        f"evaluations ({found.message})"
    )
    return found.path[number]


def _result(session: FitSession, times: SpikeTimes, found: Descent, end: Point) -> Any:
    """Return what SciPy would, with uncertainties and a message that says what happened."""
    from scipy.optimize import OptimizeResult

    before, pairs, best = times.compared(np.array([found.start.x, end.x, found.best.x]))
    words = [found.message, f"{before.in_words()} -> {pairs.in_words()}"]
    if end is not found.best:
        words.append(f"then {best.in_words()}, which the metric of the fit finds worse")
    result = OptimizeResult(
        x=end.x,
        cost=0.5 * end.error,
        success=found.message.startswith("converged"),
        status=1 if found.message.startswith("converged") else 0,
        message="; ".join(words),
        nfev=found.n_evaluations,
        nit=found.n_rounds,
        grad=end.models[0].gradient,
        normal_matrix=end.models[0].matrix,
    )
    uncertainty = uncertainty_of(
        times.parameters.space,
        times.parameters.space.to_values(end.x[np.newaxis])[0],
        result.normal_matrix,
        error=pairs.mean_square(),
        n_compared=float(pairs.differences.size),
    )
    add_uncertainty(session, result, uncertainty, times.problem)
    return result


@final
@dataclass(frozen=True, kw_only=True)
class SpikeTimes:
    """The differences between matched spike times; their mean square is minimised.

    Attributes
    ----------
    trains, trace_of_train
        What was recorded [s].
    window
        Spikes are partners up to this difference [s].
    """

    problem: Problem
    parameters: Parameters
    simulation: AbstractSimulation
    trains: tuple[Float[np.ndarray, " _"], ...]
    trace_of_train: tuple[int, ...]
    window: float
    iteration: int
    seed: int

    def points(self, x: Float[np.ndarray, "n_samples n_parameters"]) -> list[Point]:
        """Simulate samples and return what was found."""
        return [
            Point(x=row, error=pairs.error(self.window), models=tuple(pairs.models()))
            for row, pairs in zip(x, self.compared(x), strict=True)
        ]

    def compared(self, x: Float[np.ndarray, "n_samples n_parameters"]) -> list[Pairs]:
        """Simulate samples and match their spikes with the recorded ones."""
        space, columns = self.parameters.space, self.parameters.columns
        values = space.to_values(x)
        result = self.simulation.run(
            columns.expand(values), iteration=self.iteration, seed=self.seed
        )
        if result.spikes is None or result.spike_slopes is None:
            raise RuntimeError("The engine returned no spike times although they were asked for.")
        chains = columns.derivative(values)[..., directions_among(columns)]
        scales = np.array([space.derivative(row) for row in values])
        n_traces = self.problem.n_traces * self.problem.repeats
        found = []
        for sample in range(len(x)):
            chain = chains[sample] * scales[sample][:, np.newaxis]
            offsets = result.spikes.offsets[sample * n_traces :][: n_traces + 1]
            found.append(self._matched(result.spike_slopes, offsets, chain))
        return found

    def _matched(self, found: SpikeSlopes, offsets: np.ndarray, chain: np.ndarray) -> Pairs:
        """Return the pairs of one sample, whose trace k has the spikes from `offsets[k]` on."""
        differences, rows, n_alone = [np.empty(0)], [np.empty((0, len(chain)))], 0
        for train, trace in zip(self.trains, self.trace_of_train, strict=True):
            places = slice(offsets[trace], offsets[trace + 1])
            is_within = found.times[places] < self.problem.recordings.durations[trace]
            times = found.times[places][is_within]
            first, second = match_spikes(train, times, self.window)
            differences.append(times[second] - train[first])
            slopes = found.derivatives[places][is_within][second]
            rows.append(np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0) @ chain.T)
            n_alone += train.size + times.size - 2 * first.size
        return Pairs(
            differences=np.concatenate(differences),
            slopes=np.concatenate(rows),
            n_alone=n_alone,
            n_recorded=sum(train.size for train in self.trains),
        )


def _prepared(
    session: FitSession, problem: Problem, parameters: Parameters, request: SpikeRefineRequest
) -> SpikeTimes:
    """Make ready what is compared.

    Raises
    ------
    NoDerivativesError
        If the engine has no derivatives of spike times.
    InvalidValueError
        If no spike was recorded.
    """
    columns = parameters.columns
    trains, traces = problem.spike_trains()
    if not any(train.size for train in trains):
        raise InvalidValueError("No spike was recorded, so there are no spike times to compare.")
    simulation = derivative_simulation(
        session.engine,
        replace(
            problem.task(),
            parameter_names=columns.names,
            record_spikes=True,
            directions=direction_names(columns),
        ),
    )
    if simulation is None:
        raise NoDerivativesError(
            "SpikeFitter.refine() needs derivatives of spike times, which only the fused engine "
            "has; this model, or the engine that was chosen, runs without it."
        )
    return SpikeTimes(
        problem=problem,
        parameters=parameters,
        simulation=simulation,
        trains=tuple(trains),
        trace_of_train=traces,
        window=_window(request.window, trains),
        iteration=int(request.iteration),
        seed=DEFAULT_SEED if session.search is None else session.search.seed,
    )


def _window(given: Any, trains: list[np.ndarray]) -> float:
    """Return the window [s]: the median interval between recorded spikes unless given."""
    if given is not None:
        window = scalar_si("window", given, SECOND)
        if not (np.isfinite(window) and window > 0):
            raise InvalidValueError(f"`window` must be a positive time, but is {given}.")
        return window
    intervals = np.concatenate([np.diff(train) for train in trains])
    return float(np.median(intervals)) if intervals.size else USUAL_WINDOW

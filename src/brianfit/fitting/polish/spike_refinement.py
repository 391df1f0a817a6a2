"""Refine spikes: least squares on the times of matched spikes, and on traces beside them.

Spikes are matched anew wherever the model is simulated. A spike without partner costs half the
square of the window, so that to lose a pair is never cheaper than to keep it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, NoDerivativesError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.engines import AbstractSimulation, SpikeSlopes, derivative_simulation
from brianfit.fitting.polish.damped_fit import Descent, Limits, Point, damped_fit
from brianfit.fitting.polish.matched_spikes import Pairs, match_spikes
from brianfit.fitting.polish.refinement_task import RefinementTask
from brianfit.fitting.polish.standard_errors import uncertainty_of
from brianfit.fitting.problem.parameters import Parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.objective.tangents import direction_names, directions_among

USUAL_WINDOW = 10e-3
"""Window [s] where no recorded train has two spikes."""

MAX_EVALUATIONS = 1000


def refine_spikes(work: RefinementTask) -> Any:
    """Improve parameters by the times of spikes; return a result as SciPy has it.

    The best sample of the fit becomes the refined one if its metric finds it better.
    """
    times = spike_times(work)
    progress = work.progress(SECOND**2)
    found = damped_fit(
        times.points,
        work.start,
        progress=lambda point, number: progress(point.x, point.error, number),
        limits=limits_of(work),
    )
    end = chosen(work, found)
    before, pairs, best = times.compared(np.array([found.start.x, end.x, found.best.x]))
    words = [found.message, f"{before.in_words()} -> {pairs.in_words()}"]
    if end is not found.best:
        words.append(f"then {best.in_words()}, which the metric of the fit finds worse")
    result = result_of_descent(found, end, "; ".join(words))
    result.fun, result.jac = pairs.differences, pairs.slopes
    uncertainty = uncertainty_of(
        work.task.parameters.space,
        work.values_at(end.x),
        result.normal_matrix,
        error=pairs.mean_square(),
        n_compared=float(pairs.differences.size),
    )
    work.keep(result, uncertainty, way="spike times", reason=found.message)
    return result


def limits_of(work: RefinementTask) -> Limits:
    """Return when a descent ends."""
    return Limits(**{"max_nfev": MAX_EVALUATIONS, "ftol": 1e-3, "xtol": 1e-7, **work.options})


def chosen(work: RefinementTask, found: Descent) -> Point:
    """Return the last point of the way that the metric of the fit, if any, finds no worse."""
    evaluation = work.evaluated(np.array([point.x for point in found.path]))
    if evaluation is None:
        return found.best
    errors = evaluation.errors
    return found.path[int(np.flatnonzero(~(errors > errors[0]))[-1])]


def result_of_descent(found: Descent, end: Point, message: str) -> Any:
    """Return what SciPy would."""
    from scipy.optimize import OptimizeResult

    return OptimizeResult(
        x=end.x,
        cost=0.5 * end.error,
        success=found.message.startswith("converged"),
        status=1 if found.message.startswith("converged") else 0,
        message=message,
        nfev=found.n_evaluations,
        nit=found.n_rounds,
        grad=end.models[0].gradient,
        normal_matrix=end.models[0].matrix,
    )


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


def spike_times(work: RefinementTask) -> SpikeTimes:
    """Make ready what is compared.

    Raises
    ------
    NoDerivativesError
        If the engine has no derivatives of spike times.
    InvalidValueError
        If no spike was recorded.
    """
    problem, parameters = work.task.problem, work.task.parameters
    columns = parameters.columns
    trains, traces = problem.spike_trains()
    if not any(train.size for train in trains):
        raise InvalidValueError("No spike was recorded, so there are no spike times to compare.")
    simulation = derivative_simulation(
        work.session.engine,
        replace(
            problem.task(),
            parameter_names=columns.names,
            record_spikes=True,
            directions=direction_names(columns),
        ),
    )
    if simulation is None:
        raise NoDerivativesError(
            "To refine spikes needs derivatives of spike times, which only the fused engine has; "
            "this model, or the engine that was chosen, runs without it."
        )
    return SpikeTimes(
        problem=problem,
        parameters=parameters,
        simulation=simulation,
        trains=tuple(trains),
        trace_of_train=traces,
        window=_window(work.arguments.window, trains),
        iteration=work.iteration,
        seed=work.session.seed,
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

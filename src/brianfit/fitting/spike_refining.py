"""What `SpikeFitter.refine` does: least squares on the times of matched spikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, NoDerivativesError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.engines import AbstractSimulation, derivative_simulation
from brianfit.fitting.bounds import Parameters
from brianfit.fitting.problem import Problem
from brianfit.fitting.refinement import as_residuals, least_squares_fit
from brianfit.fitting.refining import (
    DEFAULT_SEED,
    add_uncertainty,
    divided_keywords,
    free_values_of,
    note_refined,
    parameters_of,
    progress_of,
    start_of,
    with_units,
)
from brianfit.fitting.session import FitSession
from brianfit.fitting.spike_matching import match_spikes
from brianfit.fitting.uncertainty import uncertainty_of
from brianfit.objective.tangents import direction_names, directions_among

USUAL_WINDOW = 10e-3
"""Window [s] where no recorded train has two spikes."""


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
    start = start_of(session, request.params)
    parameters = parameters_of(session, problem, given_bounds)
    space, search = parameters.space, session.search
    residuals = _prepared(session, problem, parameters, request)
    result = least_squares_fit(
        residuals.linearised,
        space.to_coordinates(free_values_of(problem, parameters, start)[np.newaxis])[0],
        progress=progress_of(session, problem, parameters, SECOND**2, request.callback),
        options=options,
    )
    values = space.to_values(result.x[np.newaxis])[0]
    add_uncertainty(
        session,
        result,
        uncertainty_of(
            space,
            values,
            result.normal_matrix,
            error=2 * result.cost,
            n_compared=residuals.n_matched(result.x),
        ),
        problem,
    )
    if search is not None and parameters.columns.names == search.parameters.columns.names:
        note_refined(session, search, values, result)
    row = parameters.columns.expand(values[np.newaxis])[0]
    return with_units(session, problem, parameters.columns.names, row), result


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

    def linearised(
        self, x: Float[np.ndarray, " n_parameters"]
    ) -> tuple[Float[np.ndarray, " n_residuals"], Float[np.ndarray, "n_residuals n_parameters"]]:
        """Return residuals with the error, the gradient and the normal matrix of all pairs."""
        differences, slopes, n_alone = self._compared(x)
        n_recorded = sum(train.size for train in self.trains)
        error = (np.sum(differences**2) + n_alone * self.window**2 / 2) / n_recorded
        return as_residuals(
            float(error), slopes.T @ differences / n_recorded, slopes.T @ slopes / n_recorded
        )

    def n_matched(self, x: Float[np.ndarray, " n_parameters"]) -> float:
        """Return the number of pairs."""
        return float(len(self._compared(x)[0]))

    def _compared(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
        """Return differences [s], their derivatives in coordinates, and how many have no pair."""
        times, slopes = self._simulated(x)
        differences, rows, n_alone = [np.empty(0)], [np.empty((0, x.size))], 0
        for train, trace in zip(self.trains, self.trace_of_train, strict=True):
            first, second = match_spikes(train, times[trace], self.window)
            differences.append(times[trace][second] - train[first])
            rows.append(slopes[trace][second])
            n_alone += train.size + times[trace].size - 2 * first.size
        return np.concatenate(differences), np.concatenate(rows), n_alone

    def _simulated(self, x: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return, by trace, the spike times [s] and their derivatives in coordinates."""
        space, columns = self.parameters.space, self.parameters.columns
        values = space.to_values(x[np.newaxis])
        result = self.simulation.run(
            columns.expand(values), iteration=self.iteration, seed=self.seed
        )
        if result.spikes is None or result.spike_slopes is None:
            raise RuntimeError("The engine returned no spike times although they were asked for.")
        chain = columns.derivative(values)[0][:, directions_among(columns)]
        chain = space.derivative(values[0])[:, np.newaxis] * chain
        slopes = np.nan_to_num(result.spike_slopes.derivatives @ chain.T)
        times, rows = [], []
        for trace, end in enumerate(self.problem.recordings.durations):
            places = slice(*result.spikes.offsets[trace : trace + 2])
            train = result.spike_slopes.times[places]
            times.append(train[train < end])
            rows.append(slopes[places][train < end])
        return times, rows


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

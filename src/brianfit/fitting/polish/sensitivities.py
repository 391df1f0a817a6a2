"""How the outputs of a model change with its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_texts
from brianfit._foundation.errors import (
    FitStateError,
    InvalidTypeError,
    InvalidValueError,
    NoDerivativesError,
)
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, from_si, scalar_si
from brianfit.engines import SimulationResult, derivative_simulation
from brianfit.fitting.polish.fisher_information import FisherInformation
from brianfit.fitting.problem.parameter_values import checked_iteration, checked_values
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.search.session import FitSession
from brianfit.objective import SPIKES


@final
@dataclass(frozen=True, kw_only=True)
class Sensitivities:
    """The outputs of one set of parameters, and their derivatives [SI].

    Attributes
    ----------
    names
        The parameters by which the outputs are differentiated.
    result
        Of the simulation of the one sample.
    """

    problem: Problem
    names: tuple[str, ...]
    values: Float[np.ndarray, " n_parameters"]
    result: SimulationResult

    def with_units(self) -> dict[str, dict[str, Any]]:
        """Return ``{output: {parameter: derivative}}``, in the unit of the one over the other."""
        return {
            output: {name: self._with_unit(output, k) for k, name in enumerate(self.names)}
            for output in self.problem.output_names
        }

    def _with_unit(self, output: str, number: int) -> Any:
        model = self.problem.model
        dimensions = model.dimensions(self.names[number])
        if output == SPIKES:
            _, by_trace = self.spikes()
            return [from_si(rows[:, number], SECOND / dimensions) for rows in by_trace]
        slopes = np.array(self.result.slopes[output][0, :, :, number])
        slopes[~self.is_within()] = np.nan
        return from_si(slopes, self.problem.output_dimensions(output) / dimensions)

    def is_within(self) -> np.ndarray:
        """Return which steps of every trace are before its end."""
        ends = np.round(self.problem.recordings.durations / self.problem.dt).astype(np.int64)
        return np.asarray(np.arange(self.problem.n_steps) < ends[:, np.newaxis])

    def spikes(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return, by trace, the spike times [s] and their derivatives."""
        trains, slopes = self.result.spikes, self.result.spike_slopes
        if trains is None or slopes is None:
            raise RuntimeError("The engine returned no spike times although they were asked for.")
        times, rows = [], []
        for trace, end in enumerate(self.problem.recordings.durations):
            places = slice(*trains.offsets[trace : trace + 2])
            is_early = slopes.times[places] < end
            times.append(slopes.times[places][is_early])
            rows.append(slopes.derivatives[places][is_early])
        return times, rows


def sensitivities_of(
    session: FitSession,
    problem: Problem,
    params: Mapping[str, Any] | None,
    *,
    wanted: Sequence[str] | None,
    iteration: int | float,
) -> Sensitivities:
    """Simulate one set of parameters with its derivatives.

    Parameters
    ----------
    wanted
        The parameters by which to differentiate; unless told, those that are free in the fit, or
        all that have a value.

    Raises
    ------
    FitStateError
        Without parameters.
    NoDerivativesError
        If the engine has no derivatives.
    """
    given = session.best_params if params is None else params
    if given is None:
        raise FitStateError("There are no best parameters yet: call fit() first, or give `params`.")
    values = checked_values(problem.model, given)
    names = _directions(session, values, wanted)
    traces = problem.trace_names
    task = replace(
        problem.task(),
        parameter_names=tuple(values),
        recorded=traces,
        record_spikes=SPIKES in problem.output_names,
        directions=names,
        sloped=traces,
    )
    simulation = derivative_simulation(session.engine, task)
    if simulation is None:
        raise NoDerivativesError(
            "Sensitivities need an engine with derivatives, which the fused engine is; this "
            "model, or the engine that was chosen, runs without it."
        )
    result = simulation.run(
        np.array([list(values.values())], dtype=np.float64),
        iteration=checked_iteration(iteration),
        seed=session.seed,
    )
    at = np.array([values[name] for name in names], dtype=np.float64)
    return Sensitivities(problem=problem, names=names, values=at, result=result)


def fisher_information_of(found: Sensitivities, noise: Any) -> FisherInformation:
    """Return the information of all outputs, added up.

    Parameters
    ----------
    noise
        Standard deviation of independent noise at every step, or in every spike time; for several
        outputs ``{output: deviation}``. Unless told, that of the residuals, for traces.

    Raises
    ------
    InvalidTypeError
        If the noise of an output is not known.
    """
    problem, n = found.problem, len(found.names)
    matrix, used = np.zeros((n, n)), {}
    for output in problem.output_names:
        if output == SPIKES:
            rows = np.concatenate(found.spikes()[1])
        else:
            compared = found.is_within() & np.isfinite(problem.data(output))
            rows = found.result.slopes[output][0][compared]
        used[output] = _noise_of(found, output, noise)
        matrix += rows.T @ rows / used[output] ** 2
    return FisherInformation(names=found.names, values=found.values, matrix=matrix, noise=used)


def _directions(
    session: FitSession, values: Mapping[str, float], wanted: Sequence[str] | None
) -> tuple[str, ...]:
    if wanted is None:
        search = session.search
        free = () if search is None else search.task.parameters.space.names
        return tuple(name for name in free if name in values) or tuple(values)
    wanted = check_texts("wanted", wanted)
    unknown = sorted(set(wanted) - set(values))
    if unknown:
        raise InvalidValueError(
            f"`wanted` names {', '.join(map(repr, unknown))}, which `params` does not give a "
            f"value; those with one are: {', '.join(values)}."
        )
    return tuple(wanted)


def _noise_of(found: Sensitivities, output: str, noise: Any) -> float:
    given = noise.get(output) if isinstance(noise, Mapping) else noise
    problem = found.problem
    if given is not None:
        dimensions = SECOND if output == SPIKES else problem.output_dimensions(output)
        size = scalar_si("noise", given, dimensions)
        if not (np.isfinite(size) and size > 0):
            raise InvalidValueError(f"`noise` must be positive and finite, but is {given}.")
        return size
    if output == SPIKES:
        raise InvalidTypeError(
            "Give `noise`, the standard deviation of the spike times: it cannot be told from "
            "trains whose spikes were not matched."
        )
    misfit = found.result.traces[output][0] - problem.data(output)
    compared = found.is_within() & np.isfinite(misfit)
    size = float(np.sqrt(np.mean(misfit[compared] ** 2)))
    if not size > 0:
        raise InvalidTypeError(
            f"The model reproduces '{output}' exactly, so the noise cannot be told from the "
            "residuals; give `noise`."
        )
    return size

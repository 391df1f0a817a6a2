"""The voltage of a model that is given the recorded spikes, by least squares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from brian2.equations.equations import PARAMETER, Equations, SingleEquation

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import from_si
from brianfit.data import RecordingSet, between_spikes
from brianfit.engines import AbstractEngine
from brianfit.fitting.escape_rates.given_spikes import (
    SPIKES_GIVEN,
    GivenSpikes,
    simulate,
    with_given_spikes,
)
from brianfit.fitting.polish.least_squares import Linearised, as_residuals, least_squares_fit
from brianfit.fitting.polish.residuals import prepare_residuals
from brianfit.fitting.polish.standard_errors import (
    Uncertainty,
    independent_residuals,
    uncertainty_of,
)
from brianfit.fitting.problem.metrics_by_output import read_scoring
from brianfit.fitting.problem.parameters import Parameters, read_parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.task import FitTask
from brianfit.metrics import MSEMetric
from brianfit.model import Model, Parameter
from brianfit.model.model import copied

BEFORE = 5e-3
"""What lies so near before a recorded spike [s] is its rise, which these models do not have."""

ELECTRODE = "brianfit_R_e"
_COMPARED = "brianfit_recorded_voltage"
_MOST_EVALUATIONS = 40


@final
@dataclass(frozen=True, kw_only=True)
class ComparedVoltage:
    """Which voltage is compared, and when.

    Attributes
    ----------
    trace
        Its name, in the model and in the recordings.
    electrode
        Name of an input, a current: the recorded voltage is that of the model and what the current
        causes in a resistance in series. None: it is that of the model.
    t_start
        The start of every sweep that is left out [s].
    after
        What lies so near after a spike is left out [s].
    """

    trace: str
    electrode: str | None
    t_start: float
    after: float


@final
@dataclass(frozen=True, kw_only=True)
class FittedVoltage:
    """Parameters with which a model follows the voltage between recorded spikes.

    Attributes
    ----------
    values
        Of every parameter that the voltage depends on, and of `ELECTRODE` where it was fitted [SI].
    uncertainty
        Of the free ones.
    explained
        One minus the mean square of what is left, over the variance of the voltage between spikes.
    """

    values: Mapping[str, float]
    uncertainty: Uncertainty
    explained: float


def fit_voltage(
    model: Model,
    given: GivenSpikes,
    compared: ComparedVoltage,
    parameters: Mapping[str, Parameter],
    start: Mapping[str, float],
    *,
    engine: AbstractEngine,
) -> FittedVoltage:
    """Fit the voltage between spikes.

    Parameters
    ----------
    parameters
        Those of the model, free or fixed.
    start
        Where the search begins [SI].
    """
    bare = _compared_model(model, given, compared)
    problem = Problem(
        model=bare,
        recordings=_between_spikes(given, compared),
        dt=given.dt,
        output_names=(_COMPARED,),
    )
    used = {name: how for name, how in parameters.items() if name in bare.parameter_names}
    if compared.electrode is not None:
        used[ELECTRODE] = _resistance(bare)
    read = read_parameters(bare, used)
    x = read.space.to_coordinates(
        np.array([[{ELECTRODE: 0.0, **start}[name] for name in read.space.names]])
    )[0]
    data = problem.data(_COMPARED)
    metric = MSEMetric(normalization=from_si(float(np.nanstd(data)), bare.dimensions(_COMPARED)))
    linearised, rows_at = _linearised(problem, read, metric, engine)
    result = least_squares_fit(
        linearised,
        np.clip(x, 1e-6, 1 - 1e-6),
        progress=lambda _x, _error, _number: False,
        options={"max_nfev": _MOST_EVALUATIONS, "ftol": 1e-5, "xtol": 1e-5},
    )
    free = read.space.to_values(result.x[np.newaxis])[0]
    row = read.columns.expand(free[np.newaxis])[0]
    return FittedVoltage(
        values=dict(zip(read.columns.names, row.tolist(), strict=True)),
        uncertainty=uncertainty_of(
            read.space,
            free,
            result.normal_matrix,
            error=2 * result.cost,
            n_compared=independent_residuals(rows_at(result.x)),
        ),
        explained=1.0 - 2.0 * float(result.cost),
    )


def explained_variance(
    model: Model,
    given: GivenSpikes,
    compared: ComparedVoltage,
    values: Mapping[str, float],
    *,
    engine: AbstractEngine,
) -> float:
    """Return which part of the variance of a voltage between spikes a model follows; at most 1."""
    bare = _compared_model(model, given, compared)
    sweeps = _between_spikes(given, compared)
    ((_, found),) = simulate(bare, given, (_COMPARED,), values, engine)
    recorded = np.full(found.shape, np.nan)
    for row, sweep in zip(recorded, sweeps, strict=True):
        row[: sweep.traces[_COMPARED].size] = sweep.traces[_COMPARED]
    return float(1.0 - np.nanmean((found - recorded) ** 2) / np.nanvar(recorded))


def between_spikes_of(
    given: GivenSpikes, trace: str, *, after: float
) -> Float[np.ndarray, " n_values"]:
    """Return the voltage of all sweeps between spikes, one after the other, nan in between."""
    rows = [
        between_spikes(
            replace(sweep, spike_trains=(spikes * given.dt,)), trace, before=BEFORE, after=after
        )
        for sweep, spikes in zip(given.sweeps, given.spike_steps, strict=True)
    ]
    return np.concatenate(rows)


def _compared_model(model: Model, given: GivenSpikes, compared: ComparedVoltage) -> Model:
    """Return the model of the recorded voltage, which is called `_COMPARED` in it."""
    dimensions = model.dimensions(compared.trace)
    if compared.electrode is None:
        return with_given_spikes(model, {_COMPARED: (compared.trace, dimensions)})
    of_resistance = dimensions / given.dimensions[compared.electrode]
    resistance = SingleEquation(PARAMETER, ELECTRODE, of_resistance, flags=["constant"])
    extended = replace(
        model, equations=Equations([*(copied(e) for e in model.equations.values()), resistance])
    )
    text = f"{compared.trace} + {ELECTRODE}*{compared.electrode}"
    return with_given_spikes(extended, {_COMPARED: (text, dimensions)})


def _resistance(model: Model) -> Parameter:
    """Return how a resistance in series is searched: up to a resistance that no electrode has."""
    dimensions = model.dimensions(ELECTRODE)
    low, high = (from_si(value, dimensions) for value in (-1e9, 1e9))
    return Parameter(low, high, scale="linear")


def _between_spikes(given: GivenSpikes, compared: ComparedVoltage) -> RecordingSet:
    """Return the sweeps with the spikes as an input, and the voltage between them."""
    marks = given.inputs()[SPIKES_GIVEN]
    sweeps = []
    for number, sweep in enumerate(given.sweeps):
        voltage = between_spikes(
            replace(sweep, spike_trains=(given.spike_steps[number] * given.dt,)),
            compared.trace,
            before=BEFORE,
            after=compared.after,
        )
        voltage[: int(np.ceil(compared.t_start / given.dt - 1e-6))] = np.nan
        own_marks = marks.values[number, : voltage.size]
        sweeps.append(
            replace(
                sweep,
                inputs={**sweep.inputs, SPIKES_GIVEN: own_marks},
                traces={_COMPARED: voltage},
                spike_trains=(),
            )
        )
    dimensions = {
        **{name: given.dimensions[name] for name in sweeps[0].inputs if name != SPIKES_GIVEN},
        SPIKES_GIVEN: marks.dimensions,
        _COMPARED: given.dimensions[compared.trace],
    }
    return RecordingSet(recordings=tuple(sweeps), dimensions=dimensions)


def _linearised(
    problem: Problem, parameters: Parameters, metric: MSEMetric, engine: AbstractEngine
) -> tuple[Linearised, Any]:
    """Return residuals with derivatives, and the residuals of every sweep."""
    scoring = read_scoring(
        problem, metric={problem.output_names[0]: metric}, weights=None, penalty=None
    )
    task = FitTask(problem=problem, parameters=parameters, scoring=scoring)
    residuals = prepare_residuals(task, engine, iteration=0, seed=0)
    derivatives = task.objective(engine).derivatives
    if derivatives is None:
        return residuals.linearised, residuals.rows_at
    space = parameters.space

    def linearised(x: Float[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray]:
        values = space.to_values(x[np.newaxis])
        found = derivatives.linearise(values, iteration=0, seed=0, first_sample=0)
        slopes = space.derivative(values[0])
        return as_residuals(
            float(found.evaluation.errors[0]),
            found.gradients[0] * slopes,
            found.normal_matrices[0] * np.outer(slopes, slopes),
        )

    return linearised, residuals.rows_at


__all__ = [
    "ELECTRODE",
    "ComparedVoltage",
    "FittedVoltage",
    "between_spikes_of",
    "explained_variance",
    "fit_voltage",
]

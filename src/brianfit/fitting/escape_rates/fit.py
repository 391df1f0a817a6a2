"""Fit a model whose spikes come by chance, without a search where the equations allow it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_instance, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, duration_si, from_si, scalar_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine, DefaultEngine
from brianfit.fitting.escape_rates.design import Design
from brianfit.fitting.escape_rates.features import design_of, drive_features, refractory_time
from brianfit.fitting.escape_rates.given_spikes import GivenSpikes, give_spikes, needed_names
from brianfit.fitting.escape_rates.linear_parameters import linear_parameters, moving_with
from brianfit.fitting.escape_rates.links import EscapeRate, read_escape_rate
from brianfit.fitting.escape_rates.outcome import EscapeRateFit, How
from brianfit.fitting.escape_rates.profile import MakeDesign, fit_profile
from brianfit.fitting.escape_rates.starts import start_values
from brianfit.fitting.escape_rates.voltage import ComparedVoltage, FittedVoltage, fit_voltage
from brianfit.fitting.escape_rates.weights import (
    BlockedScore,
    FittedWeights,
    blocked_score,
    chosen_ridge,
    fit_weights,
    with_covariance,
)
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.library import NeuronModel
from brianfit.model import Parameter, ParameterSpace

N_BLOCKS = 5
"""Stretches of time, each of which is predicted by a fit of the others."""

_REFRACTORY_TIME = 4e-3
_PROFILE_RIDGE = 0.1


@final
@dataclass(frozen=True, kw_only=True)
class EscapeRateTask:
    """A model with an escape rate and recordings on its time grid, checked.

    Attributes
    ----------
    parameters
        Of the model, free or fixed.
    trace
        Name of the voltage; None: spikes alone are fitted.
    electrode
        See `fit_voltage`.
    """

    model: NeuronModel
    recordings: RecordingSet
    given: GivenSpikes
    parameters: Mapping[str, Parameter]
    trace: str | None
    electrode: str | None
    t_start: float
    engine: AbstractEngine


@checked
def fit_escape_rate(
    model: NeuronModel,
    recordings: RecordingSet,
    *,
    dt: TimeLike,
    params: Mapping[str, QuantityLike] | None = None,
    trace: str | None = "v",
    electrode: str | None = None,
    ridge: float | None = None,
    t_start: TimeLike = 0.5,
) -> EscapeRateFit:
    """Fit a model whose spikes come by chance: first the voltage, then the rate of spikes.

    The model is given the recorded spikes. Its voltage between them is fitted by least squares.
    With that voltage, the likelihood of the spikes is log-concave in all parameters that the drive
    is linear in, as the equations tell, so that Newton's method finds its maximum at once, whatever
    the seed, and with it their covariance. Parameters of the rate that are neither follow the
    gradient of the likelihood.

    Parameters
    ----------
    model
        With a threshold such as ``rand() < 1 - exp(-hazard*dt)``, where the hazard is
        ``rate*exp(u)`` or ``rate*log(1 + exp(u))``. See `library.voltage_threshold_gif`.
    recordings
        With spikes, and a voltage unless `trace` is None. Repeats of a stimulus are sweeps with
        equal inputs, or, without a voltage, several spike trains of one sweep.
    dt
        Step of the simulation [s].
    params
        Bounds or fixed values that are not those of the model.
    trace
        Name of the voltage, in the model and in the recordings; None: fit the spikes alone.
    electrode
        Name of the current, if the recorded voltage is to be taken for that of the model plus that
        of a resistance in series; the resistance is fitted too.
    ridge
        See `RIDGES`; chosen by the likelihood of stretches that were not fitted unless told.
    t_start
        The start of every sweep that is left out [s].

    Raises
    ------
    InvalidValueError
        If the rate of spikes has another form, or recordings and model do not go together.
    """
    started = time.process_time()
    task = read_task(
        model, recordings, dt=dt, params=params, trace=trace, electrode=electrode, t_start=t_start
    )
    values, voltage = given_voltage(task)
    return given_rate(task, values, voltage, ridge=ridge, started=started)


def read_task(
    model: NeuronModel,
    recordings: RecordingSet,
    *,
    dt: TimeLike,
    params: Mapping[str, Any] | None,
    trace: str | None,
    electrode: str | None,
    t_start: TimeLike,
) -> EscapeRateTask:
    """Check the arguments of `fit_escape_rate`, and bring the recordings to its time grid."""
    check_instance("model", model, NeuronModel, "a model of the library")
    check_instance("recordings", recordings, RecordingSet, "a RecordingSet")
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    if trace is not None:
        check_choice("trace", trace, recordings.trace_names)
    if electrode is not None:
        check_choice("electrode", electrode, recordings.input_names)
    parameters = {**model.parameters_for(only_spikes=trace is None), **(params or {})}
    read = read_parameters(model.model, parameters)
    given = give_spikes(recordings, step, trace=trace, n_blocks=N_BLOCKS)
    parameters = _with_held_refractory_time(model, read.given, given)
    held = {name: how.fixed for name, how in parameters.items() if how.fixed is not None}
    refractory = refractory_time(model.model, {k: float(v) for k, v in held.items()})
    return EscapeRateTask(
        model=model,
        recordings=recordings,
        given=given.without_closer(refractory),
        parameters=parameters,
        trace=trace,
        electrode=electrode,
        t_start=duration_si("t_start", t_start),
        engine=DefaultEngine(),
    )


def given_voltage(task: EscapeRateTask) -> tuple[dict[str, float], FittedVoltage | None]:
    """Return a value of every parameter, those of the voltage fitted to it."""
    model = task.model.model
    values = start_values(model, task.given, task.trace, task.parameters)
    if task.trace is None:
        return values, None
    compared = ComparedVoltage(
        trace=task.trace,
        electrode=task.electrode,
        t_start=task.t_start,
        after=refractory_time(model, values),
    )
    fitted = fit_voltage(model, task.given, compared, task.parameters, values, engine=task.engine)
    return {**values, **fitted.values}, fitted


def _with_held_refractory_time(
    model: NeuronModel, parameters: Mapping[str, Parameter], given: GivenSpikes
) -> dict[str, Parameter]:
    """Return the parameters with a refractory time that is fixed, for it moves in steps.

    Where it was free it is 4 ms, or the shortest interval that was recorded.
    """
    name = model.refractory
    if not (isinstance(name, str) and name in parameters and parameters[name].is_free):
        return dict(parameters)
    low = scalar_si(name, parameters[name].low, SECOND)
    held = max(low, min(_REFRACTORY_TIME, given.shortest_interval))
    return {**parameters, name: Parameter(fixed=from_si(held, SECOND))}


def given_rate(
    task: EscapeRateTask,
    values: Mapping[str, float],
    voltage: FittedVoltage | None,
    *,
    ridge: float | None,
    started: float,
) -> EscapeRateFit:
    """Return the fit, the rate of spikes given the voltage."""
    model = task.model.model
    rate = read_escape_rate(model, values)
    weights, others = _parameters_of_rate(task, rate)
    if not weights and not others:
        raise InvalidValueError("No free parameter of the model moves its rate of spikes.")
    features = drive_features(model, rate, weights)

    def make_design(changed: Mapping[str, float]) -> Design:
        # What scales the rate may be among the parameters that change.
        now = {**values, **changed}
        known = replace(features, rate=read_escape_rate(model, now)) if changed else features
        return design_of(known, task.given, now, task.engine, t_start=task.t_start)

    found = dict(values)
    if others:
        free = _space_of(task, others, values)
        start = free.to_coordinates(np.array([[values[name] for name in free.names]]))[0]
        found |= fit_profile(free, start, make_design, ridge=ridge or _PROFILE_RIDGE).values
    at_best = {name: found[name] for name in others}
    design = make_design(at_best)
    fitted, held_out = _fitted(design, ridge)
    found |= dict(zip(fitted.names, fitted.values.tolist(), strict=True))
    fitted = _with_others(fitted, design, at_best, make_design)
    return EscapeRateFit(
        model=task.model,
        recordings=task.recordings,
        parameters=task.parameters,
        values=found,
        weights=fitted,
        voltage=voltage,
        held_out=held_out,
        n_spikes=design.n_spikes,
        gain=fitted.log_likelihood - design.constant_rate_likelihood(),
        how=How(
            trace=task.trace,
            electrode=task.electrode,
            t_start=task.t_start,
            dt=task.given.dt,
            seconds=time.process_time() - started,
        ),
    )


def _space_of(
    task: EscapeRateTask, names: Sequence[str], values: Mapping[str, float]
) -> ParameterSpace:
    """Return the bounds of some parameters, the others being fixed."""
    model = task.model.model
    given = {
        name: how
        if name in names
        else Parameter(fixed=from_si(values[name], model.dimensions(name)))
        for name, how in task.parameters.items()
    }
    return read_parameters(model, given).space


def _parameters_of_rate(
    task: EscapeRateTask, rate: EscapeRate
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the free parameters that the drive is linear in, and the others that move the rate.

    Those that the voltage depends on are left out where a voltage was fitted.
    """
    model = task.model.model
    free = [name for name, how in task.parameters.items() if how.is_free]
    if task.trace is not None:
        settled = needed_names(model, [task.trace])
        free = [name for name in free if name not in settled]
    free.sort(key=lambda name: len(moving_with((name,), rate.changes)))
    weights = linear_parameters(rate.drive, rate.changes, free)
    involved = needed_names(model, [str(model.threshold)])
    return weights, tuple(name for name in free if name in involved and name not in weights)


def _fitted(design: Design, ridge: float | None) -> tuple[FittedWeights, BlockedScore]:
    if ridge is None:
        chosen, held_out = chosen_ridge(design)
    else:
        chosen, held_out = ridge, blocked_score(design, ridge=ridge)
    return fit_weights(design, ridge=chosen), held_out


def _with_others(
    fitted: FittedWeights,
    design: Design,
    others: Mapping[str, float],
    make_design: MakeDesign,
) -> FittedWeights:
    """Return the weights together with the parameters that the drive is not linear in.

    How the drive changes with these is a feature like the others, as far as their covariance is
    concerned.
    """
    if not others:
        return fitted
    drive = design.features @ fitted.values + design.offsets
    slopes = []
    for name, value in others.items():
        step = 1e-4 * (abs(value) or 1e-3)
        moved = make_design({**others, name: value + step})
        rates = np.log(moved.scale / design.scale)
        slopes.append((moved.features @ fitted.values + moved.offsets + rates - drive) / step)
    extended = replace(
        design,
        names=(*design.names, *others),
        features=np.column_stack([design.features, *slopes]).astype(np.float64),
    )
    return with_covariance(fitted, extended, np.array(list(others.values())))

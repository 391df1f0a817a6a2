"""Fit a model that is given the recorded spikes: the voltage between them, and their likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from brian2 import mV, second

from brianfit._foundation.arguments import check_choice, check_instance, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, dimensions_of, from_si, scalar_si
from brianfit.data import (
    Recording,
    RecordingSet,
    between_spikes,
    merge_repeats,
    with_spike_rate,
)
from brianfit.fitting.fitters.fitter import Fitter
from brianfit.fitting.fitters.spike_fitter import SpikeFitter
from brianfit.fitting.studies.given_spikes import (
    HAZARD,
    HIGHEST,
    VOLTAGE,
    GivenSpikes,
    given_spikes,
)
from brianfit.library import NeuronModel
from brianfit.metrics import EscapeRateLikelihood, MSEMetric, SpikeCount
from brianfit.model import Parameter
from brianfit.results import FitResult

BEFORE, AFTER = 0.003, 0.010
"""What lies so near to a recorded spike [s] is its shape, which these models do not have."""

NEAR_BEFORE, NEAR_AFTER = 0.002, 0.005
"""The same for models that run away at a spike: they have its beginning."""

_LOWER_BY, _HIGHER_BY = 8.0, 2.0
"""A sharp threshold is looked for so many widths of the soft one below and above it."""

_COUNT_ROUNDS, _COUNT_SAMPLES = 4, 30


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class RecordedSpikesFit:
    """A model that was fitted with the recorded spikes in the place of its own.

    Attributes
    ----------
    params
        Parameters of the model, with units; its threshold is the one at which the model, left to
        itself, fires as often as the cell.
    DeltaV
        Width of the soft threshold, with its unit: how noisy the spikes are.
    R_e
        Resistance in series with the membrane, such as that of an electrode, with its unit.
    result
        Of the search.
    """

    params: Mapping[str, QuantityLike]
    DeltaV: QuantityLike
    R_e: QuantityLike
    result: FitResult


@checked
def fit_recorded_spikes(
    model: NeuronModel,
    recordings: RecordingSet,
    *,
    dt: TimeLike,
    n_rounds: int = 100,
    n_samples: int = 30,
    trace: str = "v",
    params: Mapping[str, QuantityLike] | None = None,
    seed: int | None = None,
) -> RecordedSpikesFit:
    """Fit a voltage between spikes, and the spikes by their likelihood; the way to start a fit.

    The model is reset where the cell fired, and what it does until the next spike is compared with
    the recording, as in [1]_, [2]_. So a spike at a wrong time has no consequences, the error
    has no steps, and few thousand evaluations find parameters from which a fit of the spikes that
    the model fires by itself can start; see `parameters_around`. The error is the sum of
    `EscapeRateLikelihood`, with a threshold that is soft, and the mean square of the difference of
    the voltages over the variance of the recorded one.

    Parameters
    ----------
    model
        A model of the library that is reset and has a threshold, such as ``'gif'`` or ``'adex'``.
    recordings
        With the input ``I``, a voltage, and the spikes of that voltage.
    dt
        Step of the simulation [s].
    n_rounds, n_samples
        Rounds, and samples in each. 120 more samples place the sharp threshold.
    trace
        Name of the voltage.
    params
        Bounds that are not those of the model; ``R_e`` and ``DeltaV`` are parameters too.
    seed
        As for `fit`.

    Raises
    ------
    InvalidValueError
        If the model has no such threshold, or a sweep has no voltage or not one spike train.

    References
    ----------
    .. [1] Mensi, Naud, Pozzorini, Avermann, Petersen & Gerstner (2012), Journal of
       Neurophysiology 107:1756-1775.
    .. [2] Pozzorini et al. (2015), PLoS Computational Biology 11:e1004275.
    """
    check_instance("model", model, NeuronModel, "a model of the library")
    check_instance("recordings", recordings, RecordingSet, "a RecordingSet")
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    told = given_spikes(model)
    compared = _compared(recordings, trace, step, told)
    spread = np.nanstd(np.concatenate([sweep.traces[VOLTAGE] for sweep in compared]))
    fitter = Fitter(told.model, compared, dt=step * second, n_samples=n_samples, namespace={})
    found, _ = fitter.fit(
        metric={
            HAZARD: EscapeRateLikelihood(),
            VOLTAGE: MSEMetric(normalization=from_si(spread, recordings.dimensions[trace])),
        },
        n_rounds=n_rounds,
        callback=None,
        params=params,
        seed=seed,
    )
    return RecordedSpikesFit(
        params=_firing_as_often(
            replace(model, method=told.model.method),
            recordings,
            found,
            threshold=told.threshold,
            dt=step,
            seed=fitter.result.seed,
        ),
        DeltaV=found["DeltaV"],
        R_e=found["R_e"],
        result=fitter.result,
    )


def _compared(recordings: RecordingSet, trace: str, dt: float, told: GivenSpikes) -> RecordingSet:
    """Return the rates of spikes and the voltage between them, in steps of the simulation."""
    check_choice("trace", trace, recordings.trace_names)
    for recording in recordings:
        if len(recording.spike_trains) != 1:
            raise InvalidValueError(
                "Each sweep needs the spikes of its own voltage, but one has "
                f"{len(recording.spike_trains)} spike trains. Use `with_spikes`."
            )
    rates = with_spike_rate(recordings, dt * second, name=HAZARD)
    sweeps = [
        replace(
            rate, traces={**rate.traces, VOLTAGE: _between_spikes(recording, trace, rate, told)}
        )
        for rate, recording in zip(rates, recordings, strict=True)
    ]
    dimensions = {**rates.dimensions, VOLTAGE: recordings.dimensions[trace]}
    return replace(rates, recordings=tuple(sweeps), dimensions=dimensions)


def _between_spikes(
    recording: Recording, trace: str, rate: Recording, told: GivenSpikes
) -> Float[np.ndarray, " n_steps"]:
    """Return the voltage at the steps of `rate`, nan near to spikes and where none is known."""
    before, after = (NEAR_BEFORE, NEAR_AFTER) if told.runs_away else (BEFORE, AFTER)
    voltage = between_spikes(recording, trace, before=before, after=after)
    if told.runs_away:
        voltage = np.minimum(voltage, HIGHEST)
    n_steps = rate.traces[HAZARD].size
    places = np.floor(np.arange(n_steps) * (rate.dt / recording.dt) + 1e-6).astype(np.int64)
    known = places < voltage.size
    return np.where(known, voltage[np.where(known, places, 0)], np.nan)


def _firing_as_often(
    model: NeuronModel,
    recordings: RecordingSet,
    found: dict[str, Any],
    *,
    threshold: str,
    dt: float,
    seed: int,
) -> dict[str, Any]:
    """Return the parameters with the sharp threshold at which the model fires as the cell does.

    Under a soft threshold most spikes come below the level that is crossed for certain.
    """
    own = {name: found[name] for name in model.parameters}
    width = found["DeltaV"]
    low, high = found[threshold] - _LOWER_BY * width, found[threshold] + _HIGHER_BY * width
    fitter = SpikeFitter(
        model,
        merge_repeats(recordings),
        dt=dt * second,
        n_samples=_COUNT_SAMPLES,
        namespace={},
    )
    fixed: dict[str, Any] = {key: Parameter(fixed=value) for key, value in own.items()}
    fitter.fit(
        metric=SpikeCount(),
        n_rounds=_COUNT_ROUNDS,
        callback=None,
        params={**fixed, threshold: Parameter(low, high, scale="linear")},
        seed=seed,
    )
    placed = fitter.best_params
    return own if placed is None else {**own, threshold: placed[threshold]}


@checked
def parameters_around(
    model: NeuronModel,
    params: Mapping[str, QuantityLike],
    *,
    factor: int | float = 2.0,
    margin: TimeLike | None = None,
) -> dict[str, Parameter]:
    """Return bounds for `fit` around known values, which are where the search starts.

    Parameters
    ----------
    model
        What is fitted; parameters that it holds fixed stay fixed at the value given.
    params
        Values of all its parameters, such as those of a `RecordedSpikesFit`.
    factor
        Parameters on a logarithmic scale are searched between a `factor`-th and the `factor`-fold.
    margin
        Voltages are searched so far below and above their value [V]; None: 6 mV. Other
        parameters on a linear scale are searched within a tenth of the width of their usual bounds.

    Raises
    ------
    InvalidValueError
        If a parameter of the model has no value, `factor` is not above 1 or `margin` not positive.
    """
    check_instance("model", model, NeuronModel, "a model of the library")
    missing = sorted(set(model.parameters) - set(params))
    if missing:
        raise InvalidValueError(f"`params` must have a value for every parameter; lacks {missing}.")
    reach = 6 * mV if margin is None else margin
    volts = scalar_si("margin", reach, mV.dim)
    if not (np.isfinite(factor) and factor > 1 and np.isfinite(volts) and volts > 0):
        raise InvalidValueError(
            f"`factor` must be above 1 and `margin` positive, but they are {factor} and {reach}."
        )
    return {
        name: _around(_with_unit(name, params[name], how), how, factor, from_si(volts, mV.dim))
        for name, how in model.parameters.items()
    }


def _with_unit(name: str, value: Any, usual: Parameter) -> Any:
    """Return a value of a parameter, checked for the unit of its bounds."""
    known = usual.fixed if usual.low is None else usual.low
    dimensions = dimensions_of(known)
    return from_si(scalar_si(f"params['{name}']", value, dimensions, plain_is_si=False), dimensions)


def _around(value: Any, usual: Parameter, factor: int | float, margin: Any) -> Parameter:
    if not usual.is_free:
        return Parameter(fixed=value)
    if usual.scale == "log":
        return Parameter(value / factor, value * factor, scale="log", value=value)
    is_voltage = getattr(value, "dim", None) == mV.dim
    reach = margin if is_voltage else (usual.high - usual.low) / 10
    return Parameter(value - reach, value + reach, scale="linear", value=value)


__all__ = ["RecordedSpikesFit", "fit_recorded_spikes", "parameters_around"]

"""How the threshold of a cell follows its voltage: kernels chosen by what they predict."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from brian2 import second, volt

from brianfit._foundation.arguments import check_choice, checked
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, duration_si, scalar_si
from brianfit.data import RecordingSet
from brianfit.fitting.escape_rates.features import design_of, drive_features
from brianfit.fitting.escape_rates.fit import (
    EscapeRateTask,
    given_rate,
    given_voltage,
    read_task,
)
from brianfit.fitting.escape_rates.given_spikes import GivenSpikes, give_spikes
from brianfit.fitting.escape_rates.links import read_escape_rate
from brianfit.fitting.escape_rates.outcome import EscapeRateFit
from brianfit.fitting.escape_rates.starts import start_values
from brianfit.fitting.escape_rates.voltage import between_spikes_of
from brianfit.fitting.escape_rates.weights import FEW_ROWS, blocked_score
from brianfit.library import NeuronModel, ThresholdKernel, threshold_kernels, voltage_threshold_gif

KNEES = ((), (0.8,), (0.5, 0.9), (0.3, 0.7, 0.95), (0.2, 0.5, 0.8, 0.95), (0.5, 0.9, 0.98))
"""Dictionaries that are compared: the quantiles of the voltage above which kernels set in."""

_RIDGE = 0.1
_SHORTEST, _LONGEST = 2e-3, 10e-3


@checked
def fit_voltage_threshold_gif(
    recordings: RecordingSet,
    *,
    dt: TimeLike,
    potassium: bool = False,
    t_ref: QuantityLike | None = None,
    trace: str = "v",
    electrode: str | None = None,
    ridge: float | None = None,
    t_start: TimeLike = 0.5,
) -> EscapeRateFit:
    """Fit a GIF whose threshold follows the voltage, in the way that predicts this cell best.

    Dictionaries of kernels with up to four knees at quantiles of the recorded voltage (`KNEES`)
    are compared by the likelihood of stretches of the recordings that were not fitted.

    Parameters
    ----------
    recordings
        With a current, a voltage and its spikes.
    potassium
        As for `library.voltage_threshold_gif`.
    t_ref
        The refractory time [s]; unless told, a millisecond more than twice the width of the spikes
        where they are detected, and from 2 to 10 ms.
    dt, trace, electrode, ridge, t_start
        As for `fit_escape_rate`.

    Raises
    ------
    InvalidValueError
        If the recordings do not have one spike train and one voltage for each sweep.
    """
    started = time.process_time()
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    check_choice("trace", trace, recordings.trace_names)
    duration_si("t_start", t_start)
    given = give_spikes(recordings, step, trace=trace, n_blocks=1)
    held = _refractory_time(given, trace) if t_ref is None else duration_si("t_ref", t_ref)
    voltage = between_spikes_of(given, trace, after=held)
    quantiles = sorted({share for shares in KNEES for share in shares})
    levels = dict(zip(quantiles, np.nanquantile(voltage, quantiles).tolist(), strict=True))

    def model_of(shares: Sequence[float]) -> NeuronModel:
        return voltage_threshold_gif(
            kernels=threshold_kernels([levels[share] * volt for share in shares]),
            potassium=potassium,
            centre=float(np.nanmedian(voltage)) * volt,
            t_ref=held * second,
        )

    task = read_task(
        model_of(quantiles),
        recordings,
        dt=dt,
        params=None,
        trace=trace,
        electrode=electrode,
        t_start=t_start,
    )
    values, fitted = given_voltage(task)
    chosen = model_of(_best_knees(task, values, quantiles))
    final = replace(task, model=chosen, parameters=chosen.parameters)
    own = start_values(chosen.model, final.given, trace, chosen.parameters)
    settled = {} if fitted is None else fitted.values
    return given_rate(final, {**own, **settled}, fitted, ridge=ridge, started=started)


def _best_knees(
    task: EscapeRateTask, values: dict[str, float], quantiles: Sequence[float]
) -> tuple[float, ...]:
    """Return those of `KNEES` with which spikes that were not fitted are most likely."""
    model = task.model.model
    free = [name for name, how in task.parameters.items() if how.is_free]
    weights = tuple(name for name in free if name[:2] in {"w_", "c_", "d_"})
    rate = read_escape_rate(model, values)
    design = design_of(
        drive_features(model, rate, weights),
        task.given,
        values,
        task.engine,
        t_start=task.t_start,
        most_rows=FEW_ROWS,
    )
    every = threshold_kernels(list(quantiles))
    scores = [
        blocked_score(
            design.with_columns(_columns(weights, every, shares)), ridge=_RIDGE
        ).bits_per_spike
        for shares in KNEES
    ]
    return KNEES[int(np.argmax(scores))]


def _columns(
    weights: Sequence[str], every: Sequence[ThresholdKernel], shares: Sequence[float]
) -> tuple[str, ...]:
    """Return the weights that a dictionary with some of the knees has."""
    left_out = {
        f"d_{k}"
        for k, kernel in enumerate(every, start=1)
        if kernel.above is not None and kernel.above not in shares
    }
    return tuple(name for name in weights if name not in left_out)


def _refractory_time(given: GivenSpikes, trace: str) -> float:
    widths = [
        width
        for sweep, spikes in zip(given.sweeps, given.spike_steps, strict=True)
        for width in _widths(sweep.traces[trace], spikes, round(_LONGEST / given.dt))
    ]
    typical = float(np.median(widths)) * given.dt if widths else 0.0
    wanted = np.clip(2.0 * typical + 1e-3, _SHORTEST, _LONGEST)
    return float(round(wanted / given.dt) * given.dt)


def _widths(voltage: np.ndarray, spikes: np.ndarray, longest: int) -> list[int]:
    """Return for how many steps the voltage stays above where a spike was detected."""
    found = []
    for spike in spikes.tolist():
        after = voltage[spike : spike + longest]
        below = np.flatnonzero(after[1:] < after[0]) if after.size > 1 else np.empty(0)
        found.append(int(below[0]) + 1 if below.size else longest)
    return found


__all__ = ["KNEES", "fit_voltage_threshold_gif"]

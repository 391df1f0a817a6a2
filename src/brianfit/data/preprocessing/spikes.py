"""Spikes: find them in traces, and cut traces where they begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from brian2 import ms, volt

from brianfit._foundation.arguments import check_choice, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import (
    SECOND,
    Dimension,
    Quantity,
    dimensions_of,
    from_si,
    readable,
    same_dimensions,
    scalar_si,
    si_array,
)
from brianfit.data.recordings import Recording, RecordingSet, check_recordings

_SMALLEST_SPIKE = 0.04  # [V] above rest; synaptic and electrotonic potentials are smaller


@checked
def detect_spikes(
    trace: QuantityLike,
    dt: TimeLike,
    threshold: QuantityLike | None = None,
    *,
    rise: QuantityLike | None = None,
    refractory: TimeLike = 0.0,
) -> Quantity:
    """Return the times at which spikes begin: where a trace passes a level, a slope, or both.

    With `threshold` a spike is an upward crossing of this level, placed between two values by
    linear interpolation; with `rise` too, only where the trace rises at least that fast there.
    With `rise` alone, a spike begins where the slope passes this value from below, a measure of
    its onset that does not depend on slow changes of the voltage.

    A spike that is under way at the start of the trace is not counted; a gap (nan) is no crossing.
    `plot_spike_detection` shows what was found.

    Parameters
    ----------
    trace
        One recorded trace, usually a membrane voltage.
    dt
        Its sampling step [s].
    threshold
        A level that every spike crosses and nothing else does, in the unit of the trace.
    rise
        A slope that every spike reaches, in the unit of the trace per time, such as ``20*mV/ms``.
    refractory
        What follows within this time of the last spike is noise on its flank, not a spike [s].

    Returns
    -------
    Quantity
        Spike times [s], the first value of the trace being at 0.

    Raises
    ------
    UnitMismatchError
        If `threshold` has another unit than `trace`, or `dt` or `refractory` is no time.
    InvalidValueError
        If `trace` has not exactly one axis, `dt` is not positive and finite, or there is neither
        `threshold` nor `rise`.
    """
    dimensions = dimensions_of(trace)
    values = si_array("trace", trace, dimensions)
    criteria = _criteria(dimensions, threshold, rise, refractory)
    step = scalar_si("dt", dt, SECOND)
    if values.ndim != 1:
        raise InvalidValueError(
            f"`trace` must be one trace, an array with one axis, but has shape {values.shape}."
        )
    if not (np.isfinite(step) and step > 0):
        raise InvalidValueError(f"`dt` must be positive and finite, but is {step} s.")
    return from_si(criteria.spike_times(values, step), SECOND)


@checked
def with_spikes(
    recordings: RecordingSet,
    threshold: QuantityLike | None = None,
    *,
    trace: str = "v",
    rise: QuantityLike | None = None,
    refractory: TimeLike = 0.0,
) -> RecordingSet:
    """Return the recordings with the spikes of a trace, instead of those they have, if any.

    Parameters
    ----------
    threshold, rise, refractory
        As for `detect_spikes`.
    trace
        The name of the trace.

    Raises
    ------
    InvalidValueError
        If there is no such trace, or neither `threshold` nor `rise`.
    UnitMismatchError
        If one of these has another unit than the trace.
    """
    check_recordings(recordings)
    check_choice("trace", trace, recordings.trace_names)
    criteria = _criteria(recordings.dimensions[trace], threshold, rise, refractory)
    changed = [
        replace(
            recording,
            spike_trains=(criteria.spike_times(recording.traces[trace], recording.dt),),
        )
        for recording in recordings
    ]
    return recordings.changed(changed, f"spikes were detected where '{trace}' {criteria.words}")


@checked
def spike_level(recordings: RecordingSet, trace: str = "v") -> Quantity | None:
    """Return a level that spikes of a trace cross; None if it seems to have no spikes.

    The level is half way between the median and the highest value of all sweeps. A trace that
    never rises 40 mV above its median, or is no voltage, has no spikes.
    """
    check_recordings(recordings)
    check_choice("trace", trace, recordings.trace_names)
    values = np.concatenate([recording.traces[trace] for recording in recordings])
    known = values[np.isfinite(values)]
    if known.size == 0 or not same_dimensions(recordings.dimensions[trace], volt):
        return None
    median, highest = float(np.median(known)), float(known.max())
    if highest - median < _SMALLEST_SPIKE:
        return None
    return from_si(round((median + highest) / 2, 3), recordings.dimensions[trace])


@checked
def until_first_spike(recordings: RecordingSet, margin: TimeLike = 3 * ms) -> RecordingSet:
    """Return the recordings with the traces not measured (nan) from shortly before a spike on.

    What is left is the subthreshold course. It can be fitted together with the spikes where a trace
    between spikes cannot: under long steps of current late spikes come at times that no model
    reproduces. Inputs and spike times stay whole; so do traces of recordings without a spike.

    Parameters
    ----------
    margin
        How long before the first recorded spike a trace ends, so that its upstroke is left out [s].

    Raises
    ------
    InvalidValueError
        If `margin` is negative or not finite, or the spikes of a recording are not known.
    """
    check_recordings(recordings)
    before = scalar_si("margin", margin, SECOND)
    if not (np.isfinite(before) and before >= 0):
        raise InvalidValueError(f"`margin` must be a time of 0 s or more, but is {margin}.")
    if not recordings.has_spikes:
        raise InvalidValueError(
            "The spike times of the recordings are not known. Give them to "
            "RecordingSet.from_arrays(spikes=...); detect_spikes() finds them in a trace."
        )
    kept = [_until_first_spike(recording, before) for recording in recordings]
    step = f"traces were kept until {readable(before, SECOND)} before the first spike"
    return recordings.changed(kept, step)


def upward_crossings(
    values: Float[np.ndarray, " n_values"], level: float
) -> Float[np.ndarray, " n_crossings"]:
    """Return where values pass from `level` or below to above it, in sampling steps."""
    before = np.flatnonzero((values[:-1] <= level) & (values[1:] > level))
    rise = values[before + 1] - values[before]
    return np.asarray(before + (level - values[before]) / rise)


@final
@dataclass(frozen=True, kw_only=True)
class _Criteria:
    """What makes a spike, SI numbers; None: not asked for."""

    level: float | None
    slope: float | None
    refractory: float
    words: str

    def spike_times(
        self, values: Float[np.ndarray, " n_values"], dt: float
    ) -> Float[np.ndarray, " n_spikes"]:
        """Return where spikes begin [s]."""
        slopes = np.diff(values) / dt
        slope = -np.inf if self.slope is None else self.slope
        if self.level is None:
            before = np.flatnonzero((slopes[:-1] < slope) & (slopes[1:] >= slope))
            return self._without_flanks((before + 1.0) * dt)
        places = upward_crossings(values, self.level)
        # Of the step in which the crossing lies; one that falls on a value was before it.
        rises = slopes[np.maximum(np.ceil(places).astype(np.int64) - 1, 0)]
        return self._without_flanks(places[rises >= slope] * dt)

    def _without_flanks(self, times: np.ndarray) -> Float[np.ndarray, " n_spikes"]:
        kept: list[float] = []
        for time in times.tolist():
            if not kept or time - kept[-1] >= self.refractory:
                kept.append(time)
        return np.array(kept, dtype=np.float64)


def _criteria(dimensions: Dimension, threshold: Any, rise: Any, refractory: Any) -> _Criteria:
    if threshold is None and rise is None:
        raise InvalidValueError(
            "A spike needs a criterion: give `threshold`, a level that it crosses, or `rise`, a "
            "slope that it reaches."
        )
    words, level, slope = [], None, None
    if threshold is not None:
        level = scalar_si("threshold", threshold, dimensions, plain_is_si=False)
        words.append(f"crosses {readable(level, dimensions)} upwards")
    if rise is not None:
        slope = scalar_si("rise", rise, dimensions / SECOND, plain_is_si=False)
        words.append(f"rises by {readable(slope, dimensions / SECOND)} or more")
    shortest = scalar_si("refractory", refractory, SECOND)
    return _Criteria(level=level, slope=slope, refractory=shortest, words=" and ".join(words))


def _until_first_spike(recording: Recording, margin: float) -> Recording:
    first = min((train[0] for train in recording.spike_trains if train.size), default=np.inf)
    traces = {}
    for name, values in recording.traces.items():
        measured = np.arange(values.size) * recording.dt < first - margin
        traces[name] = np.where(measured, values, np.nan)
    return replace(recording, traces=traces)

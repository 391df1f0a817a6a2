"""Cut sweeps, and bring them to another sampling step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, readable, scalar_si
from brianfit.data.on_grid import without_gaps
from brianfit.data.recordings import Recording, RecordingSet, check_recordings

_LARGEST_FACTOR = 1000


@checked
def cut(
    recordings: RecordingSet, start: TimeLike = 0.0, stop: TimeLike | None = None
) -> RecordingSet:
    """Return the part of every sweep from `start` on and before `stop`; time counts from `start`.

    Parameters
    ----------
    start, stop
        Times in the sweep [s]; with `stop` None, each sweep is kept to its end.

    Raises
    ------
    InvalidValueError
        If nothing of a sweep would be left.
    """
    check_recordings(recordings)
    first = scalar_si("start", start, SECOND)
    last = np.inf if stop is None else scalar_si("stop", stop, SECOND)
    shortest = float(recordings.durations.min())
    if not 0 <= first < min(last, shortest):
        raise InvalidValueError(
            f"`start` must not be below 0, and lie before `stop` and within every sweep (the "
            f"shortest lasts {shortest:g} s), but `start` is {start} and `stop` is {stop}."
        )
    end = "the end" if stop is None else readable(last, SECOND)
    step = f"sweeps were cut to the part from {readable(first, SECOND)} to {end}"
    return recordings.changed([_cut(recording, first, last) for recording in recordings], step)


@checked
def resample(recordings: RecordingSet, dt: TimeLike) -> RecordingSet:
    """Bring every sweep to the sampling step `dt`.

    Traces pass a polyphase filter against aliasing; what is faster than the new sampling rate can
    carry is lost, so detect spikes before. Stimuli are averaged over the new steps, which leaves
    the charge as it is and their edges sharp. Gaps (nan) stay gaps.

    Parameters
    ----------
    dt
        The new sampling step [s].

    Raises
    ------
    InvalidValueError
        If it is not positive, longer than a sweep, or no simple ratio of the old one.
    """
    check_recordings(recordings)
    step = scalar_si("dt", dt, SECOND)
    if not 0 < step < float(recordings.durations.min()):
        raise InvalidValueError(
            f"`dt` must be above zero and shorter than every sweep, but is {dt}."
        )
    changed = [_resampled(recording, step) for recording in recordings]
    return recordings.changed(changed, f"sweeps were resampled to {readable(step, SECOND)}")


def _cut(recording: Recording, start: float, stop: float) -> Recording:
    first = int(np.ceil(start / recording.dt - 1e-6))
    n_values = max(v.size for v in (*recording.inputs.values(), *recording.traces.values()))
    last = int(min(np.ceil(stop / recording.dt - 1e-6), n_values))
    if last - first < 2:
        raise InvalidValueError(f"{recording.label}: less than two values would be left.")
    shift, end = first * recording.dt, last * recording.dt
    return replace(
        recording,
        inputs={name: values[first:last] for name, values in recording.inputs.items()},
        traces={name: values[first:last] for name, values in recording.traces.items()},
        spike_trains=tuple(
            train[(train >= shift) & (train < end)] - shift for train in recording.spike_trains
        ),
        duration=end - shift,
    )


def _resampled(recording: Recording, dt: float) -> Recording:
    ratio = Fraction(recording.dt / dt).limit_denominator(_LARGEST_FACTOR)
    if ratio.numerator > _LARGEST_FACTOR or abs(float(ratio) * dt / recording.dt - 1) > 1e-6:
        raise InvalidValueError(
            f"{recording.label} has a value every {recording.dt:g} s; {dt:g} s is no ratio of "
            f"whole numbers up to {_LARGEST_FACTOR} of it."
        )
    return replace(
        recording,
        dt=dt,
        inputs={n: _averaged(v, recording.dt / dt) for n, v in recording.inputs.items()},
        traces={n: _band_limited(v, ratio) for n, v in recording.traces.items()},
    )


def _n_values(n_old: int, ratio: float) -> int:
    return int(np.ceil(n_old * ratio - 1e-6))


def _averaged(values: Float[np.ndarray, " _"], ratio: float) -> Float[np.ndarray, " _"]:
    """Return the means over new steps of values that each hold for an old step."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    edges = np.minimum(np.arange(_n_values(values.size, ratio) + 1) / ratio, values.size)
    at_edges = np.interp(edges, np.arange(total.size), total)
    return np.asarray(np.diff(at_edges) / np.diff(edges))


def _band_limited(values: Float[np.ndarray, " _"], ratio: Fraction) -> Float[np.ndarray, " _"]:
    from scipy.signal import resample_poly

    filled = without_gaps(values)
    changed = resample_poly(filled, ratio.numerator, ratio.denominator, padtype="line")
    size = _n_values(values.size, float(ratio))
    nearest = np.minimum(np.round(np.arange(size) / float(ratio)), values.size - 1).astype(int)
    return np.where(np.isnan(values[nearest]), np.nan, changed[:size])

"""How much of the variance of a rate, or of a voltage, a model explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.data import RecordingSet, equal_stimuli

WIDTH = 0.010
"""Spike trains are smoothed by a Gaussian of this standard deviation [s]; Teeter et al. (2018)."""

_BIN = 0.001
"""Width of the bins in which spikes are counted before [s]."""

_REACH = 5
"""The Gaussian is cut off so many standard deviations from its centre."""

_BEFORE, _AFTER = 0.002, 0.005
"""What lies so near to a spike [s] belongs to it, not to the voltage between spikes."""


def explained_rate(
    model: Float[np.ndarray, " n_model"],
    recorded: Sequence[Float[np.ndarray, " _"]],
    duration: float,
) -> float:
    r"""Return how much of the variance of recorded rates one train explains; nan without spikes.

    Trains become rates by a Gaussian of 10 ms, and for each recorded train

    .. math:: EV = \frac{var(d) + var(m) - var(d - m)}{var(d) + var(m)} ,

    as in [1]_; the mean over the trains. It is 1 for the same train, 0 for an unrelated one.

    References
    ----------
    .. [1] Teeter et al. (2018), Nature Communications 9:709, "Explained variance".
    """
    rate = smoothed(model, duration)
    found = [_explained(rate, smoothed(train, duration)) for train in recorded]
    known = [value for value in found if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def reliability_of_rate(recordings: RecordingSet) -> float:
    """Return how much of the variance of one repeat another one explains; nan without repeats."""
    found = []
    for sweeps in equal_stimuli(recordings):
        duration = recordings.recordings[sweeps[0]].duration
        trains = [train for k in sweeps for train in recordings.recordings[k].spike_trains]
        rates = [smoothed(train, duration) for train in trains]
        found += [_explained(one, other) for one, other in combinations(rates, 2)]
    known = [value for value in found if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def reliability_of_voltage(recordings: RecordingSet, trace: str) -> float:
    """Return the part of the variance between spikes that repeats share; nan without repeats.

    Two repeats differ by the noise of both, so the noise is half of their squared difference.
    """
    noise, variance = [], []
    for one, other, compared in _pairs_of_voltages(recordings, trace):
        noise.append(float(np.mean((one - other)[compared] ** 2)) / 2)
        variance.append((float(np.var(one[compared])) + float(np.var(other[compared]))) / 2)
    total = float(np.sum(variance))
    return 1.0 - float(np.sum(noise)) / total if total > 0 else float("nan")


def smoothed(train: Float[np.ndarray, " n_spikes"], duration: float) -> Float[np.ndarray, " _"]:
    """Return a spike train as a rate, in bins of 1 ms."""
    n_bins = max(1, round(duration / _BIN))
    counts = np.histogram(train, bins=n_bins, range=(0.0, n_bins * _BIN))[0]
    reach = _REACH * round(WIDTH / _BIN)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _BIN / WIDTH) ** 2)
    spread = np.convolve(counts, kernel / kernel.sum(), mode="full")
    return np.asarray(spread[reach : reach + n_bins])


def _explained(one: np.ndarray, other: np.ndarray) -> float:
    total = float(np.var(one) + np.var(other))
    return 1.0 - float(np.var(one - other)) / total if total > 0 else float("nan")


def _pairs_of_voltages(
    recordings: RecordingSet, trace: str
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield two repeats of a stimulus at a time, and where both lie between spikes."""
    for sweeps in equal_stimuli(recordings):
        for first, second in combinations([recordings.recordings[k] for k in sweeps], 2):
            one, other = first.traces[trace], second.traces[trace]
            n = min(one.size, other.size)
            spikes = np.concatenate([np.empty(0), *first.spike_trains, *second.spike_trains])
            compared = np.isfinite(one[:n]) & np.isfinite(other[:n])
            for spike in spikes:
                begin = max(0, int((spike - _BEFORE) / first.dt))
                compared[begin : int((spike + _AFTER) / first.dt) + 1] = False
            if compared.any():
                yield one[:n], other[:n], compared


__all__ = ["explained_rate", "reliability_of_rate", "reliability_of_voltage", "smoothed"]

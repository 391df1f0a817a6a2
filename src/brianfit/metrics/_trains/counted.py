"""Counts, first spikes and histograms of trains, compiled; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import from_start


@numba.njit(cache=True, nogil=True)
def counts_and_firsts(
    times: np.ndarray, offsets: np.ndarray, start: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of spikes of each train from `start` on, and the first one [s], or nan."""
    n_trains = offsets.size - 1
    counts = np.zeros(n_trains)
    firsts = np.full(n_trains, np.nan)
    for k in range(n_trains):
        train = from_start(times[offsets[k] : offsets[k + 1]], start)
        counts[k] = train.size
        if train.size > 0:
            firsts[k] = train[0]
    return counts, firsts


@numba.njit(cache=True, nogil=True)
def histogram_differences(  # noqa: PLR0917 - compiled functions take no dataclass
    times: np.ndarray,
    offsets: np.ndarray,
    n_samples: int,
    repeats: int,
    recorded: np.ndarray,
    bin_offsets: np.ndarray,
    bins: tuple[float, float, float],
) -> np.ndarray:
    """Return the sum over the bins of the squared difference of histograms.

    Parameters
    ----------
    times, offsets
        The trains of the model, as in `SpikeTrains`; `repeats` of them on every trace.
    recorded, bin_offsets
        Spikes per bin and recorded train, all bins of the first trace first.
    bins
        Start of the first bin, width of all, and how little before the edge of a bin a spike is
        behind it [s].

    Returns
    -------
    array, shape (n_samples, n_traces)
    """
    start, width, rounding = bins
    n_traces = bin_offsets.size - 1
    result = np.zeros((n_samples, n_traces))
    for sample in range(n_samples):
        for trace in range(n_traces):
            target = recorded[bin_offsets[trace] : bin_offsets[trace + 1]]
            rates = np.zeros(target.size)
            k = (sample * n_traces + trace) * repeats
            for one in range(k, k + repeats):
                add_to_histogram(
                    times[offsets[one] : offsets[one + 1]], rates, start, width, rounding
                )
            total = 0.0
            for number in range(target.size):
                difference = rates[number] / repeats - target[number]
                total += difference * difference
            result[sample, trace] = total
    return result


@numba.njit(cache=True, nogil=True)
def add_to_histogram(
    train: np.ndarray, counts: np.ndarray, start: float, width: float, rounding: float
) -> None:
    """Count the spikes of a train in bins from `start` on, without those behind the last bin."""
    for time in from_start(train, start):
        number = int((time - start + rounding) / width)
        if number < counts.size:
            counts[number] += 1.0

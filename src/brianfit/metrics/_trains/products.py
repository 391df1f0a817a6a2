"""Inner products of spike trains as compiled loops; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import from_start


@numba.njit(cache=True, nogil=True)
def set_products(  # noqa: PLR0917 - compiled functions take no dataclass
    times: np.ndarray,
    offsets: np.ndarray,
    pooled_times: np.ndarray,
    pooled_offsets: np.ndarray,
    n_samples: int,
    repeats: int,
    start: float,
    window: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return inner products of the model's trains with the pooled recorded ones, and of their own.

    Parameters
    ----------
    times, offsets
        The trains of the model, as in `SpikeTrains`; `repeats` of them on every trace.
    pooled_times, pooled_offsets
        All recorded spikes on each trace, in the same form, as of a single sample.
    start
        Earlier spikes of the model do not count [s].
    window
        Spikes at most this far apart contribute 1 to an inner product [s].

    Returns
    -------
    cross, own, counts : arrays of shape (n_samples, n_traces)
        Mean over the model's trains of the product with the pooled train; mean product of two
        different trains of the model, of its train with itself if there is only one; the number of
        all spikes of the model.
    """
    n_traces = pooled_offsets.size - 1
    cross = np.zeros((n_samples, n_traces))
    own = np.zeros((n_samples, n_traces))
    counts = np.zeros((n_samples, n_traces))
    for sample in range(n_samples):
        for trace in range(n_traces):
            pooled = pooled_times[pooled_offsets[trace] : pooled_offsets[trace + 1]]
            k = (sample * n_traces + trace) * repeats
            for one in range(k, k + repeats):
                train = from_start(times[offsets[one] : offsets[one + 1]], start)
                counts[sample, trace] += train.size
                cross[sample, trace] += close_pairs(train, pooled, window)
                if repeats == 1:
                    own[sample, trace] = close_pairs(train, train, window)
                for other in range(one + 1, k + repeats):
                    second = from_start(times[offsets[other] : offsets[other + 1]], start)
                    own[sample, trace] += close_pairs(train, second, window)
            cross[sample, trace] /= repeats
            if repeats > 1:
                own[sample, trace] /= 0.5 * repeats * (repeats - 1)
    return cross, own, counts


@numba.njit(cache=True, nogil=True)
def close_pairs(first: np.ndarray, second: np.ndarray, window: float) -> float:
    """Return how many pairs of a spike of each train are at most `window` apart."""
    total = 0
    low = high = 0
    for time in first:
        while low < second.size and second[low] < time - window:
            low += 1
        while high < second.size and second[high] <= time + window:
            high += 1
        total += high - low
    return float(total)

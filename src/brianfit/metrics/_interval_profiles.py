"""ISI- and SPIKE-distance as compiled loops; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._pair_loops import Pairs, data_train, model_train, most_spikes


@numba.njit(cache=True, nogil=True, error_model="numpy")
def profile_means(  # noqa: PLR0917 - compiled functions take no dataclass
    first: int,
    last: int,
    pairs: Pairs,
    result: np.ndarray,
    ends: np.ndarray,
    by_spikes: bool,
) -> None:
    """Write the distance of every pair into `result`; the arguments are those of a pair loop.

    Parameters
    ----------
    ends
        End of what is compared, for every pair [s].
    by_spikes
        SPIKE-distance; else ISI-distance.
    """
    start = pairs.start
    gaps = np.empty((2, most_spikes(pairs, first, last) + 2))
    for sample in range(first, last):
        for pair in range(pairs.columns.size):
            end = ends[pair]
            model = compared_part(model_train(pairs, sample, pair), start, end)
            data = compared_part(data_train(pairs, pair), start, end)
            if by_spikes:
                result[sample, pair] = spike_distance(model, data, start, end, gaps)
            else:
                result[sample, pair] = isi_distance(model, data, start, end)


@numba.njit(cache=True, nogil=True)
def compared_part(train: np.ndarray, start: float, end: float) -> np.ndarray:
    """Return the spikes of a train from `start` on that come until `end`, those at one time as one.

    An empty train, and one with a single spike at `start`, has a spike at either edge.
    """
    stop = train.size
    while stop > 0 and train[stop - 1] > end:
        stop -= 1
    if stop == 0 or train[stop - 1] == start:
        return np.array([start, end])
    kept = train[:stop]
    n_repeated = 0
    for i in range(1, stop):
        n_repeated += kept[i] == kept[i - 1]
    return np.unique(kept) if n_repeated else kept


@numba.njit(cache=True, nogil=True, error_model="numpy")
def interval_after(train: np.ndarray, i: int, start: float, end: float) -> float:
    """Return the interval after spike `i`, where -1 stands for the time before the first spike.

    At the edges it is the time to the edge, but not less than the neighbouring interval.
    """
    n = train.size
    if 0 <= i < n - 1:
        return float(train[i + 1] - train[i])
    edge = train[0] - start if i < 0 else end - train[n - 1]
    if n == 1:
        return float(edge)
    beside = train[1] - train[0] if i < 0 else train[n - 1] - train[n - 2]
    return float(max(edge, beside))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def isi_distance(first: np.ndarray, second: np.ndarray, start: float, end: float) -> float:
    """Return the mean over time of the relative difference of the intervals."""
    i = j = -1
    while i + 1 < first.size and first[i + 1] <= start:
        i += 1
    while j + 1 < second.size and second[j + 1] <= start:
        j += 1
    length_i = interval_after(first, i, start, end)
    length_j = interval_after(second, j, start, end)
    time, total = start, 0.0
    while time < end:
        next_i = first[i + 1] if i + 1 < first.size else end
        next_j = second[j + 1] if j + 1 < second.size else end
        following = min(next_i, next_j)
        if following > time:
            total += (following - time) * abs(length_i - length_j) / max(length_i, length_j)
        time = following
        if i + 1 < first.size and next_i <= time:
            i += 1
            length_i = interval_after(first, i, start, end)
        if j + 1 < second.size and next_j <= time:
            j += 1
            length_j = interval_after(second, j, start, end)
    return total / (end - start)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def spike_distance(
    first: np.ndarray, second: np.ndarray, start: float, end: float, gaps: np.ndarray
) -> float:
    """Return the mean over time of the distance to the nearest spikes, weighted by nearness.

    Parameters
    ----------
    gaps
        Memory for one number per spike of each train.
    """
    nearest_gaps(first, second, start, end, gaps[0])
    nearest_gaps(second, first, start, end, gaps[1])
    i = j = -1
    while i + 1 < first.size and first[i + 1] <= start:
        i += 1
    while j + 1 < second.size and second[j + 1] <= start:
        j += 1
    length_i = interval_after(first, i, start, end)
    length_j = interval_after(second, j, start, end)
    time, total = start, 0.0
    while time < end:
        next_i = first[i + 1] if i + 1 < first.size else end
        next_j = second[j + 1] if j + 1 < second.size else end
        following = min(next_i, next_j)
        if following > time:
            # The profile is a line between two spikes: its mean is its value in the middle.
            middle = 0.5 * (time + following)
            gap_i = length_i * interpolated_gap(first, gaps[0], i, middle)
            gap_j = length_j * interpolated_gap(second, gaps[1], j, middle)
            both = length_i + length_j
            weighted = gap_i * length_j * length_j + gap_j * length_i * length_i
            total += (following - time) * 2.0 * weighted / (length_i * length_j * both * both)
        time = following
        if i + 1 < first.size and next_i <= time:
            i += 1
            length_i = interval_after(first, i, start, end)
        if j + 1 < second.size and next_j <= time:
            j += 1
            length_j = interval_after(second, j, start, end)
    return total / (end - start)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def interpolated_gap(train: np.ndarray, gaps: np.ndarray, i: int, time: float) -> float:
    """Return the gap at `time`, on the line between those of the two spikes around it."""
    if i < 0:
        return float(gaps[0])
    if i >= train.size - 1:
        return float(gaps[train.size - 1])
    length = train[i + 1] - train[i]
    return float((gaps[i] * (train[i + 1] - time) + gaps[i + 1] * (time - train[i])) / length)


@numba.njit(cache=True, nogil=True)
def nearest_gaps(
    train: np.ndarray, other: np.ndarray, start: float, end: float, gaps: np.ndarray
) -> None:
    """Write the distance of every spike to the nearest one of the other train into `gaps`.

    The other train has an auxiliary spike at each edge, farther out where its interval there is
    longer.
    """
    n = other.size
    before, after = start, end
    if n > 1:
        before = min(start, 2.0 * other[0] - other[1])
        after = max(end, 2.0 * other[n - 1] - other[n - 2])
    j = 0
    for i in range(train.size):
        time = train[i]
        while j < n and other[j] <= time:
            j += 1
        left = other[j - 1] if j > 0 else before
        right = other[j] if j < n else after
        gaps[i] = min(time - left, right - time)

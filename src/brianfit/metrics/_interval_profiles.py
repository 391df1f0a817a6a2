"""ISI- and SPIKE-distance as compiled loops; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._pair_loops import Pairs, data_train, model_train


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
    state = np.empty((2, 9))
    for sample in range(first, last):
        for pair in range(pairs.columns.size):
            end = ends[pair]
            model = compared_part(model_train(pairs, sample, pair), start, end)
            data = compared_part(data_train(pairs, pair), start, end)
            if by_spikes:
                result[sample, pair] = spike_distance(model, data, start, end, state)
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
    length_i = interval_after(first, i, start, end)
    length_j = interval_after(second, j, start, end)
    time, total = start, 0.0
    for _ in range(first.size + second.size):
        next_i = first[i + 1] if i + 1 < first.size else np.inf
        next_j = second[j + 1] if j + 1 < second.size else np.inf
        following = min(next_i, next_j)
        if following > time:
            total += (following - time) * abs(length_i - length_j) / max(length_i, length_j)
        time = following
        if next_i <= next_j:
            i += 1
            length_i = interval_after(first, i, start, end)
        else:
            j += 1
            length_j = interval_after(second, j, start, end)
    if end > time:
        total += (end - time) * abs(length_i - length_j) / max(length_i, length_j)
    return total / (end - start)


# What is known of one train while time passes; the columns of `state` below.
LENGTH = 0  # of its present interval
GAP = 1  # distance of its last spike to the nearest spike of the other train
WEIGHT = 2  # with which the gap of its next spike will count
BEFORE, AFTER = 3, 4  # its last and its next spike, auxiliary ones included
NEXT = 5  # its next spike, without auxiliary ones
FROM_BEFORE, FROM_AFTER = 6, 7  # the weights of both gaps are FROM_AFTER - SLOPE * t and
SLOPE = 8  # FROM_BEFORE + SLOPE * t, times the weight of the moment


@numba.njit(cache=True, nogil=True, error_model="numpy")
def spike_distance(
    first: np.ndarray, second: np.ndarray, start: float, end: float, state: np.ndarray
) -> float:
    """Return the mean over time of the distance to the nearest spikes, weighted by nearness.

    The profile is linear in the gaps of all spikes. The gap of a spike is known as soon as time
    has come to it; until then, the weights with which it counts are summed up.

    Parameters
    ----------
    state
        Memory, of shape (2, 9): what is known of each train.
    """
    before_first_spike(state[0], first, start, end)
    before_first_spike(state[1], second, start, end)
    i = j = 0
    time, total = start, 0.0
    for _ in range(first.size + second.size):
        side = 0 if state[0, NEXT] <= state[1, NEXT] else 1
        one, other = state[side], state[1 - side]
        following = one[NEXT]
        if following > time:
            total += piece(state, time, following)
        time = following
        one[GAP] = min(time - other[BEFORE], other[AFTER] - time)
        total += one[WEIGHT] * one[GAP]
        if side == 0:
            after_spike(one, first, i, start, end)
        else:
            after_spike(one, second, j, start, end)
        i += 1 - side
        j += side
    if end > time:
        total += piece(state, time, end)
    return total / (end - start)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def piece(state: np.ndarray, time: float, following: float) -> float:
    """Integrate between two events: add up the part of known gaps, and weights of those to come."""
    middle = 0.5 * (time + following)  # the profile is a line, so its mean is its middle
    x, y = state[0, LENGTH], state[1, LENGTH]
    factor = 2.0 * (following - time) / (x * y * (x + y) * (x + y))
    total = 0.0
    for side in range(2):
        length = state[1 - side, LENGTH]
        weight = factor * length * length
        slope = state[side, SLOPE] * middle
        total += weight * state[side, GAP] * (state[side, FROM_AFTER] - slope)
        state[side, WEIGHT] += weight * (state[side, FROM_BEFORE] + slope)
    return total


@numba.njit(cache=True, nogil=True, inline="always")
def before_first_spike(one: np.ndarray, train: np.ndarray, start: float, end: float) -> None:
    """Note that a train has had no spike yet: its first gap counts until then."""
    one[LENGTH] = interval_after(train, -1, start, end)
    one[GAP] = one[WEIGHT] = one[SLOPE] = one[FROM_AFTER] = 0.0
    one[FROM_BEFORE] = one[LENGTH]
    one[BEFORE] = min(start, 2.0 * train[0] - train[1]) if train.size > 1 else start
    one[AFTER] = one[NEXT] = train[0]


@numba.njit(cache=True, nogil=True, inline="always")
def after_spike(one: np.ndarray, train: np.ndarray, k: int, start: float, end: float) -> None:
    """Note that a train had its spike `k`."""
    one[LENGTH] = interval_after(train, k, start, end)
    one[BEFORE], one[WEIGHT] = train[k], 0.0
    if k + 1 < train.size:
        one[AFTER] = one[NEXT] = one[FROM_AFTER] = train[k + 1]
        one[FROM_BEFORE], one[SLOPE] = -train[k], 1.0
    else:  # the last gap counts until the end
        one[AFTER] = max(end, 2.0 * train[k] - train[k - 1]) if k > 0 else end
        one[NEXT], one[FROM_AFTER], one[FROM_BEFORE], one[SLOPE] = np.inf, one[LENGTH], 0.0, 0.0

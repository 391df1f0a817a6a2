"""ISI- and SPIKE-distance as compiled loops; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import Pairs, data_train, model_train, most_spikes


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
    n_columns = most_spikes(pairs, first, last) + 3
    courses = np.empty((2, N_ROWS, n_columns if by_spikes else 3))
    for pair in range(pairs.columns.size):
        end = ends[pair]
        data = compared_part(data_train(pairs, pair), start, end)
        if by_spikes:
            write_course(courses[1], data, start, end)
        for sample in range(first, last):
            model = compared_part(model_train(pairs, sample, pair), start, end)
            if by_spikes:
                write_course(courses[0], model, start, end)
                result[sample, pair] = spike_distance(
                    courses[0], model.size, courses[1], data.size, start, end
                )
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


# The rows of a course: what is known of one train after its k-th spike, k = 0 before the first.
PAST, COMING = 0, 1  # its last and its next spike, auxiliary ones included
LENGTH = 2  # of its present interval
NEXT = 3  # its next spike, without auxiliary ones
FROM_PAST, FROM_COMING = 4, 5  # the gaps of both spikes count by FROM_COMING - SLOPE * t and
SLOPE = 6  # FROM_PAST + SLOPE * t, times the weight of the moment
N_ROWS = 7


@numba.njit(cache=True, nogil=True, error_model="numpy")
def spike_distance(  # noqa: PLR0917 - compiled functions take no dataclass
    first: np.ndarray, n_first: int, second: np.ndarray, n_second: int, start: float, end: float
) -> float:
    """Return the mean over time of the distance to the nearest spikes, weighted by nearness.

    The profile is linear in the gaps of all spikes. The gap of a spike, its distance to the
    nearest spike of the other train, is known as soon as time has come to it; until then, the
    weights with which it counts are summed up. Which train has the next spike cannot be guessed,
    so both are advanced by selection, without a branch.

    Parameters
    ----------
    first, second
        Courses, as `write_course` writes them.
    n_first, n_second
        Numbers of spikes.
    """
    i = j = 0
    gap_i = gap_j = weight_i = weight_j = 0.0
    time, total = start, 0.0
    for event in range(n_first + n_second + 1):
        following = min(first[NEXT, i], second[NEXT, j], end)
        if following > time:
            middle = 0.5 * (time + following)  # the profile is a line, so its mean is its middle
            x, y = first[LENGTH, i], second[LENGTH, j]
            factor = 2.0 * (following - time) / (x * y * (x + y) * (x + y))
            of_i, of_j = factor * y * y, factor * x * x
            slope_i, slope_j = first[SLOPE, i] * middle, second[SLOPE, j] * middle
            total += of_i * gap_i * (first[FROM_COMING, i] - slope_i)
            total += of_j * gap_j * (second[FROM_COMING, j] - slope_j)
            weight_i += of_i * (first[FROM_PAST, i] + slope_i)
            weight_j += of_j * (second[FROM_PAST, j] + slope_j)
        if event == n_first + n_second:
            break
        is_first = first[NEXT, i] <= second[NEXT, j]
        time = first[NEXT, i] if is_first else second[NEXT, j]
        to_second = min(time - second[PAST, j], second[COMING, j] - time)
        to_first = min(time - first[PAST, i], first[COMING, i] - time)
        total += weight_i * to_second if is_first else weight_j * to_first
        gap_i, gap_j = to_second if is_first else gap_i, gap_j if is_first else to_first
        weight_i, weight_j = 0.0 if is_first else weight_i, weight_j if is_first else 0.0
        i += is_first
        j += 1 - is_first
    return total / (end - start)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def write_course(course: np.ndarray, train: np.ndarray, start: float, end: float) -> None:
    """Write what is known of a train after each of its spikes into the columns of `course`."""
    n = train.size
    neighbour = train[1] - train[0] if n > 1 else 0.0
    course[PAST, 0] = min(start, train[0] - neighbour)
    course[LENGTH, 0] = course[FROM_PAST, 0] = max(train[0] - start, neighbour)
    course[FROM_COMING, 0] = course[SLOPE, 0] = 0.0  # the first gap counts from the start
    for k in range(n):
        course[COMING, k] = course[NEXT, k] = course[PAST, k + 1] = train[k]
    for k in range(1, n):
        course[LENGTH, k] = train[k] - train[k - 1]
        course[FROM_PAST, k], course[FROM_COMING, k] = -train[k - 1], train[k]
        course[SLOPE, k] = 1.0
    neighbour = train[n - 1] - train[n - 2] if n > 1 else 0.0
    course[COMING, n] = max(end, train[n - 1] + neighbour)
    course[LENGTH, n] = course[FROM_COMING, n] = max(end - train[n - 1], neighbour)
    course[FROM_PAST, n] = course[SLOPE, n] = 0.0  # the last gap counts until the end
    course[NEXT, n] = np.inf

"""Comparison of firing patterns as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import Pairs, data_train, model_train


@numba.njit(cache=True, nogil=True)
def firing_differences(
    first: int,
    last: int,
    pairs: Pairs,
    result: np.ndarray,
) -> None:
    """Compare the trains of every pair; the arguments are those of a pair loop.

    Writes three numbers for every pair: the differences in count, latency and course, each from
    0 to 1.
    """
    start = pairs.start
    for sample in range(first, last):
        for pair in range(pairs.columns.size):
            model = model_train(pairs, sample, pair)
            data = data_train(pairs, pair)
            result[sample, pair, 0] = relative_difference(model.size, data.size)
            result[sample, pair, 1] = latency_difference(model, data, start)
            result[sample, pair, 2] = course_difference(model, data)


@numba.njit(cache=True, nogil=True)
def relative_difference(first: float, second: float) -> float:
    """Return how much of the larger of two numbers, none negative, the smaller one lacks."""
    larger = max(first, second)
    return abs(first - second) / larger if larger > 0 else 0.0


@numba.njit(cache=True, nogil=True)
def latency_difference(model: np.ndarray, data: np.ndarray, start: float) -> float:
    """Return the relative difference of the times from `start` to the first spike."""
    if data.size == 0:
        return 0.0
    if model.size == 0:
        return 1.0
    return relative_difference(model[0] - start, data[0] - start)


@numba.njit(cache=True, nogil=True)
def course_difference(model: np.ndarray, data: np.ndarray) -> float:
    """Return the mean relative difference of the inter-spike intervals at equal times."""
    n_intervals = data.size - 1
    if n_intervals < 1:
        return 0.0
    if model.size < 2:
        return 1.0
    total = 0.0
    i = 0
    for j in range(n_intervals):
        middle = 0.5 * (data[j] + data[j + 1])
        while i < model.size - 3 and 0.5 * (model[i + 1] + model[i + 2]) <= middle:
            i += 1
        total += relative_difference(interval_at(model, i, middle), data[j + 1] - data[j])
    return total / n_intervals


@numba.njit(cache=True, nogil=True)
def interval_at(train: np.ndarray, i: int, time: float) -> float:
    """Return the interval that a train has at `time`.

    Its intervals stand at their middles; between the middles of intervals `i` and `i + 1` they are
    joined by a line, before the first and after the last they stay as they are.
    """
    here = train[i + 1] - train[i]
    left = 0.5 * (train[i] + train[i + 1])
    if time <= left or i + 2 >= train.size:
        return float(here)
    following = train[i + 2] - train[i + 1]
    right = 0.5 * (train[i + 1] + train[i + 2])
    if time >= right:
        return float(following)
    return float(here + (following - here) * (time - left) / (right - left))

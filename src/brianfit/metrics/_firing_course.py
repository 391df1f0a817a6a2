"""Comparison of firing patterns as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def firing_differences(  # noqa: PLR0917 - compiled functions take no dataclass
    times: np.ndarray,
    offsets: np.ndarray,
    data_times: np.ndarray,
    data_offsets: np.ndarray,
    n_samples: int,
    start: float,
) -> np.ndarray:
    """Compare the trains of every sample with the recorded ones.

    Parameters
    ----------
    times, offsets
        The trains of the model, as in `SpikeTrains`.
    data_times, data_offsets
        The recorded trains in the same form, as of a single sample; none before `start`.
    start
        Earlier spikes of the model do not count; latencies count from here [s].

    Returns
    -------
    array, shape (3, n_samples, n_traces)
        The differences in count, latency and course, each from 0 to 1.
    """
    n_traces = data_offsets.size - 1
    result = np.empty((3, n_samples, n_traces))
    for sample in range(n_samples):
        for trace in range(n_traces):
            k = sample * n_traces + trace
            first, stop = offsets[k], offsets[k + 1]
            while first < stop and times[first] < start:
                first += 1
            model = times[first:stop]
            data = data_times[data_offsets[trace] : data_offsets[trace + 1]]
            result[0, sample, trace] = relative_difference(model.size, data.size)
            result[1, sample, trace] = latency_difference(model, data, start)
            result[2, sample, trace] = course_difference(model, data)
    return result


@numba.njit(cache=True)
def relative_difference(first: float, second: float) -> float:
    """Return how much of the larger of two numbers, none negative, the smaller one lacks."""
    larger = max(first, second)
    return abs(first - second) / larger if larger > 0 else 0.0


@numba.njit(cache=True)
def latency_difference(model: np.ndarray, data: np.ndarray, start: float) -> float:
    """Return the relative difference of the times from `start` to the first spike."""
    if data.size == 0:
        return 0.0
    if model.size == 0:
        return 1.0
    return relative_difference(model[0] - start, data[0] - start)


@numba.njit(cache=True)
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


@numba.njit(cache=True)
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

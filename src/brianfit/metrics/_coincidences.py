"""Counting of coincident spikes as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def count_coincidences(  # noqa: PLR0917 - compiled functions take no dataclass
    times: np.ndarray,
    offsets: np.ndarray,
    data_times: np.ndarray,
    data_offsets: np.ndarray,
    n_samples: int,
    start: float,
    window: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Match the trains of every sample with the recorded ones, one spike to one.

    Parameters
    ----------
    times, offsets
        The trains of the model, as in `SpikeTrains`.
    data_times, data_offsets
        The recorded trains in the same form, as of a single sample.
    start
        Earlier spikes of the model do not count [s].
    window
        Spikes that are at most this far apart may be matched [s].

    Returns
    -------
    coincidences, counts : arrays of int64, shape (n_samples, n_traces)
        The largest number of pairs that can be formed at the same time, and the number of spikes
        of the model that count.
    """
    n_traces = data_offsets.size - 1
    coincidences = np.zeros((n_samples, n_traces), dtype=np.int64)
    counts = np.zeros((n_samples, n_traces), dtype=np.int64)
    for sample in range(n_samples):
        for trace in range(n_traces):
            k = sample * n_traces + trace
            i, stop = offsets[k], offsets[k + 1]
            while i < stop and times[i] < start:
                i += 1
            counts[sample, trace] = stop - i
            j, data_stop = data_offsets[trace], data_offsets[trace + 1]
            # All windows have one width, so matching the two earliest spikes that fit never
            # spoils a pair: the number of pairs is the largest possible.
            while i < stop and j < data_stop:
                distance = times[i] - data_times[j]
                if abs(distance) <= window:
                    coincidences[sample, trace] += 1
                    i += 1
                    j += 1
                elif distance < 0:
                    i += 1
                else:
                    j += 1
    return coincidences, counts

"""Counting of coincident spikes as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import Pairs, data_train, model_train


@numba.njit(cache=True, nogil=True)
def count_coincidences(
    first: int,
    last: int,
    pairs: Pairs,
    result: np.ndarray,
    window: float,
) -> None:
    """Match the trains of every pair, one spike to one; the arguments are those of a pair loop.

    Writes two numbers for every pair: the largest number of pairs of spikes that can be formed at
    the same time, and the number of spikes of the model that count.

    Parameters
    ----------
    window
        Spikes that are at most this far apart may be matched [s].
    """
    for sample in range(first, last):
        for pair in range(pairs.columns.size):
            model = model_train(pairs, sample, pair)
            data = data_train(pairs, pair)
            result[sample, pair, 0] = coincidences(model, data, window)
            result[sample, pair, 1] = model.size


@numba.njit(cache=True, nogil=True)
def coincidences(first: np.ndarray, second: np.ndarray, window: float) -> int:
    """Return the largest number of pairs of spikes at most `window` apart, one spike to one."""
    i = j = found = 0
    # All windows have one width, so matching the two earliest spikes that fit never spoils a
    # pair: the number of pairs is the largest possible.
    while i < first.size and j < second.size:
        distance = first[i] - second[j]
        # Without a branch: the processor could not guess which train comes next.
        is_close = abs(distance) <= window
        found += is_close
        i += is_close | (distance < 0)
        j += is_close | (distance >= 0)
    return found

"""The distance of filtered spike trains as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._pair_loops import Pairs, data_train, model_train


@numba.njit(cache=True, nogil=True, error_model="numpy")
def filtered_distances(
    first: int,
    last: int,
    pairs: Pairs,
    result: np.ndarray,
    tau: float,
) -> None:
    """Write the distance of every pair into `result`; the arguments are those of a pair loop.

    Parameters
    ----------
    tau
        Time constant of the filter [s].
    """
    for sample in range(first, last):
        for pair in range(pairs.columns.size):
            model = model_train(pairs, sample, pair)
            data = data_train(pairs, pair)
            result[sample, pair] = filtered_distance(model, data, tau)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def filtered_distance(first: np.ndarray, second: np.ndarray, tau: float) -> float:
    """Return the norm of the difference of two trains filtered by a decaying exponential."""
    i = j = 0
    difference = total = before = 0.0
    # Between two spikes the difference decays, and its square integrates in closed form. All
    # terms are positive: nothing cancels where the trains are nearly the same.
    while i < first.size or j < second.size:
        if j == second.size or (i < first.size and first[i] <= second[j]):
            time, jump = first[i], 1.0
            i += 1
        else:
            time, jump = second[j], -1.0
            j += 1
        decay = np.exp((before - time) / tau)
        total += difference * difference * (1.0 - decay * decay)
        difference = difference * decay + jump
        before = time
    return float(np.sqrt(total + difference * difference))

"""The distance of filtered spike trains as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import Pairs, data_train, model_train

PER_UNIT = 32
LAST = 40
TABLE = np.exp(-np.arange(LAST * PER_UNIT + 1) / PER_UNIT)


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
    rate = 1.0 / tau
    # Between two spikes the difference decays, and its square integrates in closed form. All
    # terms are positive: nothing cancels where the trains are nearly the same.
    for _ in range(first.size + second.size):
        next_i = first[i] if i < first.size else np.inf
        next_j = second[j] if j < second.size else np.inf
        is_first = next_i <= next_j
        time = min(next_i, next_j)
        jump = 1.0 if is_first else -1.0
        i += is_first
        j += not is_first
        decay = decay_after((time - before) * rate)
        total += difference * difference * (1.0 - decay * decay)
        difference = difference * decay + jump
        before = time
    return float(np.sqrt(total + difference * difference))


@numba.njit(cache=True, nogil=True, inline="always")
def decay_after(x: float) -> float:
    """Return exp(-x) for x >= 0, to the last digits; 0 where that is below 1e-17.

    A table and a Taylor series for the rest, whose next term is 1/(8! 32**8) < 1e-16; several times
    as fast as the library's function, which is most of the time that the distance takes.
    """
    if not x < LAST:
        return 0.0
    place = int(x * PER_UNIT)
    r = place / PER_UNIT - x
    rest = 1 / 120 + r * (1 / 720 + r / 5040)
    value = TABLE[place] * (1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * rest)))))
    return float(value)

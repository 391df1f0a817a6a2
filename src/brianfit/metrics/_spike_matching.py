"""The cheapest way to turn one train into another, compiled; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._pair_loops import Pairs, data_train, model_train, most_spikes


@numba.njit(cache=True, nogil=True)
def matching_costs(
    first: int,
    last: int,
    pairs: Pairs,
    result: np.ndarray,
    cost: float,
) -> None:
    """Write the cost of every pair into `result`; the arguments are those of a pair loop.

    Parameters
    ----------
    cost
        Of moving a spike, per time [1/s]; adding or removing one costs 1.
    """
    room = most_spikes(pairs, first, last)
    values = np.empty((2, 2 * room + 1))
    since = np.empty((2, 2 * room + 1))
    for sample in range(first, last):
        for pair in range(pairs.columns.size):
            model = model_train(pairs, sample, pair)
            data = data_train(pairs, pair)
            result[sample, pair] = matching_cost(model, data, cost, values, since)


@numba.njit(cache=True, nogil=True)
def matching_cost(
    first: np.ndarray, second: np.ndarray, cost: float, values: np.ndarray, since: np.ndarray
) -> float:
    """Return the least cost of turning one train into the other, in linear time.

    Let f(x) be the least cost of the spikes so far, if x spikes of the first train are still on
    their way to later ones of the second (x < 0: the reverse). It is convex, so its slopes rise.
    While time t passes, |x| spikes move: slopes right of 0 grow by ``cost * t``, those left of it
    shrink. A spike of the first train may be removed for 1 or be sent on its way, which inserts a
    slope of -1 among the others and moves all that are larger one place to the right; a spike
    of the second train inserts a slope of 1 and moves the smaller ones to the left. Only f(0) and
    the slopes on either side of 0 are kept, as two stacks with the slope next to 0 on top.

    Parameters
    ----------
    values, since
        Memory for two stacks, right and left of 0: a slope, and when it had that value.
    """
    i = j = 0
    n_right = n_left = 0
    total = 0.0
    while i < first.size or j < second.size:
        if j == second.size or (i < first.size and first[i] <= second[j]):
            time = first[i]
            i += 1
            gain = -1.0
            if n_left > 0:
                gain = values[1, n_left - 1] - cost * (time - since[1, n_left - 1])
                n_left -= 1
            if gain <= -1.0:  # nothing waits on the left that is worth it; nor does what is below
                n_left = 0
                gain = -1.0
            values[0, n_right], since[0, n_right] = gain, time
            n_right += 1
            total -= gain
        else:
            time = second[j]
            j += 1
            price = 1.0
            if n_right > 0:
                price = values[0, n_right - 1] + cost * (time - since[0, n_right - 1])
                n_right -= 1
            if price >= 1.0:
                n_right = 0
                price = 1.0
            values[1, n_left], since[1, n_left] = price, time
            n_left += 1
            total += price
    return total

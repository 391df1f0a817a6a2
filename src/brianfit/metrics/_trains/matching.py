"""The cheapest way to turn one train into another, compiled; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np

from brianfit.metrics._trains.pair_loops import Pairs, data_train, model_train, most_spikes


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
    values = np.empty((2, 2 * room + 2))
    since = np.empty((2, 2 * room + 2))
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

    Left of 0 the stack holds minus the slope, so that both sides are alike: a spike takes the value
    on top of the other side's stack as its price, if that is below 1, and puts minus the price
    on its own side. What is worth 1 or more, and all below it, will never be of use.

    Parameters
    ----------
    values, since
        Memory for two stacks, right and left of 0: a value, and when it was that.
    """
    values[:, 0] = np.inf  # the price where nothing waits
    since[:, 0] = 0.0
    top = [0, 0]
    i = j = 0
    total = 0.0
    for _ in range(first.size + second.size):
        next_i = first[i] if i < first.size else np.inf
        next_j = second[j] if j < second.size else np.inf
        is_first = next_i <= next_j
        time = min(next_i, next_j)
        i += is_first
        j += not is_first
        side = 0 if is_first else 1
        waiting = top[1 - side]
        price = values[1 - side, waiting] + cost * (time - since[1 - side, waiting])
        is_worth = price < 1.0
        price = price if is_worth else 1.0
        top[1 - side] = (waiting - 1) * is_worth
        top[side] += 1
        values[side, top[side]], since[side, top[side]] = -price, time
        total += price
    return total

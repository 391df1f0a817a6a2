"""Which spike of the model belongs to which recorded one."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float, Int


def match_spikes(
    recorded: Float[np.ndarray, " n_recorded"],
    simulated: Float[np.ndarray, " n_simulated"],
    window: float,
) -> tuple[Int[np.ndarray, " n_pairs"], Int[np.ndarray, " n_pairs"]]:
    """Return the numbers of the spikes that are pairs, one to one and in order.

    The sum of the squared differences is as small as can be, where a spike without partner costs
    ``window**2 / 2``; so partners are at most `window` [s] apart.
    """
    alone = window**2 / 2
    n, m = recorded.size, simulated.size
    places = np.arange(m + 1) * alone
    costs = np.empty((n + 1, m + 1))
    costs[0] = places
    for i in range(n):
        best = costs[i] + alone
        paired = costs[i, :-1] + (recorded[i] - simulated) ** 2
        best[1:] = np.minimum(best[1:], paired)
        # A spike of the model without partner may follow any of the cheapest ways so far.
        costs[i + 1] = places + np.minimum.accumulate(best - places)
    return _pairs(costs, recorded, simulated, alone)


def _pairs(
    costs: np.ndarray, recorded: np.ndarray, simulated: np.ndarray, alone: float
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the cheapest way back."""
    first: list[int] = []
    second: list[int] = []
    i, j = recorded.size, simulated.size
    while i > 0 and j > 0:
        paired = costs[i - 1, j - 1] + (recorded[i - 1] - simulated[j - 1]) ** 2
        others = min(costs[i - 1, j], costs[i, j - 1])
        if paired <= others + alone:
            i, j = i - 1, j - 1
            first.append(i)
            second.append(j)
        elif costs[i - 1, j] <= costs[i, j - 1]:
            i -= 1
        else:
            j -= 1
    return np.array(first[::-1], dtype=np.int64), np.array(second[::-1], dtype=np.int64)

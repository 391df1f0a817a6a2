"""Pairs of recorded and simulated spikes."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.fitting.spike_matching import match_spikes


@pytest.mark.parametrize(
    ("recorded", "simulated", "pairs"),
    [
        ([1.0, 2.0, 3.0], [1.1, 2.1, 3.1], [(0, 0), (1, 1), (2, 2)]),
        ([1.0, 3.0], [1.1, 2.0, 3.1], [(0, 0), (1, 2)]),
        ([1.0, 2.0, 3.0], [2.1], [(1, 0)]),
        ([1.0], [1.0 + 0.6], []),
        ([1.0, 1.2], [1.15], [(1, 0)]),
        ([], [1.0], []),
        ([1.0], [], []),
    ],
)
def test_partners_are_near_in_order_and_one_to_one(recorded, simulated, pairs) -> None:
    first, second = match_spikes(np.array(recorded), np.array(simulated), window=0.5)

    assert list(zip(first.tolist(), second.tolist(), strict=True)) == pairs


def test_the_cheapest_pairs_are_found() -> None:
    # Greedy pairing of the nearest two, 2.0 and 1.9, would leave the others 0.9 + 1.1 apart.
    first, second = match_spikes(np.array([1.0, 2.0]), np.array([1.9, 3.1]), window=2.0)

    assert first.tolist() == [0, 1]
    assert second.tolist() == [0, 1]

"""Pairs of recorded and simulated spikes."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.fitting.polish.matched_spikes import Pairs, match_spikes


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


def test_what_is_said_of_pairs_counts_spikes_without_partner() -> None:
    pairs = Pairs(
        differences=np.array([1e-3, -1e-3]), slopes=np.zeros((2, 1)), n_alone=3, n_recorded=4
    )

    assert pairs.in_words() == "2 pairs of spikes 1 ms (rms) apart, 3 without partner"
    # Two squares of 1 ms, and three times half the square of 10 ms, over four recorded spikes.
    assert pairs.error(10e-3) == pytest.approx((2e-6 + 3 * 5e-5) / 4)


def test_distant_pairs_and_quick_spikes_count_less_in_further_directions() -> None:
    # Four spikes are 1 ms late and move alike; one is far off, one moves a hundred times as much.
    pairs = Pairs(
        differences=np.array([1e-3, 1e-3, 1e-3, 1e-3, 30e-3, 1e-3]),
        slopes=np.array([[1.0], [1.0], [1.0], [1.0], [1.0], [-100.0]]) * 1e-2,
        n_alone=0,
        n_recorded=6,
    )

    steps = [-float(m.gradient[0] / m.matrix[0, 0]) for m in pairs.models()]

    # All pairs alike: -(34 - 100)/(5 + 10000) of 0.1; without the last two -0.1.
    assert steps[0] == pytest.approx(66 / 10005 * 0.1, rel=1e-6)
    assert steps[2] == pytest.approx(-0.1, rel=0.35)

"""Local searches that are sent ahead."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.optimizers.local.synchronised_starts import (
    MOST_POINTS,
    MOST_SEARCHES,
    SynchronisedStarts,
    n_searches,
)

CENTRE = np.array([0.3, 0.7])
MATRIX = np.diag([1.0, 4.0])


def bowl(points: np.ndarray, floor: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return squares, gradients, matrices of a bowl."""
    away = points - CENTRE
    squares = floor + np.einsum("sp,pq,sq->s", away, MATRIX, away)
    return squares, away @ MATRIX, np.tile(MATRIX, (len(points), 1, 1))


def test_are_done_when_one_has_found_the_bottom() -> None:
    scouts = SynchronisedStarts(np.array([[0.25, 0.6], [0.9, 0.1]]))
    n_rounds = 0

    while not scouts.is_done:
        scouts.tell(*bowl(scouts.trials))
        n_rounds += 1

    assert n_rounds < 10
    np.testing.assert_allclose(scouts.points()[0], CENTRE, atol=0.03)


def test_wait_for_a_search_that_is_lower_than_an_end() -> None:
    scouts = SynchronisedStarts(np.array([[0.3, 0.7], [0.9, 0.1]]))
    _, gradients, matrices = bowl(scouts.trials)

    scouts.tell(np.array([5.0, 4.0]), gradients, matrices)

    assert len(scouts.trials) == 1
    assert not scouts.is_done


def test_give_up_in_the_end() -> None:
    scouts = SynchronisedStarts(np.array([[0.9, 0.1]]))

    for number in range(MOST_POINTS):
        assert not scouts.is_done
        _, gradients, matrices = bowl(scouts.trials)
        scouts.tell(np.array([1000.0 - number]), 1e3 * gradients, 1e3 * matrices)

    assert scouts.is_done
    assert len(scouts.points()) == 1


def test_offer_only_points_that_are_about_as_good_as_the_best() -> None:
    scouts = SynchronisedStarts(np.array([[0.3, 0.7], [0.9, 0.1], [0.4, 0.7]]))
    _, gradients, matrices = bowl(scouts.trials)

    scouts.tell(np.array([1.0, 5.0, 1.5]), gradients, matrices)

    np.testing.assert_array_equal(scouts.points(), [[0.3, 0.7], [0.4, 0.7]])


def test_offer_nothing_where_nothing_could_be_synchronised() -> None:
    scouts = SynchronisedStarts(np.array([[0.3, 0.7], [0.9, 0.1]]))

    scouts.tell(np.full(2, np.inf), np.zeros((2, 2)), np.zeros((2, 2, 2)))

    assert scouts.is_done
    assert len(scouts.points()) == 0


@pytest.mark.parametrize(
    ("n_samples", "n_rounds", "cost", "expected"),
    [
        (20, 50, 2, MOST_SEARCHES),
        (20, 20, 2, 4),  # a quarter of 400, at 24 a search
        (20, 3, 2, 1),
        (4, 500, 2, 2),  # no more than fit into a round
        (20, 50, 21, 0),
        (20, 50, 0, 0),
    ],
)
def test_are_as_many_as_the_budget_bears(
    n_samples: int, n_rounds: int, cost: int, expected: int
) -> None:
    assert n_searches(n_samples, n_rounds, cost) == expected

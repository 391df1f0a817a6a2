"""Least squares from many starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.optimizers import Batch, BatchAnswer, MultiStartLeastSquares, Offer, Want

NAMES = ["x", "y"]


def started(
    *, n_parameters: int = 2, seed: int = 1, cost_of_scout: int = 0, **options: float
) -> MultiStartLeastSquares:
    optimizer = MultiStartLeastSquares(**options)
    optimizer.expect(Offer(costs={Want.DERIVATIVES: 1, Want.SYNCHRONISED: cost_of_scout}))
    bounds = {f"p{k}": (0.0, 1.0) for k in range(n_parameters)}
    optimizer.seed(np.random.default_rng(seed))
    optimizer.initialize(list(bounds), 8, 10, **bounds)
    return optimizer


def valley(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return errors, gradients, matrices of Rosenbrock's valley; its end is at (0.6, 0.36)."""
    x, y = (points / [0.6, 0.36]).T
    residuals = np.stack([10 * (y - x**2), 1 - x], axis=1)
    slopes = np.zeros((len(points), 2, 2))
    slopes[:, 0, 0], slopes[:, 0, 1] = -20 * x / 0.6, 10 / 0.36
    slopes[:, 1, 0] = -1 / 0.6
    gradients = np.einsum("skp,sk->sp", slopes, residuals)
    return np.sum(residuals**2, axis=1), gradients, slopes.transpose(0, 2, 1) @ slopes


def rounds(optimizer: MultiStartLeastSquares, n_rounds: int, n_samples: int = 4) -> None:
    for _ in range(n_rounds):
        (batch,) = optimizer.ask(n_samples)
        tell(optimizer, batch, *valley(batch.samples))


def points_of(optimizer: MultiStartLeastSquares, n_samples: int) -> np.ndarray:
    return np.concatenate([batch.samples for batch in optimizer.ask(n_samples)])


def tell(
    optimizer: MultiStartLeastSquares,
    batch: Batch,
    errors: np.ndarray,
    gradients: np.ndarray,
    matrices: np.ndarray,
) -> None:
    optimizer.tell([answered(batch, errors, errors, gradients, matrices)], errors)


def answered(
    batch: Batch, errors: np.ndarray, squares: np.ndarray, gradients: np.ndarray, matrices: Any
) -> Batch:
    return batch.answered(
        BatchAnswer(errors=errors, squares=squares, gradients=gradients, normal_matrices=matrices)
    )


def test_every_search_finds_the_end_of_a_bent_valley() -> None:
    optimizer = started()

    rounds(optimizer, 60)

    assert len(optimizer.ends) >= 4
    for end in optimizer.ends:
        np.testing.assert_allclose(end.end, [0.6, 0.36], atol=1e-3)
    np.testing.assert_allclose(optimizer.recommend(), [0.6, 0.36], atol=1e-6)


def test_a_search_that_has_ended_is_replaced_by_a_new_start() -> None:
    optimizer = started()

    rounds(optimizer, 60)

    starts = np.array([end.start for end in optimizer.ends])
    assert len(np.unique(starts, axis=0)) == len(starts)
    assert points_of(optimizer, 4).shape == (4, 2)


def test_ends_tell_what_they_cost() -> None:
    optimizer = started()

    rounds(optimizer, 60)

    assert sum(end.n_points for end in optimizer.ends) <= 4 * 60
    assert all(end.n_points > 1 for end in optimizer.ends)


def test_starts_that_cannot_be_scored_are_replaced_at_once() -> None:
    optimizer = started()
    (batch,) = optimizer.ask(3)
    first = batch.samples
    errors, gradients, matrices = valley(first)
    errors[1] = np.inf

    tell(optimizer, batch, errors, gradients, matrices)

    assert [end.reason for end in optimizer.ends] == ["the start could not be scored"]
    np.testing.assert_array_equal(optimizer.ends[0].start, first[1])
    assert not np.any(np.all(points_of(optimizer, 3) == first[1], axis=1))


def test_a_step_into_nowhere_is_tried_again_shorter() -> None:
    optimizer = started()
    (first,) = optimizer.ask(1)
    tell(optimizer, first, *valley(first.samples))
    (tried,) = optimizer.ask(1)
    nothing = np.zeros((1, 2)), np.zeros((1, 2, 2))

    tell(optimizer, tried, np.array([np.inf]), *nothing)

    shorter = points_of(optimizer, 1) - first.samples
    assert np.linalg.norm(shorter) < 0.6 * np.linalg.norm(tried.samples - first.samples)


def test_the_first_search_starts_at_the_point_given() -> None:
    optimizer = started()

    optimizer.start_from(np.array([0.0, 0.25]))

    np.testing.assert_array_equal(points_of(optimizer, 3)[0], [0.0, 0.25])


def test_without_a_point_given_the_first_search_starts_in_the_middle() -> None:
    points = points_of(started(), 3)

    np.testing.assert_array_equal(points[0], [0.5, 0.5])
    assert not np.any(points[1:] == 0.5)


def test_a_few_rounds_of_few_samples_are_enough_from_the_middle() -> None:
    optimizer = started()

    rounds(optimizer, 8, n_samples=3)

    np.testing.assert_allclose(optimizer.recommend(), [0.6, 0.36], atol=1e-3)


def test_a_residual_that_vanishes_is_followed_down_to_rounding() -> None:
    optimizer = started(seed=3)

    rounds(optimizer, 80, n_samples=1)

    assert optimizer.ends[0].error < 1e-20


def test_errors_without_derivatives_are_refused() -> None:
    optimizer = MultiStartLeastSquares()
    optimizer.initialize(["x", "y"], 8, 10, x=(0.0, 1.0), y=(0.0, 1.0))
    points = optimizer.ask(2)

    with pytest.raises(InvalidTypeError, match="such as MSEMetric"):
        optimizer.tell(points, [1.0, 2.0])


@pytest.mark.parametrize("option", ["tolerance", "fine_tolerance"])
def test_tolerances_must_be_fractions(option: str) -> None:
    with pytest.raises(InvalidValueError, match=f"`{option}` must lie between 0 and 1"):
        MultiStartLeastSquares(**{option: 0.0})


def test_begins_at_the_starts_that_are_given() -> None:
    optimizer = started()
    starts = np.array([[0.1, 0.2], [0.3, 0.4]])

    optimizer.start_from_each(starts)

    np.testing.assert_allclose(points_of(optimizer, 4)[:2], starts)


def hollows(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return errors, gradients, matrices of bowls around the tenths, higher ones further away."""
    bottoms = np.clip(np.round(points, 1), 0.1, 0.9)
    away = points - bottoms
    errors = np.sum(away**2, axis=1) + 1e-3 + np.abs(bottoms - 0.5).sum(axis=1)
    return errors, away, np.tile(np.eye(2), (len(points), 1, 1))


def hollow_round(optimizer: MultiStartLeastSquares) -> int:
    """Do a round in which the synchronised model leads to the lowest hollow."""
    told = []
    for batch in optimizer.ask(8):
        errors, gradients, matrices = hollows(batch.samples)
        squares = errors
        if batch.wants is Want.SYNCHRONISED:
            gradients = batch.samples - 0.49
            squares = np.sum(gradients**2, axis=1) + 1e-3
        told.append(answered(batch, errors, squares, gradients, matrices))
    optimizer.tell(told, np.concatenate([batch.found.errors for batch in told]))
    return optimizer.n_synchronised


def test_searches_that_end_apart_are_followed_by_synchronised_ones() -> None:
    optimizer = started(tolerance=0.5, cost_of_scout=2)
    pulled = [hollow_round(optimizer) for _ in range(40)]

    assert pulled[0] == 0
    assert max(pulled) >= 1
    np.testing.assert_allclose(optimizer.recommend(), 0.5, atol=1e-3)


def test_does_without_where_the_model_cannot_be_synchronised() -> None:
    optimizer = started(tolerance=0.5)

    assert max(hollow_round(optimizer) for _ in range(40)) == 0


def test_searches_that_end_alike_are_not() -> None:
    optimizer = started(cost_of_scout=2)

    rounds(optimizer, 60)

    assert optimizer.n_synchronised == 0

"""CMA-ES with a polish on the traces."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.optimizers import Batch, BatchAnswer, GuidedCMAESOptimizer, Offer, Want
from brianfit.optimizers.batches import as_batches
from brianfit.optimizers.guided_cma_es import FIRST_POLISH

CENTRE = np.array([0.3, 0.7])
PULLED_CENTRE = np.array([0.31, 0.69])


def started(cost: int = 1, cost_of_scout: int = 0) -> GuidedCMAESOptimizer:
    optimizer = GuidedCMAESOptimizer()
    optimizer.seed(np.random.default_rng(1))
    optimizer.expect(Offer(costs={Want.TRACE_DERIVATIVES: cost, Want.SYNCHRONISED: cost_of_scout}))
    optimizer.initialize(["x", "y"], 20, 40, x=(0.0, 1.0), y=(0.0, 1.0))
    return optimizer


def steps(points: np.ndarray) -> np.ndarray:
    """Return an error without slopes that is least where the traces are met."""
    return np.ceil(20 * np.abs(points - CENTRE).max(axis=1))


def one_round(optimizer: GuidedCMAESOptimizer, n_samples: int = 20) -> np.ndarray:
    asked = optimizer.ask(n_samples)
    answered = [answered_batch(batch) for batch in as_batches(asked)]
    errors = np.concatenate([batch.found.errors for batch in answered])
    optimizer.tell(answered if isinstance(asked, list) else asked, errors)
    return points_of(asked)


def points_of(asked: list[Batch] | np.ndarray) -> np.ndarray:
    return np.concatenate([batch.samples for batch in as_batches(asked)])


def answered_batch(batch: Batch) -> Batch:
    errors = steps(batch.samples)
    if batch.wants is Want.ERRORS:
        return batch.answered(BatchAnswer(errors=errors))
    is_pulled = batch.wants is Want.SYNCHRONISED
    away = batch.samples - (PULLED_CENTRE if is_pulled else CENTRE)
    squares = np.sum(away**2, axis=1) + (1e-6 if is_pulled else 0.0)
    return batch.answered(followed(errors, squares, away, np.eye(2)))


def followed(
    errors: np.ndarray, squares: np.ndarray, gradients: np.ndarray, matrix: np.ndarray
) -> BatchAnswer:
    matrices = np.tile(matrix, (len(errors), 1, 1))
    return BatchAnswer(
        errors=errors, squares=squares, gradients=gradients, normal_matrices=matrices
    )


def test_searches_by_the_error_alone_at_first() -> None:
    optimizer = started()

    for _ in range(FIRST_POLISH):
        one_round(optimizer)
        assert optimizer.n_guided == 0


def test_then_follows_the_traces_from_the_best_samples_on() -> None:
    optimizer = started()

    for _ in range(FIRST_POLISH + 6):
        one_round(optimizer)

    assert optimizer.n_polishes == 1
    np.testing.assert_allclose(one_round(optimizer).mean(axis=0), CENTRE, atol=0.3)


def test_a_polish_that_does_not_help_is_given_up() -> None:
    optimizer = started()
    guided = []

    for _ in range(80):
        asked = optimizer.ask(20)
        guided.append(optimizer.n_guided > 0)
        if optimizer.n_guided == 0:
            optimizer.tell(asked, np.arange(1.0, 21.0))
        else:
            (batch,) = asked
            bad = np.full(20, 99.0)
            answer = followed(bad, np.ones(20), np.zeros((20, 2)), np.zeros((2, 2)))
            optimizer.tell([batch.answered(answer)], bad)

    assert any(guided)
    assert not any(guided[-10:])


@pytest.mark.parametrize("cost", [1, 3])
def test_a_round_costs_what_was_asked_for(cost: int) -> None:
    optimizer = started(cost)

    for _ in range(FIRST_POLISH + 3):
        points = one_round(optimizer)

        n_guided = optimizer.n_guided
        assert 20 - cost < len(points) - n_guided + n_guided * cost <= 20


@pytest.mark.parametrize("cost", [2, 4])
def test_begins_with_the_synchronised_model_where_there_is_one(cost: int) -> None:
    optimizer = started(cost_of_scout=cost)

    points = one_round(optimizer)

    n_pulled = optimizer.n_synchronised
    assert n_pulled >= 1
    assert len(points) - n_pulled + n_pulled * cost <= 20


def test_then_follows_the_traces_from_where_it_has_come() -> None:
    optimizer = started(cost_of_scout=2)
    while optimizer.n_polishes == 0:
        one_round(optimizer)

    points = one_round(optimizer)

    assert optimizer.n_synchronised == 0
    np.testing.assert_allclose(points[0], PULLED_CENTRE, atol=0.01)
    np.testing.assert_allclose(one_round(optimizer)[0], CENTRE, atol=0.01)


def test_begins_cma_es_anew_around_the_best_sample_then() -> None:
    optimizer = started(cost_of_scout=2)
    points = best = one_round(optimizer)

    while optimizer.n_polishes == 0 or optimizer.n_guided > 0:
        best = optimizer.recommend()
        points = one_round(optimizer)

    # Four standard errors of the mean of 20 samples with a standard deviation of 0.2.
    np.testing.assert_allclose(points.mean(axis=0), best, atol=0.8 / np.sqrt(20))


def test_sends_the_first_searches_to_the_starts_that_are_given() -> None:
    optimizer = started(cost_of_scout=2)
    starts = np.array([[0.11, 0.12], [0.21, 0.22]])
    optimizer.start_from_each(starts)

    np.testing.assert_allclose(points_of(optimizer.ask(20))[:2], starts)


def test_goes_on_without_where_the_model_cannot_be_synchronised() -> None:
    optimizer = started(cost_of_scout=2)
    pulled, others = optimizer.ask(20)
    errors, nothing = steps(pulled.samples), np.zeros((len(pulled.samples), 2))
    failed = followed(errors, np.full(len(errors), np.inf), nothing, np.zeros((2, 2)))

    optimizer.tell(
        [pulled.answered(failed), answered_batch(others)],
        np.concatenate([errors, steps(others.samples)]),
    )

    one_round(optimizer)
    assert optimizer.n_synchronised == optimizer.n_guided == 0

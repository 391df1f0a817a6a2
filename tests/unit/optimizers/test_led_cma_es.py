"""CMA-ES that begins where a led model has come."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.optimizers import Batch, BatchAnswer, LedCMAESOptimizer, Offer, Want
from brianfit.optimizers.batches import as_batches
from brianfit.optimizers.led_cma_es import NARROWEST, PLAIN_SHARE

CENTRE = np.array([0.3, 0.7])
LED_CENTRE = np.array([0.31, 0.69])


def started(cost: int) -> LedCMAESOptimizer:
    optimizer = LedCMAESOptimizer()
    optimizer.seed(np.random.default_rng(1))
    optimizer.expect(Offer(costs={Want.SYNCHRONISED: cost} if cost else {}))
    optimizer.initialize(["x", "y"], 20, 40, x=(0.0, 1.0), y=(0.0, 1.0))
    return optimizer


def needle(points: np.ndarray) -> np.ndarray:
    """Return an error that shows its minimum from nearby only."""
    return np.minimum(1.0, 10 * np.abs(points - CENTRE).max(axis=1))


def answered_batch(batch: Batch) -> Batch:
    errors = needle(batch.samples)
    if batch.wants is Want.ERRORS:
        return batch.answered(BatchAnswer(errors=errors))
    away = batch.samples - LED_CENTRE
    return batch.answered(
        BatchAnswer(
            errors=errors,
            squares=np.sum(away**2, axis=1) + 1e-4,
            gradients=away,
            normal_matrices=np.tile(np.eye(2), (len(errors), 1, 1)),
        )
    )


def one_round(optimizer: LedCMAESOptimizer) -> list[Batch]:
    asked = optimizer.ask(20)
    answered = [answered_batch(batch) for batch in as_batches(asked)]
    errors = np.concatenate([batch.found.errors for batch in answered])
    optimizer.tell(answered if isinstance(asked, list) else asked, errors)
    return as_batches(asked)


@pytest.mark.parametrize("cost", [2, 7])
def test_a_round_costs_what_was_asked_for(cost: int) -> None:
    optimizer = started(cost)

    batches = one_round(optimizer)

    costs = [len(one.samples) * optimizer.offer.cost(one.wants) for one in batches]
    assert sum(costs) == 20


def test_local_searches_come_first_and_then_leave_the_samples_to_cma_es() -> None:
    optimizer = started(2)

    wants = [{batch.wants for batch in one_round(optimizer)} for _ in range(40)]

    assert Want.SYNCHRONISED in wants[0]
    assert wants[-1] == {Want.ERRORS}
    np.testing.assert_allclose(optimizer.ends[0].end, LED_CENTRE, atol=1e-3)


def test_the_search_goes_on_around_the_end_with_most_of_a_round() -> None:
    optimizer = started(2)
    while any(batch.wants is Want.SYNCHRONISED for batch in one_round(optimizer)):
        pass

    (batch,) = one_round(optimizer)

    is_near = np.abs(batch.samples - LED_CENTRE).max(axis=1) < 4 * NARROWEST
    assert np.count_nonzero(is_near) == pytest.approx((1 - PLAIN_SHARE) * 20, abs=2)


def test_what_only_nearby_samples_see_is_found_from_a_led_start() -> None:
    optimizer = started(2)

    for _ in range(40):
        one_round(optimizer)

    np.testing.assert_allclose(optimizer.recommend(), CENTRE, atol=1e-3)


def test_without_a_lead_it_asks_for_errors_alone() -> None:
    optimizer = started(0)

    batches = one_round(optimizer)

    assert [batch.wants for batch in batches] == [Want.ERRORS]
    assert optimizer.ends == []

"""A front of compromises by pymoo."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.optimizers import Batch, BatchAnswer, Offer, ParetoOptimizer, from_pymoo
from brianfit.results import is_on_front

pytestmark = pytest.mark.needs_package("pymoo")

CORNERS = np.array([[0.3, 0.2], [0.7, 0.2], [0.5, 0.6]])


def searched(optimizer: ParetoOptimizer, n_parts: int, n_rounds: int) -> tuple[np.ndarray, ...]:
    """Minimise the squared distances to the first corners; return samples and errors."""
    optimizer.seed(np.random.default_rng(1))
    optimizer.expect(Offer(n_parts=n_parts))
    n_samples = optimizer.initialize(["x", "y"], 40, n_rounds, x=(0.0, 1.0), y=(0.0, 1.0))
    rounds = []
    for _ in range(n_rounds):
        (batch,) = optimizer.ask(n_samples)
        samples = batch.samples
        errors = np.sum((samples[:, np.newaxis] - CORNERS[:n_parts]) ** 2, axis=2)
        tell_parts(optimizer, batch, errors)
        rounds.append((samples, errors))
    return tuple(np.concatenate(arrays) for arrays in zip(*rounds, strict=True))


def tell_parts(optimizer: ParetoOptimizer, batch: Batch, parts: np.ndarray) -> None:
    errors = parts.sum(axis=1)
    answer = BatchAnswer(errors=errors, part_errors=parts)
    optimizer.tell([batch.answered(answer)], errors)


def test_weighs_parts_of_the_error() -> None:
    assert ParetoOptimizer().needs_parts


def test_spreads_samples_over_the_line_between_two_optima() -> None:
    samples, errors = searched(ParetoOptimizer(), n_parts=2, n_rounds=50)

    front = samples[is_on_front(errors)]

    # What is not beaten lies on the line from (0.3, 0.2) to (0.7, 0.2).
    assert np.median(np.abs(front[:, 1] - 0.2)) < 0.01
    assert np.all(np.histogram(front[:, 0], bins=4, range=(0.3, 0.7))[0] > 0)


def test_finds_the_triangle_between_three_optima() -> None:
    samples, errors = searched(ParetoOptimizer("NSGA3"), n_parts=3, n_rounds=50)

    front = samples[is_on_front(errors)]
    barycentric = np.linalg.solve(
        np.vstack([CORNERS.T, np.ones(3)]), np.vstack([front.T, np.ones(len(front))])
    )

    # Inside the triangle all three are positive; 0.05 of it is left for what is nearly there.
    assert np.mean(np.all(barycentric > -0.05, axis=0)) > 0.9


def test_goes_on_although_samples_fail() -> None:
    optimizer = ParetoOptimizer()
    optimizer.seed(np.random.default_rng(1))
    optimizer.expect(Offer(n_parts=2))
    optimizer.initialize(["x"], 8, 3, x=(0.0, 1.0))

    for failed in (range(8), range(4)):
        (batch,) = optimizer.ask(8)
        errors = np.column_stack([batch.samples[:, 0], 1 - batch.samples[:, 0]])
        errors[list(failed)] = np.inf
        tell_parts(optimizer, batch, errors)

    (batch,) = optimizer.ask(8)
    assert np.all(np.isfinite(batch.samples))


def test_begins_with_the_start_sample() -> None:
    optimizer = ParetoOptimizer()
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(["x"], 8, 3, x=(0.0, 10.0))
    optimizer.start_from(np.array([2.5]))

    assert optimizer.ask(8)[0, 0] == pytest.approx(2.5)


def test_names_its_methods() -> None:
    with pytest.raises(InvalidValueError, match="NSGA2"):
        ParetoOptimizer("NSGA1")


def test_parents_win_tournaments_as_in_pymoo() -> None:
    from pymoo.algorithms.moo.nsga2 import binary_tournament
    from pymoo.core.population import Population

    random = np.random.default_rng(3)
    errors = random.integers(0, 4, size=(30, 3)).astype(float)
    population = Population.new("F", errors)
    population.set("rank", np.zeros(30), "crowding", random.permutation(30).astype(float))
    for one in population:
        one.CV = np.zeros(1)
    pairs = np.stack([random.permutation(30), random.permutation(30)], axis=1)
    rule = SimpleNamespace(tournament_type="comp_by_dom_and_crowding", random_state=random)

    expected = binary_tournament(population, pairs[pairs[:, 0] != pairs[:, 1]], rule)

    won = from_pymoo._winners(population, pairs[pairs[:, 0] != pairs[:, 1]])
    np.testing.assert_array_equal(won, expected)

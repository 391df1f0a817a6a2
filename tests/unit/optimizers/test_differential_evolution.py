"""Differential evolution: its population, its options, what survives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.optimizers import DifferentialEvolution
from brianfit.optimizers.differential_evolution import _inside, _three_others


def started(optimizer: DifferentialEvolution, popsize: int) -> DifferentialEvolution:
    bounds = {f"p{index}": (0.0, 1.0) for index in range(5)}
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(bounds), popsize, 10, **bounds)
    return optimizer


def bowl(samples: Any) -> np.ndarray:
    return np.sum((np.asarray(samples) - 0.4) ** 2, axis=1)


def test_the_first_members_fill_the_box_evenly() -> None:
    samples = np.asarray(started(DifferentialEvolution(population=20), popsize=20).ask(20))

    slices = np.sort(np.floor(samples * 20), axis=0)
    np.testing.assert_array_equal(slices, np.tile(np.arange(20.0)[:, np.newaxis], (1, 5)))


def test_a_member_gives_way_only_to_what_is_not_worse() -> None:
    optimizer = started(DifferentialEvolution(population=10), popsize=10)
    optimizer.tell(samples := optimizer.ask(10), bowl(samples))
    for _ in range(5):
        members, errors = optimizer._members.copy(), optimizer._errors.copy()
        asked = np.asarray(optimizer.ask(10))
        told = bowl(asked)

        optimizer.tell(asked, told)

        better = (told <= errors)[:, np.newaxis]
        np.testing.assert_allclose(optimizer._members, np.where(better, asked, members))


def test_challenges_members_in_turn() -> None:
    # Without crossover and with hardly any step, a mutant stays beside the member it challenges.
    optimizer = started(DifferentialEvolution(population=6, factor=1e-6, crossover=1e-9), 6)
    optimizer.tell(members := np.asarray(optimizer.ask(6)), bowl(members))

    first = np.asarray(optimizer.ask(4))
    optimizer.tell(first, np.full(4, np.inf))
    second = np.asarray(optimizer.ask(4))

    np.testing.assert_allclose(first, members[[0, 1, 2, 3]], atol=1e-5)
    np.testing.assert_allclose(second, members[[4, 5, 0, 1]], atol=1e-5)


@pytest.mark.parametrize(("crossover", "n_changed"), [(1e-12, 1), (1.0, 5)])
def test_crossover_is_the_fraction_of_coordinates_from_the_mutant(
    crossover: float, n_changed: int
) -> None:
    optimizer = started(DifferentialEvolution(factor=0.5, crossover=crossover), 20)
    optimizer.tell(members := np.asarray(optimizer.ask(20)), bowl(members))

    changed = np.asarray(optimizer.ask(20)) != members

    np.testing.assert_array_equal(changed.sum(axis=1), n_changed)


def test_moves_towards_the_best_members_unless_told_otherwise() -> None:
    nearness = {}
    for strategy in ("current-to-best", "rand"):
        optimizer = started(
            DifferentialEvolution(population=200, strategy=strategy, factor=0.9, crossover=1.0),
            200,
        )
        optimizer.tell(members := optimizer.ask(200), bowl(members))
        nearness[strategy] = np.median(bowl(optimizer.ask(200)))

    assert nearness["current-to-best"] < nearness["rand"]


def test_remembers_what_has_worked() -> None:
    optimizer = started(DifferentialEvolution(), popsize=20)
    before = optimizer._memory._factors.copy()

    for _ in range(4):
        optimizer.tell(samples := optimizer.ask(20), bowl(samples))

    assert not np.array_equal(optimizer._memory._factors, before)
    assert np.all((optimizer._memory._factors > 0) & (optimizer._memory._factors <= 1))


def test_the_other_members_of_a_mutant_are_all_different() -> None:
    rows = np.arange(300) % 4

    others = _three_others(rows, 4, np.random.default_rng(1))

    np.testing.assert_array_equal(
        np.sort(np.column_stack([rows, others]), axis=1), np.tile(np.arange(4), (300, 1))
    )


def test_brings_points_back_half_way_between_bound_and_base() -> None:
    points, base = np.array([[-0.5, 1.5, 0.7]]), np.array([[0.4, 0.6, 0.1]])

    np.testing.assert_allclose(_inside(points, base), [[0.2, 0.8, 0.7]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"population": 3}, "`population` must be at least 4"),
        ({"strategy": "best"}, "`strategy` must be one of"),
        ({"factor": 0.0}, "`factor` must be above 0 and at most 2"),
        ({"crossover": 1.1}, "`crossover` must be above 0 and at most 1"),
    ],
)
def test_refuses_options_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        DifferentialEvolution(**options)

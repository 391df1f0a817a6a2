"""What optimizers say when they are used out of turn; the same for all ready ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brianfit._foundation.errors import FitStateError, InvalidTypeError, InvalidValueError
from brianfit.optimizers import (
    AbstractOptimizer,
    CMAESOptimizer,
    DifferentialEvolution,
    ParticleSwarm,
    RandomSearch,
    SupportsStart,
)

BOUNDS = {"a": (0.0, 1.0), "b": (0.0, 1.0)}
Maker = Callable[[], AbstractOptimizer]
each_optimizer = pytest.mark.parametrize(
    "make", [CMAESOptimizer, DifferentialEvolution, ParticleSwarm, RandomSearch]
)


def started(make: Maker, popsize: int = 8) -> AbstractOptimizer:
    optimizer = make()
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(BOUNDS), popsize, 5, **BOUNDS)
    return optimizer


@each_optimizer
def test_says_that_it_must_be_initialized_first(make: Maker) -> None:
    with pytest.raises(FitStateError, match="must be initialized"):
        make().ask(4)


@each_optimizer
def test_refuses_errors_of_samples_that_it_was_not_asked_for(make: Maker) -> None:
    optimizer = started(make)

    with pytest.raises(FitStateError, match="must be asked"):
        optimizer.tell([[0.5, 0.5]], [1.0])


@each_optimizer
def test_refuses_another_number_of_samples_than_asked_for(make: Maker) -> None:
    optimizer = started(make)
    samples = optimizer.ask(8)

    with pytest.raises(InvalidValueError, match="8 samples asked for last, but 7"):
        optimizer.tell(samples[:7], np.ones(7))


@each_optimizer
def test_cannot_recommend_before_it_was_told_anything(make: Maker) -> None:
    optimizer = started(make)

    with pytest.raises(FitStateError, match="cannot recommend"):
        optimizer.recommend()


@each_optimizer
def test_refuses_a_parameter_without_bounds(make: Maker) -> None:
    with pytest.raises(InvalidTypeError, match="missing: 'b'"):
        make().initialize(["a", "b"], 8, 5, a=(0.0, 1.0))


@each_optimizer
def test_takes_nan_for_a_diverged_sample(make: Maker) -> None:
    optimizer = started(make)
    samples = np.asarray(optimizer.ask(8))

    optimizer.tell(samples, [np.nan] * 3 + [2.0] + [np.nan] * 4)

    np.testing.assert_array_equal(optimizer.recommend(), samples[3])


@each_optimizer
def test_keeps_the_best_of_earlier_rounds(make: Maker) -> None:
    optimizer = started(make)
    best = np.asarray(optimizer.ask(8))[2]
    optimizer.tell(np.tile(best, (8, 1)), [3, 3, 1, 3, 3, 3, 3, 3])

    optimizer.tell(optimizer.ask(8), np.full(8, 2.0))

    np.testing.assert_array_equal(optimizer.recommend(), best)


@each_optimizer
def test_asks_for_any_number_of_samples(make: Maker) -> None:
    optimizer = started(make, popsize=8)

    for n_samples in (3, 20, 1, 0, 8, 50, 2):
        samples = optimizer.ask(n_samples)
        optimizer.tell(samples, np.sum(np.asarray(samples), axis=1))

        assert np.shape(samples) == (n_samples, 2)


@each_optimizer
def test_describes_itself_in_words(make: Maker) -> None:
    assert len(str(make()).split()) > 2


@pytest.mark.parametrize("make", [CMAESOptimizer, DifferentialEvolution, ParticleSwarm])
def test_begins_its_search_where_it_is_told_to(make: Maker) -> None:
    start = np.array([0.9, 0.05])
    nearest = []
    for begins_there in (True, False):
        optimizer = started(make)
        assert isinstance(optimizer, SupportsStart)
        if begins_there:
            optimizer.start_from(start)
        samples = np.asarray(optimizer.ask(8))
        nearest.append(np.linalg.norm(samples - start, axis=1).min())

    assert nearest[0] < nearest[1]


@each_optimizer
def test_forgets_the_start_of_an_earlier_search(make: Maker) -> None:
    optimizer = started(make)
    if isinstance(optimizer, SupportsStart):
        optimizer.start_from(np.array([0.9, 0.05]))
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(list(BOUNDS), 8, 5, **BOUNDS)

    samples = optimizer.ask(8)

    np.testing.assert_array_equal(samples, started(make).ask(8))

"""The adapter of Nevergrad: methods, populations, budgets, recommendations."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.optimizers import NevergradOptimizer, from_nevergrad

pytestmark = pytest.mark.needs_package("nevergrad")

BOUNDS = {"a": (0.0, 1.0), "b": (-1.0, 3.0)}


@pytest.fixture(scope="module")
def nevergrad() -> ModuleType:
    import nevergrad

    return nevergrad


def population(optimizer: NevergradOptimizer, popsize: int) -> int:
    optimizer.seed(np.random.default_rng(1))
    return optimizer.initialize(list(BOUNDS), popsize, 5, **BOUNDS)


@pytest.mark.parametrize(
    ("method", "wanted", "given"),
    [("DE", 5, 30), ("DE", 50, 50), ("PSO", 5, 40), ("PSO", 60, 60), ("SQP", 20, 1)],
)
def test_works_with_the_population_that_the_method_needs(
    method: str, wanted: int, given: int
) -> None:
    assert population(NevergradOptimizer(method), wanted) == given


def test_suggests_a_method_for_a_misspelt_one() -> None:
    with pytest.raises(InvalidValueError, match="'TwoPointDE'. Did you mean 'TwoPointsDE'"):
        NevergradOptimizer("TwoPointDE")


def test_refuses_a_method_that_is_no_optimizer() -> None:
    with pytest.raises(InvalidTypeError, match="must be the name of an optimizer of Nevergrad"):
        NevergradOptimizer(3.0)


def test_refuses_an_unknown_option() -> None:
    with pytest.raises(InvalidTypeError, match="'budged'. Did you mean 'budget'"):
        NevergradOptimizer("DE", budged=100)


@pytest.mark.parametrize(
    "method",
    [
        lambda optimizers: optimizers.DifferentialEvolution(popsize=50),
        lambda optimizers: optimizers.registry["OnePlusOne"],
    ],
)
def test_takes_families_and_classes(method: Callable[[Any], Any], nevergrad: ModuleType) -> None:
    optimizer = NevergradOptimizer(method(nevergrad.optimizers))
    n_samples = population(optimizer, 8)

    samples = np.asarray(optimizer.ask(n_samples))
    optimizer.tell(samples, np.sum(samples**2, axis=1))

    assert samples.shape == (n_samples, 2)
    assert optimizer.recommend() in samples


def test_a_family_keeps_its_settings(nevergrad: ModuleType) -> None:
    family = nevergrad.optimizers.DifferentialEvolution(popsize=50)

    assert population(NevergradOptimizer(family), 8) == 50


def test_the_budget_follows_from_each_initialization() -> None:
    budgets = []
    optimizer = NevergradOptimizer("DE")
    for rounds in (3, 70):
        optimizer.initialize(list(BOUNDS), 40, rounds, **BOUNDS)
        budgets.append(optimizer._optimizer.budget)

    assert budgets == [3 * 40, 70 * 40]


def test_a_budget_that_was_given_stays() -> None:
    optimizer = NevergradOptimizer("DE", budget=777)

    optimizer.initialize(list(BOUNDS), 40, 3, **BOUNDS)

    assert optimizer._optimizer.budget == 777


def test_recommends_what_nevergrad_does_on_request() -> None:
    # TBPSA recommends the middle of its population, which is none of its samples.
    recommended, samples = [], np.empty((0, 2))
    for uses_own in (False, True):
        optimizer = NevergradOptimizer("TBPSA", use_nevergrad_recommendation=uses_own)
        n_samples = population(optimizer, 20)
        samples = np.empty((0, 2))
        for _ in range(4):
            asked = np.asarray(optimizer.ask(n_samples))
            optimizer.tell(asked, np.sum((asked - 0.3) ** 2, axis=1))
            samples = np.concatenate([samples, asked])
        recommended.append(optimizer.recommend())

    assert (samples == recommended[0]).all(axis=1).any()
    assert not (samples == recommended[1]).all(axis=1).any()


def test_a_sequential_method_is_asked_again_for_what_was_never_told() -> None:
    optimizer = NevergradOptimizer("SQP")
    population(optimizer, 1)

    np.testing.assert_array_equal(optimizer.ask(1), optimizer.ask(1))


@pytest.mark.parametrize(
    "method", ["DE", "PSO", "TBPSA", "OnePlusOne", "CMA", "RotatedTwoPointsDE"]
)
def test_a_light_box_gives_the_samples_of_an_ordinary_one(
    method: str, nevergrad: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ordinary(_: ModuleType, n_parameters: int) -> Any:
        return nevergrad.p.Array(init=np.full(n_parameters, 0.5)).set_bounds(0.0, 1.0)

    light = samples_of(method)
    monkeypatch.setattr(from_nevergrad, "_unit_box", ordinary)

    np.testing.assert_array_equal(light, samples_of(method))


def samples_of(method: str) -> np.ndarray:
    """Return the samples of three rounds on a sphere."""
    optimizer = NevergradOptimizer(method)
    n_samples = population(optimizer, 20)
    rounds = []
    for _ in range(3):
        rounds.append(np.asarray(optimizer.ask(n_samples)))
        optimizer.tell(rounds[-1], np.sum((rounds[-1] - 0.3) ** 2, axis=1))
    return np.concatenate(rounds)


@pytest.mark.parametrize("method", ["DE", "PSO", "TwoPointsDE"])
def test_the_first_population_fills_the_box_as_it_does_for_nevergrad_itself(method: str) -> None:
    optimizer = NevergradOptimizer(method)
    optimizer.seed(np.random.default_rng(1))
    optimizer.initialize(["a", "b"], 200, 5, a=(0.0, 1.0), b=(0.0, 1.0))

    first = np.asarray(optimizer.ask(200))

    # Uniform samples have a standard deviation of 0.289 within 5 %, those of a normal distribution
    # of a sixth of the box one of 0.167.
    np.testing.assert_allclose(first.std(axis=0), 12**-0.5, rtol=0.12)

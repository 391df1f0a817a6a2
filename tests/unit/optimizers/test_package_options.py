"""Options of the packages that optimizers adapt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidTypeError
from brianfit.optimizers import (
    CMAESOptimizer,
    NevergradOptimizer,
    ParetoOptimizer,
    ScipyOptimizer,
    SkoptOptimizer,
)

needs = pytest.mark.needs_package
SEEDED = [
    (CMAESOptimizer, "seed"),
    (ScipyOptimizer, "seed"),
    (ScipyOptimizer, "rng"),
    pytest.param(NevergradOptimizer, "seed", marks=needs("nevergrad")),
    pytest.param(ParetoOptimizer, "seed", marks=needs("pymoo")),
    pytest.param(SkoptOptimizer, "random_state", marks=needs("skopt")),
]


def asked(optimizer: Any, *, seed_of_fit: int) -> np.ndarray:
    """Return what an optimizer asks for in its first two rounds."""
    optimizer.seed(np.random.default_rng(seed_of_fit))
    n_samples = optimizer.initialize(["a", "b"], 12, 2, a=[0, 1], b=[0, 1])
    first = np.asarray(optimizer.ask(n_samples))
    optimizer.tell(first, np.sum(first**2, axis=1))
    return np.concatenate([first, optimizer.ask(n_samples)])


@pytest.mark.parametrize(("kind", "name"), SEEDED)
def test_a_seed_of_its_own_stands_for_that_of_the_fit(kind: Any, name: str) -> None:
    one = asked(kind(**{name: 1}), seed_of_fit=7)

    same = asked(kind(**{name: 1}), seed_of_fit=8)
    other = asked(kind(**{name: 2}), seed_of_fit=7)

    np.testing.assert_array_equal(same, one)
    assert not np.array_equal(other, one)


@pytest.mark.parametrize(("kind", "name"), SEEDED)
def test_a_source_of_random_numbers_may_be_the_seed(kind: Any, name: str) -> None:
    first, second = (kind(**{name: np.random.default_rng(3)}) for _ in range(2))

    np.testing.assert_array_equal(asked(first, seed_of_fit=1), asked(second, seed_of_fit=2))


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: ScipyOptimizer(popsize=20), "`popsize`: the samples of a round"),
        (lambda: ScipyOptimizer("dual_annealing", maxiter=3), "`maxiter`: the fit decides"),
        (lambda: ScipyOptimizer(mutatoin=0.5), "'mutatoin'.*'mutation'"),
        (lambda: CMAESOptimizer(popsize=20), "CMAESOptimizer does not know the argument 'popsize'"),
        pytest.param(
            lambda: ParetoOptimizer(pop_size=3), "`pop_size`: the samples", marks=needs("pymoo")
        ),
        pytest.param(lambda: ParetoOptimizer(crossing=3), "'crossing'", marks=needs("pymoo")),
        pytest.param(
            lambda: NevergradOptimizer(parametrization=3),
            "parametrization",
            marks=needs("nevergrad"),
        ),
        pytest.param(
            lambda: SkoptOptimizer(n_random_starts=3), "`n_initial_points`", marks=needs("skopt")
        ),
        pytest.param(lambda: SkoptOptimizer(kappa=3), "'kappa'", marks=needs("skopt")),
    ],
)
def test_options_that_cannot_be_passed_on_are_refused_by_name(make: Any, named: str) -> None:
    with pytest.raises(InvalidTypeError, match=named):
        make()


@pytest.mark.needs_package("skopt")
def test_the_first_points_of_skopt_may_be_drawn_as_its_user_wants() -> None:
    halton = asked(SkoptOptimizer(initial_point_generator="halton", random_state=1), seed_of_fit=1)

    np.testing.assert_array_equal(
        halton,
        asked(SkoptOptimizer(initial_point_generator="halton", random_state=1), seed_of_fit=2),
    )
    assert not np.array_equal(halton, asked(SkoptOptimizer(random_state=1), seed_of_fit=1))


@pytest.mark.needs_package("pymoo")
def test_operators_of_pymoo_are_passed_on() -> None:
    from pymoo.operators.mutation.pm import PM

    strong = asked(ParetoOptimizer(mutation=PM(prob=1.0, eta=1.0)), seed_of_fit=1)

    assert not np.array_equal(strong, asked(ParetoOptimizer(), seed_of_fit=1))


def test_the_learning_rate_of_cma_es_may_adapt_itself() -> None:
    first, second = (CMAESOptimizer(lr_adapt=adapts) for adapts in (False, True))

    for optimizer in (first, second):
        asked(optimizer, seed_of_fit=1)

    assert second._runs[0]._cma._lr_adapt
    assert not first._runs[0]._cma._lr_adapt

"""Samples that cannot win are given up; the search is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

import numpy as np
import pytest

from brianfit import DifferentialEvolution, Optimizer, ParticleSwarm, ProcessExecutor
from brianfit._foundation.errors import InvalidValueError
from brianfit.engines.fused import FusedEngine
from brianfit.optimizers import Batch, RandomSearch
from brianfit.results import load
from tests.unit.fitting.line_fits import Chunks, Lines, fit

SMOOTH = "dv/dt = (a + I - v)/(20*b*ms + ms) : 1\na : 1 (constant)\nb : 1 (constant)"

RACING = [DifferentialEvolution, ParticleSwarm, RandomSearch]


@pytest.mark.parametrize("make", RACING)
def test_a_race_asks_for_the_same_samples_and_finds_the_same(make: Any) -> None:
    plain = fit(make()).result

    raced = fit(make(racing=True), engine=Lines(beyond=1.001)).result

    np.testing.assert_array_equal(raced.history.values, plain.history.values)
    assert raced.best_values == plain.best_values
    assert raced.error == plain.error
    np.testing.assert_array_equal(raced.history.best_per_round, plain.history.best_per_round)


@pytest.mark.parametrize("make", RACING)
def test_errors_are_exact_or_marked_as_lower_bounds(make: Any) -> None:
    plain = fit(make()).result.history

    raced = fit(make(racing=True), engine=Lines(beyond=1.001)).result.history

    is_bound = raced.is_bound
    assert is_bound.any()
    np.testing.assert_array_equal(raced.errors[~is_bound], plain.errors[~is_bound])
    assert np.all(raced.errors[is_bound] < plain.errors[is_bound])
    assert np.all(np.isnan(raced.output_errors[is_bound]))
    assert not plain.is_bound.any()


@pytest.mark.parametrize("beyond", [1.00001, 1.5, np.inf])
@pytest.mark.parametrize("size", [1, 7])
def test_what_is_told_does_not_depend_on_how_far_samples_were_simulated(
    beyond: float, size: int
) -> None:
    expected = fit(DifferentialEvolution(racing=True), engine=Lines(beyond=1.2)).result.history

    found = fit(
        DifferentialEvolution(racing=True), engine=Lines(beyond=beyond), executor=Chunks(size)
    ).result.history

    np.testing.assert_array_equal(found.errors, expected.errors)
    np.testing.assert_array_equal(found.output_errors, expected.output_errors)
    np.testing.assert_array_equal(found.is_bound, expected.is_bound)


@pytest.mark.parametrize("make", RACING)
def test_a_race_goes_on_identically_from_its_store(make: Any, tmp_path: Path) -> None:
    whole = fit(make(racing=True), engine=Lines(beyond=1.1)).result.history
    store = tmp_path / "line.fit"
    fit(make(racing=True), engine=Lines(beyond=1.1), n_rounds=5, store=store)
    engine = Lines(beyond=1.1)

    resumed = fit(make(racing=True), engine=engine, store=store).result.history

    assert sum(engine.simulated) <= 70
    for history in (resumed, load(store).result.history):
        np.testing.assert_array_equal(history.values, whole.values)
        np.testing.assert_array_equal(history.errors, whole.errors)
        np.testing.assert_array_equal(history.output_errors, whole.output_errors)
        np.testing.assert_array_equal(history.is_bound, whole.is_bound)


def test_near_best_samples_are_never_given_up() -> None:
    plain = fit(RandomSearch(), n_rounds=60).result

    raced = fit(RandomSearch(racing=True), engine=Lines(beyond=1.001), n_rounds=60).result

    near = plain.history.errors <= 1.05 * plain.error
    assert near.any()
    assert not raced.history.is_bound[near].any()


def test_a_table_of_the_results_says_which_errors_are_bounds() -> None:
    raced = fit(DifferentialEvolution(racing=True), engine=Lines(beyond=1.1))
    plain = fit(DifferentialEvolution())

    table = raced.results(format="dataframe")

    assert table["is_bound"].sum() == raced.result.history.is_bound.sum() > 0
    assert "is_bound" not in plain.results(format="dataframe")
    assert f"{table['is_bound'].sum()} samples given up on the way" in str(raced.result)


def test_a_race_that_cannot_be_is_no_race_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    raced = fit(DifferentialEvolution(racing=True), with_penalty="a", n_rounds=2)

    assert not raced.result.history.is_bound.any()
    assert "Racing has no effect" in caplog.text
    assert "penalty" in caplog.text


@final
class Careless(Optimizer):
    """Searches at random; its limits are what it is given."""

    racing = True

    def __init__(self, limits: Any) -> None:
        self.limits = limits

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        return popsize

    def ask(self, n_samples: int) -> list[Batch]:
        return [Batch(samples=self.generator.random((n_samples, 2)), limits=self.limits)]

    def tell(self, parameters: Any, errors: Any) -> None:
        """Learn nothing."""

    def recommend(self) -> np.ndarray:
        return np.full(2, 0.5)


def test_the_best_sample_is_found_whatever_limits_an_optimizer_gives() -> None:
    plain = fit(Careless(np.full(10, np.inf))).result

    raced = fit(Careless(np.zeros(10)), engine=Lines(beyond=1.001)).result

    assert raced.history.is_bound.any()
    assert raced.error == plain.error
    assert raced.best_values == plain.best_values


@pytest.mark.parametrize("limits", [np.zeros(3), np.full(10, np.nan)])
def test_refuses_limits_that_are_not_one_number_for_each_sample(limits: np.ndarray) -> None:
    with pytest.raises(InvalidValueError, match=r"`limits` of a batch must be one") as refused:
        fit(Careless(limits))

    assert "Careless" in refused.value.__notes__[0]


@pytest.mark.slow
def test_the_fused_engine_races_alike_with_any_threads_and_workers() -> None:
    settings = {"equations": SMOOTH, "n_rounds": 8}
    plain = fit(DifferentialEvolution(), engine=FusedEngine(threads=1), **settings).result
    expected = fit(
        DifferentialEvolution(racing=True), engine=FusedEngine(threads=1), **settings
    ).result

    with ProcessExecutor(2) as executor:
        many = [
            fit(DifferentialEvolution(racing=True), engine=FusedEngine(threads=16), **settings),
            fit(
                DifferentialEvolution(racing=True),
                executor=executor,
                engine=FusedEngine(),
                **settings,
            ),
        ]

    assert expected.history.is_bound.any()
    assert expected.best_values == plain.best_values
    for other in many:
        found = other.result.history
        np.testing.assert_array_equal(found.values, plain.history.values)
        np.testing.assert_array_equal(found.errors, expected.history.errors)
        np.testing.assert_array_equal(found.is_bound, expected.history.is_bound)

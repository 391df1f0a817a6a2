"""Samples that were evaluated before are not simulated again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

import numpy as np
import pytest

from brianfit import CMAESOptimizer, Optimizer, Parameter, TraceFitter
from brianfit.fitting.search.sample_cache import UNKNOWN, KnownSamples, first_equal, hashed
from brianfit.objective import Evaluation, Objective
from brianfit.results import load
from tests.unit.fitting.line_fits import EQUATIONS, Chunks, Lines, fit

INTEGERS = EQUATIONS.replace("b : 1", "b : integer")
FEW = {"a": Parameter(fixed=3.3), "b": [0, 8]}


@final
class Repeating(Optimizer):
    """Asks for points of a coarse grid, some of them twice in a round."""

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        self.n_parameters = len(parameter_names)
        return popsize

    def ask(self, n_samples: int) -> np.ndarray:
        return self.generator.integers(4, size=(n_samples, self.n_parameters)) / 3

    def tell(self, parameters: Any, errors: Any) -> None:
        """Learn nothing."""

    def recommend(self) -> np.ndarray:
        return np.full(self.n_parameters, 0.5)


def n_different(fitter: TraceFitter) -> int:
    """Return how many different samples a fit asked for."""
    return len(np.unique(fitter.result.history.values, axis=0))


def test_every_sample_is_simulated_once() -> None:
    engine = Lines()

    fitter = fit(Repeating(), engine=engine)

    history = fitter.result.history
    assert history.n_evaluations == 120
    assert sum(engine.simulated) == n_different(fitter) == 16
    assert np.count_nonzero(history.is_repeated) == 120 - 16
    assert "104 evaluations repeated a sample known already" in str(fitter.result)


def test_repeated_samples_have_the_errors_that_they_had() -> None:
    history = fit(Repeating()).result.history

    for sample in np.unique(history.values, axis=0):
        rows = np.all(history.values == sample, axis=1)
        assert len(np.unique(history.errors[rows])) == 1
        assert len(np.unique(history.output_errors[rows])) == 1
        assert np.count_nonzero(~history.is_repeated[rows]) == 1


@pytest.mark.parametrize("size", [1, 3])
def test_what_is_known_does_not_depend_on_the_executor(size: int) -> None:
    expected = fit(Repeating()).result.history

    found = fit(Repeating(), executor=Chunks(size)).result.history

    np.testing.assert_array_equal(found.errors, expected.errors)
    np.testing.assert_array_equal(found.is_repeated, expected.is_repeated)


def test_whole_numbers_are_simulated_once_however_the_optimizer_gets_there() -> None:
    engine = Lines()

    fitter = fit(CMAESOptimizer(), engine=engine, equations=INTEGERS, **FEW)

    assert sum(engine.simulated) == n_different(fitter) <= 9


def test_a_fit_that_goes_on_from_its_store_knows_its_samples(tmp_path: Path) -> None:
    store = tmp_path / "line.fit"
    whole = fit(Repeating()).result.history
    first, second = Lines(), Lines()
    fit(Repeating(), engine=first, n_rounds=2, store=store)

    resumed = fit(Repeating(), engine=second, store=store).result.history

    assert sum(first.simulated) + sum(second.simulated) == 16
    for history in (resumed, load(store).result.history):
        np.testing.assert_array_equal(history.errors, whole.errors)
        np.testing.assert_array_equal(history.is_repeated, whole.is_repeated)


@pytest.mark.parametrize(
    "equations",
    [
        EQUATIONS.replace("- v)/second", "- v)/second + 0.1*xi/sqrt(second)"),
        EQUATIONS.replace("(a + I", "(a + I + rand()"),
        EQUATIONS.replace("(a + I", "(a + I + 0*iteration"),
        EQUATIONS.replace("(a + I", "(a + I + 0*i"),
    ],
)
def test_samples_whose_error_may_differ_are_simulated_again(equations: str) -> None:
    engine = Lines()

    fitter = fit(Repeating(), engine=engine, equations=equations)

    assert sum(engine.simulated) == 120
    assert not fitter.result.history.is_repeated.any()


@final
class NowAndThen(Optimizer):
    """Asks for a sample that fails, again and again."""

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        return popsize

    def ask(self, n_samples: int) -> np.ndarray:
        return np.full((n_samples, 2), 1.0)

    def tell(self, parameters: Any, errors: Any) -> None:
        """Learn nothing."""

    def recommend(self) -> np.ndarray:
        return np.ones(2)


def test_samples_that_failed_are_tried_again_in_another_round() -> None:
    engine = Lines()

    fitter = fit(NowAndThen(), engine=engine, a=[0.0, 1e200], n_rounds=3)

    assert np.all(np.isinf(fitter.result.history.errors))
    assert engine.simulated == [1, 1, 1]


def evaluation_of(errors: np.ndarray) -> Evaluation:
    """Return an evaluation of one output on one trace."""
    column = errors[:, np.newaxis]
    return Evaluation(
        errors=errors,
        output_errors=column,
        raw_output_errors=column,
        trace_errors=column[:, np.newaxis],
    )


@pytest.fixture
def objective() -> Objective:
    """Return the objective of a fit."""
    search = fit(Repeating(), n_rounds=0)._session.search
    assert search is not None
    return search.objective


def test_many_samples_are_found_among_many(objective: Objective) -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 2))
    known = KnownSamples()
    for first in range(0, 20_000, 50):
        rows = slice(first, first + 50)
        known.remember(objective, values[rows], evaluation_of(np.arange(first, first + 50.0)))

    found = known.find(objective, values[::7])

    np.testing.assert_array_equal(found, np.arange(0, 20_000, 7))
    np.testing.assert_array_equal(known.evaluation_of(found[:9]).errors, np.arange(0.0, 63.0, 7))
    assert np.all(known.find(objective, values + 1e-9) == UNKNOWN)
    assert len(known._runs) < 20


def test_samples_without_an_exact_error_are_not_remembered(objective: Objective) -> None:
    values = np.arange(8.0).reshape(4, 2)
    known = KnownSamples()
    marks = {"is_bound": np.array([True, False, False, False])}
    evaluation = evaluation_of(np.array([1.0, np.inf, 3.0, 4.0]))
    evaluation = Evaluation(**{**vars(evaluation), **marks})

    known.remember(objective, values, evaluation)

    assert known.find(objective, values).tolist() == [UNKNOWN, UNKNOWN, 2, 3]


def test_minus_zero_is_zero() -> None:
    assert hashed(np.array([[0.0, -0.0]])) == hashed(np.array([[-0.0, 0.0]]))


def test_equal_rows_are_told_by_the_first() -> None:
    values = np.array([[2.0], [1.0], [2.0], [3.0], [1.0]])

    first, which = first_equal(values)

    assert first.tolist() == [0, 1, 3]
    assert which.tolist() == [0, 1, 0, 2, 1]

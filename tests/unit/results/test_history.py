"""Every sample of a fit and its errors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.results.finished import history, round_of

ERRORS = st.lists(st.one_of(st.floats(0, 10), st.just(np.inf)), min_size=1, max_size=4)


def test_an_empty_history_has_empty_arrays() -> None:
    empty = history()

    assert (empty.n_rounds, empty.n_evaluations, empty.n_failed) == (0, 0, 0)
    assert empty.values.shape == (0, 2)
    assert empty.errors.shape == (0,)
    assert empty.output_errors.shape == (0, 1)
    assert empty.best is None
    assert empty.best_per_round.size == 0
    assert empty.seconds == 0


def test_rounds_are_put_together_in_order() -> None:
    found = history(round_of([[1, 2], [3, 4]], [0.5, 0.2]), round_of([[5, 6]], [0.3], iteration=1))

    np.testing.assert_array_equal(found.values, [[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(found.errors, [0.5, 0.2, 0.3])
    np.testing.assert_array_equal(found.raw_output_errors, [[5], [2], [3]])
    np.testing.assert_array_equal(found.round_of, [0, 0, 1])
    assert found.n_evaluations == 3
    assert found.seconds == 1.0


def test_adding_a_round_leaves_the_history_before_as_it_was() -> None:
    before = history()

    before.with_round(round_of([[1, 2]], [1.0]))

    assert before.n_rounds == 0


def test_the_best_evaluation_is_the_first_of_the_lowest_error() -> None:
    found = history(round_of([[0, 0]] * 3, [np.inf, 0.2, 0.5]), round_of([[0, 0]] * 2, [0.2, 3]))

    assert found.best == 1
    np.testing.assert_array_equal(found.best_per_round, [0.2, 0.2])


def test_there_is_no_best_evaluation_if_all_failed() -> None:
    found = history(round_of([[0, 0]] * 2, [np.inf, np.inf]))

    assert found.best is None
    assert found.n_failed == 2
    np.testing.assert_array_equal(found.best_per_round, [np.inf])


@given(st.lists(ERRORS, max_size=5))
def test_the_best_error_never_rises(rounds: list[list[float]]) -> None:
    found = history(*(round_of([[0, 0]] * len(errors), errors) for errors in rounds))

    best = found.best_per_round

    assert best.shape == (len(rounds),)
    assert all(later <= earlier for earlier, later in pairwise(best))
    if rounds:
        assert best[-1] == min(min(errors) for errors in rounds)
        assert found.n_failed == sum(errors.count(np.inf) for errors in rounds)

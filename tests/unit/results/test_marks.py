"""Samples that were given up or repeated are marked in the history, and results heed it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt

from brianfit._foundation.errors import StoreError
from brianfit.plots import plot_convergence
from brianfit.plots._coordinates import good_evaluations
from brianfit.results import Round, StoredRound, pareto_front
from brianfit.results.store.rows import content_of
from brianfit.results.store.rows import round_of as round_of_row
from tests.unit.results.finished import TWO_OUTPUTS, history, round_of
from tests.unit.results.test_diagnostics import result, samples

MARKS = {"is_bound": np.array([False, True, False]), "is_repeated": np.array([True, False, False])}


def marked(n_outputs: int = 1) -> Round:
    """Return a round of three samples, the second of which was given up."""
    done = round_of([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], [5.0, 1.0, 3.0], n_outputs=n_outputs)
    return replace(done, **MARKS)


def test_rounds_without_marks_have_none() -> None:
    found = history(round_of([[0.0, 0.0]], [1.0]), marked())

    assert found.is_bound.tolist() == [False, False, True, False]
    assert found.is_repeated.tolist() == [False, True, False, False]


def test_a_history_without_rounds_has_no_marks() -> None:
    assert history().is_bound.shape == (0,)


def test_a_sample_that_was_given_up_is_on_no_front() -> None:
    found = history(marked(n_outputs=2), output_names=TWO_OUTPUTS)

    front = pareto_front(found, {})

    assert front.evaluations.tolist() == [2]


def test_marks_are_kept_in_a_store() -> None:
    row = content_of(0, StoredRound(round=marked()))

    found = round_of_row(row, n_parameters=2, n_outputs=1).round

    np.testing.assert_array_equal(found.is_bound, MARKS["is_bound"])
    np.testing.assert_array_equal(found.is_repeated, MARKS["is_repeated"])
    np.testing.assert_array_equal(found.errors, [5.0, 1.0, 3.0])


def test_a_round_without_marks_is_stored_without_them() -> None:
    row = content_of(0, StoredRound(round=replace(marked(), is_bound=None, is_repeated=None)))

    found = round_of_row(row, n_parameters=2, n_outputs=1).round

    assert found.is_bound is None
    assert found.is_repeated is None


def test_a_row_of_another_width_is_damaged() -> None:
    row = content_of(0, StoredRound(round=marked()))

    with pytest.raises(StoreError, match="damaged"):
        round_of_row(row, n_parameters=1, n_outputs=1)


def test_samples_given_up_are_not_near_the_best() -> None:
    values, errors = samples(g_decades=0.1, x=0.5)
    is_bound = np.arange(500) < 50
    fitted = result(values, errors)
    done = replace(fitted.history.rounds[0], is_bound=is_bound)

    found = replace(fitted, history=history(done))

    assert len(found.diagnostics().near_best) == 150
    assert not np.any(is_bound[good_evaluations(found, 0.05)])


def test_samples_given_up_are_not_drawn_among_the_evaluations() -> None:
    values, errors = samples(g_decades=0.1, x=0.5)
    fitted = result(values, errors)
    done = replace(fitted.history.rounds[0], is_bound=errors > 5.0)

    axes = plot_convergence(replace(fitted, history=history(done)))

    dots, lowest = axes.get_lines()
    assert dots.get_xdata().size == np.count_nonzero(errors <= 5.0)
    assert lowest.get_xdata().size == errors.size
    plt.close(axes.figure)

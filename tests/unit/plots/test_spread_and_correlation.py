"""Where good samples lie, and which parameters go together."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.plots import plot_correlation, plot_parameter_spread
from brianfit.plots._coordinates import good_evaluations, positions
from brianfit.plots.correlation import correlation_of
from brianfit.results import History
from tests.unit.plots.fitted import result


def test_positions_are_logarithmic_where_the_search_was() -> None:
    found = positions(result(), np.array([[1e-9, 1e-10], [1e-8, 2e-10], [1e-7, 3e-10]]))

    np.testing.assert_allclose(found, [[0, 0], [0.5, 0.5], [1, 1]], atol=1e-12)


def test_without_a_record_the_scale_follows_from_the_bounds() -> None:
    found = positions(result(problem=None), np.array([[1e-8, 2e-10]]))

    np.testing.assert_allclose(found, [[0.5, 0.5]])


def test_the_best_twenty_are_good_and_failed_samples_never_are() -> None:
    assert good_evaluations(result(), 0.1).tolist() == [2, 6, 4, 5, 3, 1, 0]


def test_refuses_a_tolerance_that_is_not_positive() -> None:
    with pytest.raises(InvalidValueError, match="positive"):
        good_evaluations(result(), 0.0)


def test_the_spread_marks_the_best_sample_between_bounds_with_units() -> None:
    axes = plot_parameter_spread(result(at_bound={"C": "upper"}))

    best = axes.get_lines()[-3]
    np.testing.assert_allclose(best.get_xdata(), [0.5, 0.5])
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["g_L (log) = 10 nS", "C = 200 pF\nat its upper bound"]
    assert [text.get_text() for text in axes.texts] == ["1 nS", "100 nS", "100 pF", "300 pF"]


def test_a_fit_in_which_nothing_was_scored_has_no_spread() -> None:
    with pytest.raises(InvalidValueError, match="no sample"):
        plot_parameter_spread(result(best_values={}))


def test_correlations_are_those_of_the_columns() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    samples = np.stack([x, -x, np.array([1.0, -1.0, -1.0, 1.0]), np.full(4, 2.0)], axis=1)

    found = correlation_of(samples)

    np.testing.assert_allclose(found[0, :3], [1, -1, 0], atol=1e-12)
    assert np.isnan(found[0, 3])


def test_the_matrix_names_parameters_and_writes_numbers() -> None:
    axes = plot_correlation(result())

    assert [label.get_text() for label in axes.get_xticklabels()] == ["g_L", "C"]
    assert len(axes.texts) == 2
    assert axes.texts[0].get_text() == axes.texts[1].get_text()


def test_refuses_a_single_parameter() -> None:
    history = History(parameter_names=("g_L",), output_names=("v",))

    with pytest.raises(InvalidValueError, match="two parameters"):
        plot_correlation(result(history=history))

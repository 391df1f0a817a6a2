"""Paired differences and the rule of one standard error, against numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit.comparison.paired import (
    differences_to_best,
    share_won,
    simplest_of,
    standard_error,
    tied_with_best,
)


def test_two_standard_errors_of_five_parts_are_the_interval_of_student() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    found = standard_error(values)

    # s = sqrt(2.5); t of 4 degrees of freedom at 97.5 % is 2.776, and that of the normal 1.960.
    assert found == pytest.approx(np.sqrt(2.5 / 5) * 2.7764 / 1.95996, rel=1e-4)


def test_one_part_has_no_standard_error() -> None:
    assert np.isnan(standard_error(np.array([1.0])))


def test_intervals_of_equal_models_cover_zero_in_95_percent() -> None:
    generator = np.random.default_rng(1)
    rows = generator.normal(0.0, 1.0, (2000, 2, 5)) + generator.normal(0, 9, (2000, 1, 5))

    covered = [
        difference <= 1.96 * error
        for one, other in rows
        for difference, error in [max(differences_to_best({"one": one, "other": other}).values())]
    ]

    # The standard deviation of a share of 2,000 is 0.5 %.
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)


def test_what_is_difficult_for_all_models_does_not_count() -> None:
    errors = {"a": np.array([1.0, 100.0, 3.0]), "b": np.array([2.0, 101.0, 4.0])}

    found = differences_to_best(errors)

    assert found == {"a": (0.0, 0.0), "b": (1.0, 0.0)}
    assert tied_with_best(errors) == ("a",)


def test_the_simplest_of_the_tied_models_is_chosen() -> None:
    errors = {
        "large": np.array([1.0, 2.0, 3.0]),
        "small": np.array([1.5, 1.0, 4.0]),
        "bad": np.array([9.0, 9.1, 9.2]),
    }

    tied = tied_with_best(errors)

    assert tied == ("large", "small")
    assert simplest_of(tied, {"large": 9, "small": 3, "bad": 1}, errors) == "small"


def test_a_model_that_cannot_be_scored_is_never_tied() -> None:
    errors = {"a": np.array([1.0, 2.0]), "b": np.array([0.1, np.inf])}

    found = differences_to_best(errors)

    assert found["b"][0] == np.inf
    assert np.isnan(found["b"][1])
    assert tied_with_best(errors) == ("a",)


def test_equals_share_the_parts_that_they_win() -> None:
    errors = {"a": np.array([1.0, 1.0, np.inf]), "b": np.array([1.0, 2.0, np.inf])}

    assert share_won(errors) == {"a": pytest.approx(0.5), "b": pytest.approx(1 / 6)}

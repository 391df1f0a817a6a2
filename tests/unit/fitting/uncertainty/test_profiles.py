"""Profiles end where the error has risen so far, and say so where a bound comes first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit.fitting.uncertainty.error_surface import Points, minimised
from brianfit.fitting.uncertainty.profiles import Course, profiles_of
from brianfit.fitting.uncertainty.verdicts import combinations_of, only_words, verdict_of

CENTRE = np.array([0.45, 0.6])
MATRIX = np.array([[400.0, 150.0], [150.0, 200.0]])


class Bowl:
    """A parabola, or one with a cubic term, in the place of a simulated error."""

    def __init__(self, cubic: float = 0.0) -> None:
        self.cubic = cubic

    def at(self, x: np.ndarray) -> Points:
        d = x - CENTRE
        bend = self.cubic * d[:, 0]
        residuals = np.einsum("pq,sq->sp", np.linalg.cholesky(MATRIX).T, d)
        root = np.sqrt(MATRIX[0, 0])
        extra = root * bend * d[:, 0]
        residuals = np.column_stack([residuals, extra, np.ones(len(x))])
        slopes = np.tile(np.linalg.cholesky(MATRIX).T, (len(x), 1, 1))
        own = np.zeros((len(x), 2, 2))
        own[:, 0, 0] = 2 * root * self.cubic * d[:, 0]
        slopes = np.concatenate([slopes, own], axis=1)
        return Points(
            x=x,
            errors=np.sum(residuals**2, axis=1),
            gradients=np.einsum("srp,sr->sp", slopes, residuals),
            matrices=np.einsum("srp,srq->spq", slopes, slopes),
        )

    def minimised(self, starts: np.ndarray, fixed: np.ndarray, tolerances: np.ndarray) -> Points:
        return minimised(self.at, starts, fixed, tolerances)


def profiles(bowl: Bowl, widths: np.ndarray) -> Any:
    return profiles_of(bowl, bowl.at(CENTRE[np.newaxis]), np.linalg.inv(MATRIX), widths)


def test_the_profile_of_a_parabola_ends_where_laplace_says() -> None:
    widths = np.array([[0.05, 0.06], [0.1, 0.12]])

    found = profiles(Bowl(), widths)

    for k, course in enumerate(found.courses):
        ends = [course.end(width, side) for width in widths[:, k] for side in (-1, 1)]
        expected = [CENTRE[k] + side * width for width in widths[:, k] for side in (-1, 1)]
        np.testing.assert_allclose(ends, expected, atol=1e-3 * widths[0, k])
    assert found.better is None


def test_a_profile_that_a_bound_cuts_off_has_no_end_there() -> None:
    found = profiles(Bowl(), np.array([[0.1, 0.2], [0.3, 0.45]]))

    assert np.isnan(found.courses[1].end(0.45, 1))
    assert found.courses[1].end(0.45, -1) == pytest.approx(0.15, abs=1e-3)


def test_the_ends_of_a_crooked_profile_are_those_of_its_error() -> None:
    bowl, width = Bowl(cubic=2.0), 0.1

    course = profiles(bowl, np.array([[0.05, 0.05], [width, width]])).courses[0]

    for side in (-1, 1):
        end = course.end(width, side)
        grid = np.linspace(0, 1, 20_001)
        rows = np.column_stack([np.full_like(grid, end), grid])
        rise = bowl.at(rows).errors.min() - 1.0
        assert np.sqrt(rise * course.scale) == pytest.approx(width, rel=2e-3)


def test_a_better_place_that_a_profile_comes_across_is_returned() -> None:
    bowl = Bowl()
    elsewhere = CENTRE + np.array([0.03, -0.02])

    found = profiles_of(
        bowl, bowl.at(elsewhere[np.newaxis]), np.linalg.inv(MATRIX), np.full((2, 2), 0.05)
    )

    assert found.better is not None
    assert bowl.at(found.better[np.newaxis]).errors[0] < bowl.at(elsewhere[np.newaxis]).errors[0]


def test_a_flat_profile_has_no_ends() -> None:
    places = np.linspace(0, 1, 5)
    course = Course(
        centre=0.5, scale=1.0, places=places, roots=0 * places, points=places[:, np.newaxis]
    )

    assert np.isnan([course.end(0.1, -1), course.end(0.1, 1)]).all()


def test_what_is_not_seen_is_named() -> None:
    names, values = ("gL", "C", "E"), np.array([1e-8, 2e-10, -0.07])
    ratio = np.array([1 / values[0], -1 / values[1], 0.0])
    information = 100 * np.outer(ratio, ratio) + 100 * np.diag([0, 0, 1 / values[2] ** 2])

    found = combinations_of(names, values, information, np.array([True, True, False]))

    assert found == dict.fromkeys(("gL", "C"), "only the ratio of C and gL")


def test_combinations_are_told_in_words() -> None:
    assert only_words(["a", "b"], np.array([1.0, -1.0])) == "only the product of a and b"
    assert only_words(["a", "b"], np.array([1.0, 2.0])) == "only b / a^2"
    assert only_words(["c", "b", "a"], np.ones(3)) == "not told apart: a, b, c"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.0, 2.0, "identifiable"),
        (1.0, np.nan, "one-sided: at least 1"),
        (np.nan, 2.0, "one-sided: at most 2"),
        (np.nan, np.nan, "flat: no value within the bounds can be excluded"),
    ],
)
def test_open_ends_are_told_in_words(low: float, high: float, words: str) -> None:
    from brianfit._foundation.units import DIMENSIONLESS

    limits = np.array([[1.2, 1.5], [low, high]])

    assert verdict_of(limits, "", DIMENSIONLESS) == words

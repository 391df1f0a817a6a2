"""Bounds and the forms of samples, as all optimizers read them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.optimizers import calc_bounds
from brianfit.optimizers._search_box import SearchBox, read_errors

BOX = SearchBox.from_bounds(["a", "b"], {"a": (0.0, 10.0), "b": (-1.0, 1.0)})


def test_lists_bounds_in_the_order_of_the_parameters() -> None:
    bounds = calc_bounds(["b", "a"], a=[0, 1], b=[2, 3])

    assert bounds == [[2, 3], [0, 1]]


def test_takes_a_parameter_called_like_the_argument() -> None:
    bounds = calc_bounds(["parameter_names"], parameter_names=[0, 1])

    assert bounds == [[0, 1]]


def test_names_every_parameter_without_bounds() -> None:
    with pytest.raises(InvalidTypeError, match="missing: 'b', 'c'"):
        calc_bounds(["a", "b", "c"], a=[0, 1])


@pytest.mark.parametrize(
    "pair", [(1.0, 0.0), (1.0, 1.0), (0.0, np.inf), (np.nan, 1.0), (0.0,), (0, 1, 2), 5, "ab", None]
)
def test_refuses_bounds_that_are_not_two_rising_numbers(pair: Any) -> None:
    with pytest.raises(InvalidValueError, match="parameter 'a' must be two finite numbers"):
        SearchBox.from_bounds(["a"], {"a": pair})


def test_lists_all_bad_bounds_at_once() -> None:
    with pytest.raises(InvalidValueError, match=r"(?s)2 problems.*'a'.*'b'"):
        SearchBox.from_bounds(["a", "b"], {"a": (1, 0), "b": (3, 2)})


def test_refuses_to_search_without_parameters() -> None:
    with pytest.raises(InvalidValueError, match="at least one parameter"):
        SearchBox.from_bounds([], {})


def test_maps_unit_coordinates_into_the_box_and_back() -> None:
    unit = np.array([[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]])

    samples = BOX.from_unit(unit)

    np.testing.assert_array_equal(samples, [[0, -1], [5, -0.5], [10, 1]])
    np.testing.assert_array_equal(BOX.to_unit(samples), unit)


def test_clips_what_lies_outside() -> None:
    outside = np.array([[-3.0, 7.0]])

    np.testing.assert_array_equal(BOX.from_unit(outside), [[0, 1]])
    np.testing.assert_array_equal(BOX.to_unit(outside), [[0, 1]])


@pytest.mark.parametrize(
    "samples",
    [
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        [[1, 2], (3, 4)],
        [{"a": 1, "b": 2}, {"b": 4, "a": 3}],
    ],
)
def test_reads_samples_in_every_form(samples: Any) -> None:
    read = BOX.read(samples)

    np.testing.assert_array_equal(read, [[1, 2], [3, 4]])


def test_reads_no_samples_as_an_empty_array() -> None:
    assert BOX.read([]).shape == (0, 2)


def test_refuses_samples_of_another_number_of_parameters() -> None:
    with pytest.raises(InvalidValueError, match=r"\(n_samples, 2\), but found one of shape \(1, 3"):
        BOX.read([[1.0, 2.0, 3.0]])


def test_reads_nan_as_a_diverged_sample() -> None:
    errors = read_errors([1, np.nan, np.inf], 3)

    np.testing.assert_array_equal(errors, [1, np.inf, np.inf])


def test_refuses_another_number_of_errors() -> None:
    with pytest.raises(InvalidValueError, match="that is 3, but 2 were told"):
        read_errors([1.0, 2.0], 3)

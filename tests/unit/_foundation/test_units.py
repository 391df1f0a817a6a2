"""Quantities become SI numbers at the border, and quantities again."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Equations, Hz, amp, metre, ms, mV, nA, nS, second, volt
from brian2.units.fundamentalunits import get_or_create_dimension
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidTypeError, UnitMismatchError
from brianfit._foundation.units import (
    DIMENSIONLESS,
    SECOND,
    dimensions_of,
    equation_unit,
    from_si,
    readable,
    same_dimensions,
    scalar_si,
    si_array,
    si_scalar_any,
    unit_name,
)

POWERS = st.sampled_from([-3, -2, -1, -0.5, 0, 0.25, 1 / 3, 1, 2, 3])


@pytest.mark.parametrize(
    "value", [[1 * mV, 2 * mV], [0.001, 0.002], np.array([1.0, 2.0]) * mV, (1 * mV, 2 * mV)]
)
def test_arrays_are_read_in_si_units(value: Any) -> None:
    found = si_array("v", value, volt.dim)

    np.testing.assert_allclose(found, [1e-3, 2e-3], rtol=1e-15)
    assert found.dtype == np.float64
    assert type(found) is np.ndarray


def test_the_array_is_a_copy() -> None:
    given_values = np.array([1.0, 2.0])

    si_array("v", given_values, volt.dim)[0] = 5.0

    assert given_values[0] == 1.0


def test_numbers_without_a_unit_can_be_refused() -> None:
    with pytest.raises(UnitMismatchError, match="`v` must have the unit V, but has 1"):
        si_array("v", [1.0], volt.dim, plain_is_si=False)


@pytest.mark.parametrize(
    "value",
    [1 * nA, [1 * nA], [[1 * nA]], [1 * mV, 2 * nA], [np.array([1]) * mV, np.array([2]) * ms]],
)
def test_a_wrong_unit_is_refused_wherever_it_stands(value: Any) -> None:
    with pytest.raises(UnitMismatchError, match="`v` must have the unit V, but has (A|s)"):
        si_array("v", value, volt.dim)


def test_a_list_with_and_without_units_is_refused() -> None:
    with pytest.raises(UnitMismatchError, match="`v` must have the unit V, but has 1"):
        si_array("v", [1 * mV, 2.0], volt.dim)


def test_a_zero_among_quantities_needs_no_unit() -> None:
    np.testing.assert_allclose(si_array("v", [0, 30 * mV], volt.dim), [0, 0.03], rtol=1e-15)


def test_a_quantity_is_refused_where_plain_numbers_are_meant() -> None:
    with pytest.raises(UnitMismatchError, match="`gain` must have the unit 1, but has V"):
        si_array("gain", 1 * mV, DIMENSIONLESS)


@pytest.mark.parametrize("value", [None, "fast", "3", [[1.0], [1.0, 2.0]], {"a": 1}, 1j, [1, None]])
def test_what_is_not_numeric_is_refused(value: Any) -> None:
    with pytest.raises(InvalidTypeError, match="`gain` must be numbers in a regular array"):
        si_array("gain", value, DIMENSIONLESS)


@pytest.mark.parametrize("value", [5 * ms, [5 * ms], np.array([[0.005]]), 0.005])
def test_a_single_value_is_read_whatever_its_form(value: Any) -> None:
    assert scalar_si("dt", value, SECOND) == pytest.approx(0.005, rel=1e-15)


@pytest.mark.parametrize("value", [[1.0, 2.0], []])
def test_several_values_or_none_are_no_single_value(value: Any) -> None:
    with pytest.raises(InvalidTypeError, match=f"single value, but is an array of {len(value)}"):
        scalar_si("dt", value, SECOND)


def test_a_value_of_any_unit_keeps_its_dimensions() -> None:
    number, dimensions = si_scalar_any("g", 3 * nS)

    assert number == pytest.approx(3e-9)
    assert dimensions is brian2.siemens.dim


def test_units_are_put_back() -> None:
    assert from_si(0.002, volt.dim) == 2 * mV
    assert dimensions_of(from_si(np.ones(2), volt.dim)) is volt.dim
    assert type(from_si(0.002, DIMENSIONLESS)) is float


def test_names_of_units_are_those_of_brian() -> None:
    assert unit_name(volt.dim) == "V"
    assert unit_name(DIMENSIONLESS) == "1"


def test_dimensions_of_quantities_and_units_can_be_compared() -> None:
    assert same_dimensions(1 * mV, volt)
    assert same_dimensions(volt.dim, 3 * mV)
    assert not same_dimensions(1 * mV, 1 * nA)


@given(POWERS, POWERS, POWERS)
def test_a_unit_written_into_equations_is_read_as_the_same(
    of_metre: float, of_second: float, of_ampere: float
) -> None:
    dimensions = metre.dim**of_metre * SECOND**of_second * amp.dim**of_ampere

    found = Equations(f"x : {equation_unit(dimensions)}")["x"].dim

    assert found is dimensions


def test_plain_numbers_have_the_unit_one_in_equations() -> None:
    assert equation_unit(get_or_create_dimension()) == "1"


@pytest.mark.parametrize(
    ("value", "dimensions", "expected"),
    [
        (-65.123456789 * mV, None, "-65.1235 mV"),
        (2e-9, brian2.siemens.dim, "2 nS"),
        (0.25, None, "0.25"),
        (np.inf, volt.dim, "inf"),
        (0 * mV, None, "0 V"),
        (3 * Hz * second, None, "3"),
    ],
)
def test_values_are_written_as_a_person_would(value: Any, dimensions: Any, expected: str) -> None:
    assert readable(value, dimensions) == expected

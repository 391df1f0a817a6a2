"""Units and quantities written as text."""

from __future__ import annotations

import contextlib

import pytest
from brian2 import Mohm, cm, mM, ms, mV, nA, nS, pA, uF
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.unit_text import quantity_from_text, text_of_quantity, unit_from_text
from brianfit._foundation.units import Quantity, same_dimensions


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.5 nA", 0.5 * nA),
        ("-65mV", -65 * mV),
        ("10*mV", 10 * mV),
        ("1 uF/cm**2", 1 * uF / cm**2),
        ("1 µF/cm^2", 1 * uF / cm**2),
        ("2.5e-9 siemens", 2.5 * nS),
        ("1/(2 ms)", 1 / (2 * ms)),
        ("100 MOhm", 100 * Mohm),
        ("3 millivolts", 3 * mV),
        ("7 picoamperes", 7 * pA),
        ("1 mM", 1 * mM),
    ],
)
def test_reads_numbers_with_units(text: str, meant: Quantity) -> None:
    found = quantity_from_text(text)

    assert same_dimensions(found, meant)
    assert float(found) == pytest.approx(float(meant), rel=1e-15)


@pytest.mark.parametrize(("text", "meant"), [("3", 3.0), ("1e-3", 1e-3), ("50 %", 0.5)])
def test_reads_plain_numbers(text: str, meant: float) -> None:
    assert quantity_from_text(text) == meant


@pytest.mark.parametrize("text", ["", "1", "[1]"])
def test_a_missing_unit_is_a_plain_number(text: str) -> None:
    assert unit_from_text(text) == 1.0


@pytest.mark.parametrize("text", ["mV", "[mV]", "(mV)", "millivolt"])
def test_reads_a_unit_with_or_without_brackets(text: str) -> None:
    assert unit_from_text(text) == 1 * mV


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "expected a number or a unit"),
        ("1 furlong", "'furlong' is no unit"),
        ("1 mv", "Did you mean 'mV'"),
        ("1 nS + 2 nS", "sums are not read"),
        ("(1 nS", "bracket is not closed"),
        ("1 nS)", "unexpected '\\)'"),
        ("1/0", "division by zero"),
        ("0**-1", "division by zero"),
        ("2**99", "power must be a number up to 12"),
        ("1e400 mV", "not a finite quantity"),
        ("__import__('os').system('ls')", "Cannot read"),
        ("mV.dim", "Cannot read"),
        ("1 " * 200, "at most 200 characters"),
    ],
)
def test_rejects_what_is_no_quantity(text: str, complaint: str) -> None:
    with pytest.raises(InvalidValueError, match=complaint):
        quantity_from_text(text)


@given(text=st.text(max_size=40))
def test_any_text_is_a_quantity_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(InvalidValueError):
        float(quantity_from_text(text))


@pytest.mark.parametrize("unit", [mV, nA, nS, uF / cm**2, 1 / ms, mV**2], ids=str)
@given(number=st.floats(min_value=-1e6, max_value=1e6, allow_subnormal=False))
def test_written_quantities_are_read_back_exactly(unit: Quantity, number: float) -> None:
    quantity = number * unit

    found = quantity_from_text(text_of_quantity(quantity))

    assert float(found) == float(quantity)
    assert same_dimensions(found, quantity)


def test_writes_a_plain_number_without_unit() -> None:
    assert text_of_quantity(0.25) == "0.25"


def test_writes_a_fitting_unit() -> None:
    assert text_of_quantity(1 * nS) == "1 nS"

"""Derivatives of expressions, and their way through SymPy and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units.unitsafefunctions import exprel
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidValueError
from brianfit.model.derivatives import Language, derivative
from brianfit.model.model_expressions import symbol

FUNCTIONS = {name: getattr(np, name) for name in ("exp", "log", "sqrt", "sign", "floor", "clip")}


def value(expression: str, **variables: Any) -> Any:
    """Compute an expression of the language with NumPy."""
    names = {**FUNCTIONS, "abs": np.abs, "exprel": exprel, "int": int, **variables}
    return eval(expression, {"__builtins__": {}}, names)  # noqa: S307 - written below


def slope(expression: str, name: str = "x") -> str:
    """Return the derivative of an expression as a string."""
    language = Language()
    return language.write(derivative(language.read(expression), symbol(name)))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("3*x", "3"),
        ("y + 2", "0"),
        ("x*y", "y"),
        ("x**2.0", "2.0*x**1.0"),
        ("y**x", "y**x*log(y + int(y == 0))"),
        ("f(t, i)*x", "f(t, i)"),
        ("floor(x) + int(x > 2) + sign(x)", "0"),
        ("abs(x)", "sign(x)"),
        ("x % y", "1"),
        ("y % x", "-floor(y/x)"),
        ("2**x", "2**x*log(2)"),
        ("log10(x)", "1/(x*log(10))"),
        ("(x*pi)**0.5", "0.5*pi**0.5/x**0.5"),
    ],
)
def test_are_those_of_the_textbook(expression: str, expected: str) -> None:
    assert slope(expression) == expected


@pytest.mark.parametrize(
    ("x", "low", "high", "expected"),
    [(0.5, 0.0, 1.0, (1, 0, 0)), (-1.0, 0.0, 1.0, (0, 1, 0)), (2.0, 0.0, 1.0, (0, 0, 1))],
)
def test_of_clip_are_those_of_the_argument_that_it_returns(
    x: float, low: float, high: float, expected: tuple[int, int, int]
) -> None:
    slopes = [slope("clip(x, low, high)", name) for name in ("x", "low", "high")]

    found = tuple(value(text, x=x, low=low, high=high) for text in slopes)

    assert found == expected


def test_of_a_power_at_zero_is_not_undefined() -> None:
    assert value(slope("x**p", "x"), x=0.0, p=3.0) == 0.0
    assert value(slope("x**p", "p"), x=0.0, p=3.0) == 0.0


@given(st.floats(-30, 30))
def test_of_exprel_meets_its_series_or_formula(x: float) -> None:
    found = value(slope("exprel(x)"), x=x)

    if abs(x) < 1e-2:  # exprel'(x) = sum of k*x**(k-1)/(k+1)!; the next term is below 1e-11
        expected = 1 / 2 + x / 3 + x**2 / 8 + x**3 / 30 + x**4 / 144
    else:
        expected = (np.exp(x) * (x - 1) + 1) / x**2
    assert found == pytest.approx(expected, rel=1e-7)


@given(st.floats(-2000, 2000))
def test_of_quotients_stay_finite_where_exponentials_overflow(x: float) -> None:
    with np.errstate(over="ignore"):
        sigmoid = value(slope("1/(1 + exp(x))"), x=np.float64(x))
        rate = value(slope("1/exprel(x)"), x=np.float64(x))

    rounding = 1e-7  # of 1/exprel(x) - 1 next to zero; elsewhere less
    assert -0.25 - rounding <= sigmoid <= 0
    assert -1.0 - rounding <= rate <= 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1/(1 + exp(x))", lambda x: -np.exp(x) / (1 + np.exp(x)) ** 2),
        ("(2 + 3*exp(-2*x))**-2", lambda x: 12 * np.exp(-2 * x) / (2 + 3 * np.exp(-2 * x)) ** 3),
        ("1/exprel(x)", lambda x: (np.exp(x) - 1 - x * np.exp(x)) / (np.exp(x) - 1) ** 2),
    ],
)
def test_of_quotients_with_exponentials_equal_those_of_the_textbook(
    expression: str, expected: Any
) -> None:
    for x in (-3.0, -0.4, 0.7, 5.0):
        assert value(slope(expression), x=x) == pytest.approx(expected(x), rel=1e-12)


def test_of_an_unknown_function_are_refused_only_where_they_are_needed() -> None:
    assert slope("f(y)*x") == "f(y)"
    with pytest.raises(InvalidValueError, match=r"function 'f' in 'f\(x\)'.*calc_gradient=False"):
        slope("f(x)*x")


@pytest.mark.parametrize("zero", ["0*mV", "mV*0", "0.0*mV", "0/ms"])
def test_zeros_keep_their_unit(zero: str) -> None:
    language = Language()

    written = language.write(language.read(f"x > {zero}"))

    parts = zero.replace("*", " * ").replace("/", " / ")
    assert written == f"x > ({parts})"


def test_an_expression_that_cannot_be_read_is_a_clear_error() -> None:
    with pytest.raises(InvalidValueError, match="cannot be differentiated"):
        Language().read("(x > 3)*y")

"""Expressions that would take forever are refused before anybody computes with them."""

from __future__ import annotations

import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.strangers.expressions import check_expression


@pytest.mark.parametrize(
    "text",
    [
        "0*9**9**9**9*amp",
        "volt**9**9**9**9",
        "(9**9)**(9**9)",
        "((2*x)**1000)**1000",
        "x**-(10**9)",
        "x**(1/1e-300)",
        "2**-99999999",
        "v = 9**9**9**9\nw += 1",
    ],
)
def test_a_power_that_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="as the largest power, but at most 1000"):
        check_expression(text, "The reset")


@pytest.mark.parametrize("text", ["a" + "+a" * 1000, "-" * 300 + "a", "f(" * 160 + "a" + ")" * 160])
def test_what_nests_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="The reset (has 151 levels of|nests too)"):
        check_expression(text, "The reset")


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="The reset has 20001 characters"):
        check_expression("a" * 20001, "The reset")


def test_an_operation_that_equations_do_not_have_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="an operation that equations do not have"):
        check_expression("1 << 999999999999", "The reset")


def test_a_limit_is_raised_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIANFIT_EXPRESSION_DEGREE", "3000")

    check_expression("(2*x)**1000", "The reset")

    with pytest.raises(InvalidValueError, match="at most 3000"):
        check_expression("(2*x)**2000", "The reset")


def test_a_limit_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIANFIT_EXPRESSION_DEGREE", "many")

    with pytest.raises(InvalidValueError, match="BRIANFIT_EXPRESSION_DEGREE must be a whole"):
        check_expression("x**2", "The reset")


@pytest.mark.parametrize(
    "text",
    [
        "(v/mV)**3/(1 + exp(-(v + 40*mV)/(5*mV)))**2",
        "10**(v/(10*mV)) + x**n",
        "x**-2.5*(y**4)**2",
        "x**(2**2)",
        "(1/2)**300",
        "a" + "+a" * 100,
        "not an expression (",
        "v = EL\nw += b",
    ],
)
def test_an_expression_as_models_have_them_passes(text: str) -> None:
    check_expression(text, "The reset")

"""Expressions in the language of Brian become MathML, in the order of the author."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from brianfit.plots.report.mathml import (
    assignment,
    condition,
    derivative,
    equation,
    identifier,
    term,
)


def _text(markup: object) -> str:
    """Return what a reader sees, fractions as (a)/(b) and powers as a^b."""
    return _read(ET.fromstring(str(markup)))


def _read(node: ET.Element) -> str:
    parts = [_read(child) for child in node]
    if node.tag == "mfrac":
        return f"({parts[0]})/({parts[1]})"
    if node.tag == "msup":
        return f"{parts[0]}^{parts[1]}"
    if node.tag == "msub":
        return f"{parts[0]}_{parts[1]}"
    if node.tag == "msqrt":
        return f"√{parts[0]}"
    if node.tag == "mspace":
        return " "
    return (node.text or "") + "".join(parts)


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("a + b - c", "a+b−c"),
        ("a - (b - c)", "a−(b−c)"),
        ("a - b + c", "a−b+c"),
        ("a*(b + c)", "a (b+c)"),
        ("(a + b)*c", "(a+b) c"),
        ("a*b/c", "(a b)/(c)"),
        ("a/b/c", "((a)/(b))/(c)"),
        ("-a*b", "−a b"),
        ("a*-b", "a (−b)"),
        ("(a*b)**2", "(a b)^2"),
        ("(a/b)**2", "((a)/(b))^2"),
        ("a**-n", "a^−n"),
        ("2*3", "2·3"),
        ("1e-9*x", "1·10^−9 x"),
        ("a - -b*c", "a−(−b c)"),
        ("a + -b", "a+(−b)"),
        ("-(a + b)", "−(a+b)"),
        ("sqrt(x)", "√x"),
        ("abs(x)", "|x|"),
        ("exp((v - VT)/DeltaT)", "exp\u2061((v−VT)/(Δ_T))"),
        ("f(a, b)", "f\u2061(a,b)"),
        ("a % b", "a\u2002mod\u2002b"),
        ("a // b", "a\u2002div\u2002b"),
        ("not a", "not\u2002a"),
    ],
)
def test_terms_keep_order_and_parentheses(expression: str, shown: str) -> None:
    assert _text(term(expression)) == shown


def test_units_are_upright_and_apart_from_their_number() -> None:
    made = str(condition("v > -40*mV and not_refractory", units={"mV"}))

    assert '<mspace width="0.17em"></mspace><mi mathvariant="normal">mV</mi>' in made
    assert _text(made) == "v>−40 mV\u2002and\u2002not_refractory"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tau_w", "τ_w"),
        ("DeltaT", "Δ_T"),
        ("g_na", "g_na"),
        ("lambda", "λ"),
        ("Omega", "Ω"),
        ("v", "v"),
        ("x_a_b", "x_a b"),
        ("_hidden", "_hidden"),
    ],
)
def test_names_get_greek_letters_and_indices(name: str, shown: str) -> None:
    assert _text(identifier(name)) == shown


def test_a_differential_equation() -> None:
    made = equation(derivative("v"), "(I - w)/C")

    assert _text(made) == "(dv)/(dt)=(I−w)/(C)"
    assert 'display="block"' in str(made)


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("v = v_r", "v←v_r"),
        ("w += b", "w←w+b"),
        ("w -= b + c", "w←w−(b+c)"),
        ("w *= b + c", "w←w (b+c)"),
    ],
)
def test_statements_of_a_reset(statement: str, shown: str) -> None:
    assert _text(assignment(statement)) == shown


@pytest.mark.parametrize("statement", ["v > 3", "v == 3", ""])
def test_what_is_no_statement_is_refused(statement: str) -> None:
    with pytest.raises(SyntaxError, match="not an assignment"):
        assignment(statement)


def test_names_cannot_smuggle_in_elements() -> None:
    made = str(term("f('<script>alert(1)</script>')"))

    assert not re.search("<script", made)

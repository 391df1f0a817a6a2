"""The derivatives of the functions of one argument that kernels call, and of powers.

References
----------
NIST Digital Library of Mathematical Functions, sections 4.7 (exponential, logarithm, powers), 4.20
(trigonometric), 4.24 (inverse trigonometric) and 4.34 (hyperbolic functions), https://dlmf.nist.gov.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from brianfit.engines.fused.ir import Node

NEAR_ZERO = 0.02
"""Below, the derivative of `exprel` is a series; six terms leave out 1e-14 of it."""

SERIES = (1 / 2, 1 / 3, 1 / 8, 1 / 30, 1 / 144, 1 / 840)
"""Derivative of (exp(x) - 1)/x: the coefficient of x**k is (k + 1)/(k + 2)!."""

WHOLE = frozenset({"ceil", "floor", "int_32", "trunc"})


@runtime_checkable
class Maker(Protocol):
    """Makes nodes.

    Attributes
    ----------
    largest
        Derivatives of exponentials are cut here: infinity times zero would be nan.
    """

    largest: float

    def made(self, op: str, *args: Node, value: str | None = None) -> Node:
        """Return an operation."""

    def choice(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Return a selection."""

    def test(self, op: str, *args: Node) -> Node:
        """Return a condition."""

    def number(self, value: float) -> Node:
        """Return a constant."""


def slope_of(make: Maker, node: Node) -> Node | None:
    """Return the derivative of a call; None for a function from outside."""
    if node.value in WHOLE:
        return make.number(0.0)
    rule = _RULES.get(str(node.value))
    return None if rule is None else rule(make, node.args[0], node)


def slope_of_power(make: Maker, node: Node) -> tuple[Node, Node | None]:
    """Return the derivatives of a power by base and exponent; None for a constant exponent."""
    base, exponent = node.args
    less = make.made("sub", exponent, make.number(1.0))
    by_base = make.made("mul", exponent, make.made("power", base, less))
    if not exponent.is_constant or exponent.number_value < 1.0:
        by_base = finite_at(make, base, 0.0, by_base)
    if exponent.is_constant:
        return by_base, None
    logarithm = make.made("call", base, value="log")
    is_positive = make.test("lt", make.number(0.0), base)
    product = make.made("mul", node, logarithm)
    return by_base, make.choice(is_positive, product, make.number(0.0))


def finite_at(make: Maker, x: Node, pole: float, slope: Node) -> Node:
    """Return a slope, but zero where `x` is at a pole of it.

    An argument stays at a pole because it is clipped there; what does not change must not become
    infinity times zero, which is nan.
    """
    is_there = make.test("eq", x, make.number(pole))
    return make.choice(is_there, make.number(0.0), slope)


def cut(make: Maker, x: Node) -> Node:
    """Return a slope that is not negative, but no more than `Maker.largest`."""
    limit = make.number(make.largest)
    return make.choice(make.test("lt", limit, x), limit, x)


def cut_both(make: Maker, x: Node) -> Node:
    """Return a slope, but no more than `Maker.largest` either way."""
    limit = make.number(-make.largest)
    return cut(make, make.choice(make.test("lt", x, limit), limit, x))


def _inverse(make: Maker, x: Node) -> Node:
    return make.made("div", make.number(1.0), x)


def _one_plus_square(make: Maker, x: Node) -> Node:
    return make.made("add", make.number(1.0), make.made("mul", x, x))


def _one_minus_square(make: Maker, x: Node) -> Node:
    return make.made("sub", make.number(1.0), make.made("mul", x, x))


def _called(make: Maker, name: str, x: Node) -> Node:
    return make.made("call", x, value=name)


def _of_abs(make: Maker, x: Node, _: Node) -> Node:
    is_negative = make.test("lt", x, make.number(0.0))
    return make.choice(is_negative, make.number(-1.0), make.number(1.0))


def _of_sqrt(make: Maker, x: Node, root: Node) -> Node:
    return finite_at(make, x, 0.0, make.made("div", make.number(0.5), root))


def _of_exprel(make: Maker, x: Node, ratio: Node) -> Node:
    series = make.number(SERIES[-1])
    for coefficient in reversed(SERIES[:-1]):
        series = make.made("add", make.made("mul", series, x), make.number(coefficient))
    exact = make.made("div", make.made("sub", _called(make, "exp", x), ratio), x)
    is_near = make.test("lt", _called(make, "abs", x), make.number(NEAR_ZERO))
    is_far = make.test("lt", make.number(math.log(make.largest)), x)
    return make.choice(is_near, series, make.choice(is_far, cut(make, ratio), exact))


def _of_arcsin(make: Maker, x: Node, _: Node) -> Node:
    rest = _one_minus_square(make, x)
    return finite_at(make, rest, 0.0, _inverse(make, make.made("call", rest, value="sqrt")))


_RULES: Mapping[str, Callable[[Maker, Node, Node], Node]] = {
    "abs": _of_abs,
    "sqrt": _of_sqrt,
    "exp": lambda make, _x, y: cut(make, y),
    "expm1": lambda make, _x, y: cut(make, make.made("add", y, make.number(1.0))),
    "exprel": _of_exprel,
    "log": lambda make, x, _: finite_at(make, x, 0.0, _inverse(make, x)),
    "log10": lambda make, x, _: finite_at(
        make, x, 0.0, make.made("div", make.number(0.4342944819032518), x)
    ),
    "log1p": lambda make, x, _: finite_at(
        make, x, -1.0, _inverse(make, make.made("add", make.number(1.0), x))
    ),
    "sin": lambda make, x, _: _called(make, "cos", x),
    "cos": lambda make, x, _: make.made("neg", _called(make, "sin", x)),
    "tan": lambda make, _x, y: _one_plus_square(make, y),
    "sinh": lambda make, x, _: cut(make, _called(make, "cosh", x)),
    "cosh": lambda make, x, _: cut_both(make, _called(make, "sinh", x)),
    "tanh": lambda make, _x, y: _one_minus_square(make, y),
    "arcsin": _of_arcsin,
    "arccos": lambda make, x, y: make.made("neg", _of_arcsin(make, x, y)),
    "arctan": lambda make, x, _: _inverse(make, _one_plus_square(make, x)),
}

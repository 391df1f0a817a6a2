"""The derivatives of the functions of one argument that kernels call, and of powers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from brianfit.engines.fused.ir import Node

LARGEST = 1e250
"""Derivatives of exponentials are cut here: infinity times zero would be nan."""

NEAR_ZERO = 0.02
"""Below, the derivative of `exprel` is a series; six terms leave out 1e-14 of it."""

SERIES = (1 / 2, 1 / 3, 1 / 8, 1 / 30, 1 / 144, 1 / 840)
"""Derivative of (exp(x) - 1)/x: the coefficient of x**k is (k + 1)/(k + 2)!."""

WHOLE = frozenset({"ceil", "floor", "trunc"})


@runtime_checkable
class Maker(Protocol):
    """Makes nodes."""

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
    if exponent.is_constant:
        return by_base, None
    logarithm = make.made("call", base, value="log")
    is_positive = make.test("lt", make.number(0.0), base)
    product = make.made("mul", node, logarithm)
    return by_base, make.choice(is_positive, product, make.number(0.0))


def _cut(make: Maker, x: Node) -> Node:
    limit = make.number(LARGEST)
    return make.choice(make.test("lt", limit, x), limit, x)


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
    """At zero, where it is infinite, zero: what does not change there must not become nan."""
    is_positive = make.test("lt", make.number(0.0), x)
    slope = make.made("div", make.number(0.5), root)
    return make.choice(is_positive, slope, make.number(0.0))


def _of_exprel(make: Maker, x: Node, ratio: Node) -> Node:
    series = make.number(SERIES[-1])
    for coefficient in reversed(SERIES[:-1]):
        series = make.made("add", make.made("mul", series, x), make.number(coefficient))
    exact = make.made("div", make.made("sub", _called(make, "exp", x), ratio), x)
    is_near = make.test("lt", _called(make, "abs", x), make.number(NEAR_ZERO))
    is_far = make.test("lt", make.number(705.0), x)  # exp(x) is infinite from 709.8 on
    return make.choice(is_near, series, make.choice(is_far, _cut(make, ratio), exact))


def _of_arcsin(make: Maker, x: Node, _: Node) -> Node:
    return _inverse(make, make.made("call", _one_minus_square(make, x), value="sqrt"))


_RULES: Mapping[str, Callable[[Maker, Node, Node], Node]] = {
    "abs": _of_abs,
    "sqrt": _of_sqrt,
    "exp": lambda make, _x, y: _cut(make, y),
    "exp_limited": lambda _make, _x, y: y,
    "expm1": lambda make, _x, y: _cut(make, make.made("add", y, make.number(1.0))),
    "exprel": _of_exprel,
    "log": lambda make, x, _: _inverse(make, x),
    "log10": lambda make, x, _: make.made("div", make.number(0.4342944819032518), x),
    "log1p": lambda make, x, _: _inverse(make, make.made("add", make.number(1.0), x)),
    "sin": lambda make, x, _: _called(make, "cos", x),
    "cos": lambda make, x, _: make.made("neg", _called(make, "sin", x)),
    "tan": lambda make, _x, y: _one_plus_square(make, y),
    "sinh": lambda make, x, _: _cut(make, _called(make, "cosh", x)),
    "cosh": lambda make, x, _: _called(make, "sinh", x),
    "tanh": lambda make, _x, y: _one_minus_square(make, y),
    "arcsin": _of_arcsin,
    "arccos": lambda make, x, y: make.made("neg", _of_arcsin(make, x, y)),
    "arctan": lambda make, x, _: _inverse(make, _one_plus_square(make, x)),
}

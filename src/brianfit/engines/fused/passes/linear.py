"""Sums of products in normal form: what the algebraic passes compute with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from brianfit.engines.fused.ir import Node, Rate, rate_of

Powers = tuple[tuple[Node, int], ...]
"""Factors with their exponents, in the order of the nodes' numbers."""


@final
@dataclass(frozen=True)
class Product:
    """A product of powers over a product of powers, of values that change with the steps."""

    numerator: Powers
    denominator: Powers = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All factors, those of the denominator too."""
        return tuple(node for node, _ in (*self.numerator, *self.denominator))


@final
@dataclass(frozen=True)
class Linear:
    """A sum of products with coefficients.

    Attributes
    ----------
    offset
        What does not change with the steps.
    terms
        The coefficient of every product; coefficients do not change with the steps.
    """

    offset: Node
    terms: Mapping[Product, Node]

    @property
    def is_slow(self) -> bool:
        """Whether the sum does not change with the steps."""
        return not self.terms


def is_slow(node: Node) -> bool:
    """Return whether a value is computed at most once per neuron."""
    return rate_of(node) in (Rate.CONSTANT, Rate.NEURON)


def powers(*factors: Powers) -> Powers:
    """Return the product of products of powers."""
    found: dict[Node, int] = {}
    for factor in factors:
        for node, exponent in factor:
            found[node] = found.get(node, 0) + exponent
    return tuple(sorted(found.items(), key=lambda item: item[0].number))


def without_common(numerator: Powers, denominator: Powers, among: frozenset[Node]) -> Product:
    """Return the quotient with what is common cancelled, if it is in `among`."""
    up, down = dict(numerator), dict(denominator)
    for node in among & up.keys() & down.keys():
        common = min(up[node], down[node])
        up[node] -= common
        down[node] -= common
    return Product(*(powers(tuple((n, e) for n, e in it.items() if e)) for it in (up, down)))

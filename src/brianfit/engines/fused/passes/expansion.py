"""A node as numbers times products, whatever its factors are and however seldom they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from brianfit.engines.fused.ir import Node
from brianfit.engines.fused.passes.algebra import Algebra
from brianfit.engines.fused.passes.linear import Linear, Product, is_slow


@final
@dataclass(frozen=True)
class Expansion:
    """A number plus products times numbers."""

    offset: float
    terms: Mapping[Product, float]

    def plus(self, other: Expansion) -> Expansion:
        """Return the sum of both."""
        terms = dict(self.terms)
        for product, number in other.terms.items():
            terms[product] = terms.get(product, 0.0) + number
        return Expansion(self.offset + other.offset, terms)

    def times(self, factor: float) -> Expansion:
        """Return this times a number."""
        terms = {product: number * factor for product, number in self.terms.items()}
        return Expansion(self.offset * factor, terms)

    def as_sum(self, algebra: Algebra) -> Linear:
        """Return the sum in normal form."""
        total = Linear(algebra.number(self.offset), {})
        for product, number in self.terms.items():
            total = algebra.added(
                total, algebra.scaled(_value(algebra, product), algebra.number(number))
            )
        return total


def expanded(algebra: Algebra, node: Node) -> Expansion:
    """Return what a node is, multiplied out as far as factors are numbers."""
    if node.is_constant:
        return Expansion(node.number_value, {})
    if is_slow(node):
        return _of_slow(algebra, node)
    linear = algebra.view(node)
    total = expanded(algebra, linear.offset)
    for product, coefficient in linear.terms.items():
        total = total.plus(_of_term(algebra, product, coefficient))
    return total


def _of_term(algebra: Algebra, product: Product, factor: Node) -> Expansion:
    if not factor.is_constant:
        with_factor = Product(((factor, 1), *product.numerator), product.denominator)
        return Expansion(0.0, {with_factor: 1.0})
    if len(product.numerator) == 1 and not product.denominator:
        (inner, exponent), *_ = product.numerator
        if exponent == 1 and list(algebra.view(inner).terms) != [product]:
            return expanded(algebra, inner).times(factor.number_value)
    return Expansion(0.0, {product: factor.number_value})


def _of_slow(algebra: Algebra, node: Node) -> Expansion:
    """Return what a node is whose value does not change with the steps."""
    numbers = [arg.number_value for arg in node.args if arg.is_constant]
    others = [expanded(algebra, arg) for arg in node.args if not arg.is_constant]
    if node.op in ("add", "sub"):
        left, right = (expanded(algebra, arg) for arg in node.args)
        return left.plus(right if node.op == "add" else right.times(-1.0))
    if node.op == "neg":
        return others[0].times(-1.0)
    if node.op == "mul" and len(others) == 1:
        return others[0].times(numbers[0])
    if node.op == "div" and node.args[1].is_constant and numbers[-1] != 0.0:
        return others[0].times(1.0 / numbers[-1])
    return Expansion(0.0, {Product(((node, 1),)): 1.0})


def _value(algebra: Algebra, product: Product) -> Linear:
    """Return a product, of which factors may be slow, as a sum."""
    total = Linear(algebra.number(1.0), {})
    for factors, combine in (
        (product.numerator, algebra.multiplied),
        (product.denominator, algebra.divided),
    ):
        for node, exponent in factors:
            for _ in range(exponent):
                total = combine(total, algebra.view(node))
    return total

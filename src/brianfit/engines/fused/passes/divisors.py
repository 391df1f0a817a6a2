"""Divisors that are a number plus exponentials, and which exponentials stand in nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import final

from brianfit.engines.fused.ir import Node, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.algebra import Algebra
from brianfit.engines.fused.passes.linear import Linear, Product


@final
class Divisors:
    """Looks for them in a program in normal form."""

    def __init__(self, program: LoopProgram, algebra: Algebra) -> None:
        self._algebra = algebra
        self._roots = set(program.roots())
        self._users: dict[Node, list[Node]] = {}
        for node in reachable(program.roots()):
            for arg in node.args:
                self._users.setdefault(arg, []).append(node)
        self._known: dict[Node, bool] = {}

    def numbers_beside(self, node: Node) -> frozenset[float]:
        """Return the numbers to which an exponential is added in divisors, over its own factor.

        None are returned if it stands anywhere else.
        """
        found = frozenset(self._found_numbers(node, node))
        return frozenset() if 0.0 in found else found

    def _found_numbers(self, exponential: Node, node: Node) -> Iterator[float]:
        if node in self._roots:
            yield 0.0
        for user in self._users.get(node, []):
            if self._is_multiple(user, node):
                yield from self._found_numbers(exponential, user)
            elif self._is_divisor(user):
                linear = self._algebra.view(user)
                factor = linear.terms[Product(((exponential, 1),))]
                yield abs(linear.offset.number_value / factor.number_value)
            else:
                yield 0.0

    def subtract_one_from(self, node: Node) -> bool:
        """Return whether one is subtracted from an exponential, so that the rest may vanish."""
        for user in self._users.get(node, []):
            if self._is_multiple(user, node) and self.subtract_one_from(user):
                return True
            linear = self._algebra.view(user)
            if user.op in ("add", "sub") and self._vanishes(linear):
                return True
        return False

    def _is_multiple(self, user: Node, node: Node) -> bool:
        return user.op == "neg" or (
            user.op == "mul" and any(arg.is_constant for arg in user.args) and node in user.args
        )

    def _vanishes(self, linear: Linear) -> bool:
        if len(linear.terms) != 1 or not linear.offset.is_constant:
            return False
        (coefficient,) = linear.terms.values()
        return (
            coefficient.is_constant
            and linear.offset.number_value != 0.0
            and math.isclose(coefficient.number_value, -linear.offset.number_value, rel_tol=1e-12)
        )

    def _is_divisor(self, node: Node) -> bool:
        if node not in self._known:
            self._known[node] = self._find(node)
        return self._known[node]

    def _find(self, node: Node) -> bool:
        return self._is_number_plus_exponentials(node) and self._divides_only(node)

    def _divides_only(self, node: Node) -> bool:
        """Return whether a node is used as a divisor, or as a factor of one, and not otherwise."""
        users = self._users.get(node, [])
        return node not in self._roots and all(
            self._divides_only(user)
            if user.op == "mul"
            else user.op == "div"
            and user.args[0] is not node
            and not self._has_exponentials(user.args[0])
            for user in users
        )

    def _is_number_plus_exponentials(self, node: Node) -> bool:
        linear = self._algebra.view(node)
        numbers = [linear.offset, *linear.terms.values()]
        if not linear.terms or not all(it.is_constant and it.number_value for it in numbers):
            return False
        return all(
            _is_exponential(product.nodes[0]) and product.numerator == ((product.nodes[0], 1),)
            for product in linear.terms
            if len(product.nodes) == 1
        ) and all(len(product.nodes) == 1 for product in linear.terms)

    def _has_exponentials(self, node: Node) -> bool:
        """Return whether factors of a numerator, or terms of these, are exponentials."""
        factors = self._factors(node)
        parts = [part for factor in factors for part in self._factors(factor)]
        return any(map(_is_exponential, (node, *factors, *parts)))

    def _factors(self, node: Node) -> list[Node]:
        return [it for product in self._algebra.view(node).terms for it in product.nodes]


def _is_exponential(node: Node) -> bool:
    return node.op == "call" and node.value == "exp"

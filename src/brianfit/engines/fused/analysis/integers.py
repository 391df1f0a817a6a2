"""Integers as Brian computes with them: they have 32 bits, and begin anew beyond.

While a kernel runs they are floats without a fraction. Where a result may leave the 32 bits, it is
brought back as two's complement does it; the number of a step, which has 64 bits, stays.
"""

from __future__ import annotations

from typing import final

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines.fused.ir import Graph, Kind, Node

Range = tuple[float, float]

SMALLEST, LARGEST = -(2.0**31), 2.0**31 - 1
_ALL: Range = (SMALLEST, LARGEST)
_EXACT = 2.0**53
_LONGEST_RUN = 2.0**40
_LARGEST_POWER = 64


@final
class Integers:
    """Makes operations on integers, and knows how large their results may be."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[Node, Range] = {}

    def whole(self, node: Node) -> Node:
        """Return a number without its fraction; what has no 32 bits becomes the smallest number."""
        if node.kind == Kind.INTEGER:
            return node
        return self._graph.make("call", node, kind=Kind.INTEGER, value="int_32")

    def made(self, op: str, left: Node, right: Node) -> Node:
        """Return an operation on two integers.

        Raises
        ------
        UnsupportedByFusedEngine
            If Brian itself has several answers, or none.
        """
        for node in (left, right):
            if node.is_constant and not SMALLEST <= node.number_value <= LARGEST:
                raise UnsupportedByFusedEngine(
                    f"The integer {node.number_value:.0f} has more than 32 bits; what Brian makes "
                    "of it depends on the language in which it runs."
                )
        if op == "power":
            return self._power(left, right)
        if op in ("floordiv", "mod"):
            return self._division(op, left, right)
        return self._in_range(op, left, right)

    def _in_range(self, op: str, left: Node, right: Node) -> Node:
        plain = self._graph.make(op, left, right, kind=Kind.INTEGER)
        low, high = self._range(plain)
        if (low >= SMALLEST and high <= LARGEST) or self._has_64_bits(plain):
            return plain
        if op == "mul" and max(-low, high) > _EXACT:
            made = self._graph.make("call", left, right, kind=Kind.INTEGER, value="product_32")
        else:
            made = self._graph.make("call", plain, kind=Kind.INTEGER, value="wrap_32")
        self._known[made] = _ALL
        return made

    def _division(self, op: str, left: Node, right: Node) -> Node:
        """Return a division rounded down, or its rest; both are zero where one divides by zero."""
        graph = self._graph
        made = graph.make(op, left, right, kind=Kind.INTEGER)
        low, high = self._range(right)
        if not low <= 0.0 <= high:
            return made
        zero = graph.constant(0.0, Kind.INTEGER)
        is_zero = graph.make("eq", right, zero, kind=Kind.BOOLEAN)
        return graph.make("select", is_zero, zero, made, kind=Kind.INTEGER)

    def _power(self, base: Node, exponent: Node) -> Node:
        if not exponent.is_constant or not 0.0 <= exponent.number_value <= _LARGEST_POWER:
            raise UnsupportedByFusedEngine(
                "The model takes a power of an integer whose exponent is an integer variable, "
                "negative or large; what Brian makes of it depends on the language in which it "
                "runs. With a float, as in 2.0**n, it is the same everywhere."
            )
        result = self._graph.constant(1.0, Kind.INTEGER)
        for _ in range(int(exponent.number_value)):
            result = base if result.is_constant else self._in_range("mul", result, base)
        return result

    def _has_64_bits(self, node: Node) -> bool:
        """Return whether a value comes from the number of the step."""
        if node.op == "step":
            return True
        is_arithmetic = node.op in ("add", "sub", "mul", "floordiv", "mod")
        return is_arithmetic and any(map(self._has_64_bits, node.args))

    def _range(self, node: Node) -> Range:
        if node not in self._known:
            self._known[node] = self._found_range(node)
        return self._known[node]

    def _found_range(self, node: Node) -> Range:
        if node.is_constant:
            return (node.number_value, node.number_value)
        if node.op == "select":
            (a, b), (c, d) = self._range(node.args[1]), self._range(node.args[2])
            return (min(a, c), max(b, d))
        if node.op == "step":
            return (0.0, _LONGEST_RUN)
        if node.op in ("add", "sub", "mul"):
            return _combined(node.op, *map(self._range, node.args))
        if node.op == "mod" and node.args[1].is_constant:
            divisor = node.args[1].number_value
            return (min(divisor + 1, 0.0), max(divisor - 1, 0.0))
        return _ALL


def _combined(op: str, left: Range, right: Range) -> Range:
    (a, b), (c, d) = left, right
    if op == "add":
        return (a + c, b + d)
    if op == "sub":
        return (a - d, b - c)
    products = (a * c, a * d, b * c, b * d)
    return (min(products), max(products))

"""One division for several: ``1/a`` and ``1/b`` are ``b*r`` and ``a*r`` with ``r = 1/(a*b)``.

A division takes as long as half an exponential, a multiplication next to nothing. Only divisors
are put together whose size is known: sums of a number and of exponentials that are limited. Such
a divisor is zero or at least as large as the rounding error of the number, and its product with
others neither overflows nor underflows. Where it is zero or nan the others become nan as well; so
only those are put together that depend on the same states, and divisors are left alone that stand
in a branch of a selection, where the user may have taken care that the division by zero does not
count.

References
----------
Montgomery (1987), Speeding the Pollard and elliptic curve methods of factorization. Mathematics of
Computation 48, 243-264, doi 10.1090/S0025-5718-1987-0866113-7, section 10.3.1 (one inverse for
several).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import final

from brianfit.engines.fused.ir import EXACT, Graph, Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.algebra import Algebra
from brianfit.engines.fused.passes.linear import Product
from brianfit.engines.fused.passes.number_range import NumberRange
from brianfit.engines.fused.passes.rewriting import rebuilt, rewrite

MOST = 4
"""So many divisions are made one."""


def merge_divisions(
    program: LoopProgram, algebra: Algebra, number_range: NumberRange
) -> LoopProgram:
    """Return `program`, which is in normal form, with fewer divisions."""
    inverses = _Merging(program, algebra, number_range).inverses()
    if not inverses:
        return program

    def rule(node: Node, args: tuple[Node, ...]) -> Node:
        if node.op == "div" and node.value != EXACT and node.args[1] in inverses:
            return program.graph.make("mul", args[0], inverses[node.args[1]])
        return rebuilt(program, node, args)

    return rewrite(program, rule)


@final
class _Merging:
    """Finds divisors that can be put together."""

    def __init__(self, program: LoopProgram, algebra: Algebra, number_range: NumberRange) -> None:
        self._range = number_range
        self._graph = program.graph
        self._algebra = algebra
        self._nodes = reachable(program.step_roots())
        self._in_branches = _in_branches(self._nodes)

    def inverses(self) -> Mapping[Node, Node]:
        """Return one over every divisor that shares its division with others."""
        found: dict[Node, Node] = {}
        for group in self._groups():
            if len(group) > 1:
                found.update(_inverses(self._graph, group))
        return found

    def _groups(self) -> Iterator[list[Node]]:
        by_leaves: dict[frozenset[Node], list[Node]] = {}
        for divisor in self._divisors():
            by_leaves.setdefault(_changing_leaves(divisor), []).append(divisor)
        for divisors in by_leaves.values():
            yield from self._groups_of(divisors)

    def _groups_of(self, divisors: list[Node]) -> Iterator[list[Node]]:
        group: list[Node] = []
        total = (0.0, 0.0)
        for divisor in divisors:
            low, high = self._size(divisor)
            new_total = (total[0] + low, total[1] + high)
            if len(group) == MOST or max(-new_total[0], new_total[1]) > self._range.largest_log:
                yield group
                group, new_total = [], (low, high)
            group.append(divisor)
            total = new_total
        yield group

    def _divisors(self) -> Iterable[Node]:
        """Return the divisors whose size is known, in the order in which they are computed."""
        divisors = dict.fromkeys(node.args[1] for node in self._nodes if node.op == "div")
        return [
            node
            for node in divisors
            if rate_of(node) is Rate.NEURON_STEP
            and node not in self._in_branches
            and node not in self._algebra.limited
            and self._algebra.has_known_size(node)
        ]

    def _size(self, node: Node) -> tuple[float, float]:
        """Return the decimal logarithms of the least and largest size of a divisor."""
        if node in self._algebra.limited:
            reach = math.log10(node.args[1].number_value)
            return -reach, reach
        linear = self._algebra.view(node)
        if linear.offset.number_value == 0.0:
            (product, coefficient), *_ = linear.terms.items()
            return self._size_of_product(product, coefficient.number_value)
        offset = math.log10(abs(linear.offset.number_value))
        sizes = [
            self._size_of_product(product, coefficient.number_value)[1]
            for product, coefficient in linear.terms.items()
        ]
        return offset + self._range.rounding_log, max(offset, *sizes) + 1.0

    def _size_of_product(self, product: Product, factor: float) -> tuple[float, float]:
        own = math.log10(abs(factor))
        sizes = [
            (n * low, n * high) for it, n in product.numerator for low, high in [self._size(it)]
        ]
        return own + sum(low for low, _ in sizes), own + sum(high for _, high in sizes)


def _changing_leaves(node: Node) -> frozenset[Node]:
    leaves = (part for part in reachable(iter([node])) if not part.args)
    return frozenset(leaf for leaf in leaves if rate_of(leaf) not in (Rate.CONSTANT, Rate.NEURON))


def _in_branches(nodes: Iterable[Node]) -> set[Node]:
    """Return everything that some selection may leave out."""
    branches = [arg for node in nodes if node.op == "select" for arg in node.args[1:]]
    return set(reachable(iter(branches)))


def _inverses(graph: Graph, group: list[Node]) -> dict[Node, Node]:
    """Return one over each node, from one division: by halves, as one would with two."""
    inverse = graph.make("div", graph.constant(1.0), _product(graph, group))
    return dict(_split(graph, group, inverse))


def _split(graph: Graph, group: list[Node], inverse: Node) -> Iterator[tuple[Node, Node]]:
    if len(group) == 1:
        yield group[0], inverse
        return
    half = (len(group) + 1) // 2
    left, right = group[:half], group[half:]
    yield from _split(graph, left, graph.make("mul", inverse, _product(graph, right)))
    yield from _split(graph, right, graph.make("mul", inverse, _product(graph, left)))


def _product(graph: Graph, factors: list[Node]) -> Node:
    """Return a product, by halves too, so that both share what they can."""
    if len(factors) == 1:
        return factors[0]
    half = (len(factors) + 1) // 2
    left, right = _product(graph, factors[:half]), _product(graph, factors[half:])
    return graph.make("mul", left, right)

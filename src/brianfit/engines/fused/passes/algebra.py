"""Bring sums and products into a normal form that takes few operations.

* What does not change with the steps is collected, so that it is computed once per neuron.
* Terms over the same denominator share one division.
* Equal products and sums become one node, however they were written.

Sums and products are reordered as in exact arithmetic, which changes results by a few units in
the last place. Where exact arithmetic would be wrong nothing is done: factors are not cancelled
against divisors, so that 0/0 stays what it is.

References
----------
Cocke (1970), Global common subexpression elimination. ACM SIGPLAN Notices 5(7), 20-24, doi
10.1145/390013.808480.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from brianfit.engines.fused.ir import EXACT, Graph, Kind, Node, Rate, rate_of
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.constants import Folder
from brianfit.engines.fused.passes.linear import (
    Linear,
    Powers,
    Product,
    is_slow,
    powers,
    without_common,
)
from brianfit.engines.fused.passes.rewriting import rebuilt, rewrite

_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "neg"})


def normalise(
    program: LoopProgram,
    replaced: Mapping[Node, Linear] | None = None,
    limited: frozenset[Node] = frozenset(),
) -> tuple[LoopProgram, Algebra]:
    """Return `program` in normal form, and the algebra that knows the sums behind its nodes.

    Parameters
    ----------
    replaced
        Nodes that stand for a sum or product.
    limited
        Exponentials that are limited in size.
    """
    algebra = Algebra(program.graph, limited)
    sums = replaced or {}

    def rule(node: Node, args: tuple[Node, ...]) -> Node:
        if node in sums:
            return algebra.node(sums[node])
        new = rebuilt(program, node, args)
        if new.op in _ARITHMETIC and new.kind == Kind.FLOAT and new.value != EXACT:
            return algebra.node(algebra.combined(new))
        return algebra.folder.fold(new)

    return rewrite(program, rule), algebra


@final
class Algebra:
    """Computes with sums of products, and writes them as nodes again.

    Attributes
    ----------
    limited
        Exponentials that are limited in size.
    fractions
        Sums that are divisors somewhere, over the common denominator of their terms.
    """

    def __init__(self, graph: Graph, limited: frozenset[Node]) -> None:
        self._graph = graph
        self._views: dict[Node, Linear] = {}
        self.folder = Folder(graph)
        self.limited = limited
        self.fractions: dict[Node, Linear] = {}

    # --- from nodes to sums ------------------------------------------------------------------

    def view(self, node: Node) -> Linear:
        """Return the sum behind a node."""
        if node in self._views:
            return self._views[node]
        if is_slow(node):
            return Linear(node, {})
        return self._term(self.number(1.0), Product(((node, 1),)))

    def combined(self, node: Node) -> Linear:
        """Return the sum behind an operation of arithmetic."""
        views = [self.view(arg) for arg in node.args]
        if node.op == "neg":
            return self.scaled(views[0], self.number(-1.0))
        left, right = views
        if node.op == "add":
            return self.added(left, right)
        if node.op == "sub":
            return self.added(left, self.scaled(right, self.number(-1.0)))
        return self.multiplied(left, right) if node.op == "mul" else self.divided(left, right)

    def added(self, left: Linear, right: Linear) -> Linear:
        """Return the sum of two sums; terms over the same denominator are put together."""
        terms = dict(left.terms)
        for product, coefficient in right.terms.items():
            old = terms.get(product)
            new = coefficient if old is None else self.slow("add", old, coefficient)
            terms[product] = new
        terms = {product: c for product, c in terms.items() if not _is(c, 0.0)}
        return self._over_common(Linear(self.slow("add", left.offset, right.offset), terms))

    def scaled(self, linear: Linear, factor: Node) -> Linear:
        """Return a sum times a value that does not change with the steps."""
        if _is(factor, 1.0):
            return linear
        if _is(factor, 0.0):
            return Linear(self.number(0.0), {})
        if len(linear.terms) > 1 and not _is(factor, -1.0):
            sign, product = self._as_product(linear)
            return self._term(self.slow("mul", factor, sign), product)
        terms = {product: self.slow("mul", factor, c) for product, c in linear.terms.items()}
        return Linear(self.slow("mul", factor, linear.offset), terms)

    def multiplied(self, left: Linear, right: Linear) -> Linear:
        """Return the product of two sums; they are not multiplied out."""
        if left.is_slow:
            return self.scaled(right, left.offset)
        if right.is_slow:
            return self.scaled(left, right.offset)
        (a, one), (b, other) = self._as_product(left), self._as_product(right)
        product = self._quotient(
            powers(one.numerator, other.numerator), powers(one.denominator, other.denominator)
        )
        return self._term(self.slow("mul", a, b), product)

    def divided(self, left: Linear, right: Linear) -> Linear:
        """Return the quotient of two sums."""
        if right.is_slow:
            return self.scaled(left, self.slow("div", self.number(1.0), right.offset))
        a, one = self._as_product(left)
        b, other = self._as_product(right)
        up, down = powers(one.numerator, other.denominator), one.denominator
        for node, exponent in other.numerator:
            cleared, extra = self._without_known_divisors(self.view(node))
            sign, factor = self._as_product(cleared) if extra else (b, Product(((node, 1),)))
            if extra:
                fraction = Product(factor.numerator, powers(factor.denominator, extra))
                self.fractions[node] = self._term(sign, fraction)
            for _ in range(exponent):
                b = self.slow("mul", b, sign) if extra else b
                up, down = powers(up, extra, factor.denominator), powers(down, factor.numerator)
        return self._term(self.slow("div", a, b), self._quotient(up, down))

    def _without_known_divisors(self, linear: Linear) -> tuple[Linear, Powers]:
        """Multiply a divisor by what its terms are over, if that is of known size.

        Returns
        -------
        linear
            The multiplied sum.
        extra
            By what it was multiplied.
        """
        most: dict[Node, int] = {}
        for product in linear.terms:
            for node, exponent in product.denominator:
                if self.has_known_size(node):
                    most[node] = max(most.get(node, 0), exponent)
        if not most:
            return linear, ()
        extra = powers(tuple(most.items()))
        total = self._term(linear.offset, Product(extra))
        for product, c in linear.terms.items():
            multiplied = self._quotient(powers(product.numerator, extra), product.denominator)
            total = self.added(total, self._term(c, multiplied))
        return total, extra

    def has_known_size(self, node: Node) -> bool:
        """Return whether a node is a limited exponential, or a number plus such ones."""
        if node in self.limited:
            return True
        linear = self._views.get(node)
        if linear is None or not linear.offset.is_constant:
            return False
        if _is(linear.offset, 0.0):
            return len(linear.terms) == 1 and self._are_known_factors(linear)
        return all(
            coefficient.is_constant
            and not product.denominator
            and self.limited.issuperset(product.nodes)
            for product, coefficient in linear.terms.items()
        )

    def _are_known_factors(self, linear: Linear) -> bool:
        (product, coefficient), *_ = linear.terms.items()
        is_plain = coefficient.is_constant and not product.denominator
        return is_plain and all(map(self.has_known_size, product.nodes))

    def _over_common(self, linear: Linear) -> Linear:
        """Put the terms over each denominator together."""
        groups: dict[Powers, list[Product]] = {}
        for product in linear.terms:
            groups.setdefault(product.denominator, []).append(product)
        if not any(down and len(group) > 1 for down, group in groups.items()):
            return linear
        terms: dict[Product, Node] = {}
        for down, group in groups.items():
            if not down or len(group) == 1:
                terms.update({product: linear.terms[product] for product in group})
                continue
            above = Linear(self.number(0.0), {})
            for product in group:
                part = self._flat(product.numerator, linear.terms[product])
                above = self.added(above, part)
            sign, product = self._as_product(above)
            terms[self._quotient(product.numerator, powers(product.denominator, down))] = sign
        return Linear(linear.offset, terms)

    def _flat(self, numerator: Powers, coefficient: Node) -> Linear:
        """Return a numerator as a sum, multiplied out if it is a single sum."""
        if not numerator:
            return Linear(coefficient, {})
        if len(numerator) == 1 and numerator[0][1] == 1:
            inner = self.view(numerator[0][0])
            terms = {p: self.slow("mul", coefficient, c) for p, c in inner.terms.items()}
            return Linear(self.slow("mul", coefficient, inner.offset), terms)
        return self._term(coefficient, Product(numerator))

    def _as_product(self, linear: Linear) -> tuple[Node, Product]:
        """Return a sum as (coefficient, product); a sum of several terms is one factor."""
        if linear.is_slow:
            return linear.offset, Product(())
        if len(linear.terms) == 1 and _is(linear.offset, 0.0):
            product, coefficient = next(iter(linear.terms.items()))
            return coefficient, product
        sign = 1.0
        if self._begins_negative(linear):
            sign = -1.0
            linear = self.scaled(linear, self.number(-1.0))
        return self.number(sign), Product(((self.node(linear), 1),))

    def _begins_negative(self, linear: Linear) -> bool:
        first = min(linear.terms, key=_order)
        coefficient = linear.terms[first]
        return coefficient.is_constant and coefficient.number_value < 0

    def _quotient(self, up: Powers, down: Powers) -> Product:
        common = {node for node, _ in up} & {node for node, _ in down}
        return without_common(up, down, frozenset(filter(self.has_known_size, common)))

    def _term(self, coefficient: Node, product: Product) -> Linear:
        if _is(coefficient, 0.0) or not product.nodes:
            return Linear(coefficient, {})
        return Linear(self.number(0.0), {product: coefficient})

    # --- from sums to nodes ------------------------------------------------------------------

    def node(self, linear: Linear) -> Node:
        """Return the node that computes a sum."""
        made = self._sum(linear)
        self._remember(made, linear)
        return made

    def _remember(self, node: Node, linear: Linear) -> None:
        is_itself = list(linear.terms) == [Product(((node, 1),))]
        if not is_slow(node) and not is_itself:
            self._views.setdefault(node, linear)

    def _sum(self, linear: Linear) -> Node:
        if linear.is_slow:
            return linear.offset
        ordered = sorted(linear.terms.items(), key=lambda item: _order(item[0]))
        early: list[tuple[Node, Product]] = []
        late: list[tuple[Node, Product]] = []
        for product, coefficient in ordered:
            is_early = coefficient.is_constant and all(
                rate_of(node) is not Rate.NEURON_STEP for node in product.nodes
            )
            (early if is_early else late).append((coefficient, product))
        start = linear.offset
        if early and late and not start.is_constant:
            # What depends on steps alone is summed up outside the loops over neurons.
            common = self._chain(self.number(0.0), early)
            return self._chain(self._made("add", start, common), late)
        return self._chain(start, [*early, *late])

    def _chain(self, start: Node, terms: list[tuple[Node, Product]]) -> Node:
        total = start
        if _is(start, 0.0):
            terms = sorted(terms, key=lambda item: _is_negative(item[0]))  # a positive one first
        for coefficient, product in terms:
            if _is_negative(coefficient) and not _is(total, 0.0):
                opposite = self.number(-coefficient.number_value)
                total = self._made("sub", total, self._times(opposite, product))
            else:
                term = self._times(coefficient, product)
                total = term if _is(total, 0.0) else self._made("add", total, term)
        return total

    def _times(self, coefficient: Node, product: Product) -> Node:
        up, down = self._powers(product.numerator), self._powers(product.denominator)
        if down is not None:
            self._remember(down, self._term(self.number(1.0), Product(product.denominator)))
        if up is None:
            top = coefficient
        elif _is(coefficient, 1.0):
            top = up
        elif _is(coefficient, -1.0):
            top = self._made("neg", up)
        else:
            top = self._made("mul", coefficient, up)
        return top if down is None else self._made("div", top, down)

    def _powers(self, factors: Powers) -> Node | None:
        total: Node | None = None
        for node, exponent in factors:
            power = self._power(node, exponent)
            total = power if total is None else self._made("mul", total, power)
        return total

    def _power(self, node: Node, exponent: int) -> Node:
        if exponent == 1:
            return node
        half = self._power(node, exponent // 2)
        square = self._made("mul", half, half)
        return square if exponent % 2 == 0 else self._made("mul", square, node)

    def _made(self, op: str, *args: Node) -> Node:
        return self._graph.make(op, *args)

    def slow(self, op: str, left: Node, right: Node) -> Node:
        """Return an operation on values that do not change with the steps."""
        if op == "mul" and (_is(left, 0.0) or _is(right, 0.0)):
            return self.number(0.0)  # the offset of a sum without one
        if op in ("add", "mul") and left.number > right.number:
            left, right = right, left
        return self.folder.fold(self._graph.make(op, left, right))

    def exp(self, node: Node) -> Node:
        """Return the exponential of a value."""
        return self.folder.fold(self._graph.make("call", node, value="exp"))

    def limited_node(self, node: Node, limit: Node, *argument: Node) -> Node:
        """Return an exponential, but no more than `limit`, and one where its argument is zero."""
        return self._graph.make("limited", node, limit, *argument)

    def number(self, value: float) -> Node:
        """Return a constant."""
        return self._graph.constant(value)


def _order(product: Product) -> tuple[tuple[int, int], ...]:
    return tuple(
        (node.number, exponent) for node, exponent in (*product.numerator, *product.denominator)
    )


def _is(node: Node, value: float) -> bool:
    return node.is_constant and node.number_value == value


def _is_negative(node: Node) -> bool:
    return node.is_constant and node.number_value < 0

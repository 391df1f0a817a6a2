"""The derivative of every node, as a sum over what it depends on.

A derivative is kept as a form: coefficients of the derivatives of states and parameters. What
several directions need, the coefficients, is computed once; a direction costs one multiplication
per coefficient. Where a form is long, its value in every direction may be cheaper than to go on
with the form; the node then stands for itself in all further forms.

Derivatives are one-sided where a function has a corner: `abs` at zero has that for positive
arguments, a selection (and so `clip`) has that of the branch that is taken. Integers, booleans,
random numbers and values looked up in tables do not change.

References
----------
Griewank and Walther (2008), Evaluating Derivatives, 2nd edition, SIAM, chapters 3 (forward mode)
and 14 (corners), doi 10.1137/1.9780898717761.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import final

from brianfit.engines.fused.ir import Depends, Graph, Kind, Node, Rate, rate_of, reachable
from brianfit.engines.fused.passes.constants import Folder
from brianfit.engines.fused.passes.derivatives.function_slopes import (
    cut,
    cut_both,
    finite_at,
    slope_of,
    slope_of_power,
)

Form = Mapping[Node, Node]
"""Coefficients by leaf ('state', 'parameter', 'time') or by a node that stands for itself."""

DIFFERENCE = 6e-6
"""Relative step of differences of functions from outside: the cube root of the rounding error."""


@final
class Differentials:
    """Finds forms.

    Parameters
    ----------
    directions
        The parameters that change.
    longest
        Nodes with longer forms stand for themselves.
    largest
        Derivatives of exponentials are cut here: infinity times zero would be nan.

    Attributes
    ----------
    standing_alone
        Nodes found by `form` to stand for themselves, with the forms behind them; may be empty.
    """

    def __init__(
        self, graph: Graph, directions: tuple[str, ...], longest: int, largest: float
    ) -> None:
        self._graph = graph
        self._folder = Folder(graph)
        self._directions = frozenset(directions)
        self._longest = longest
        self.largest = largest
        self._forms: dict[Node, Form] = {}
        self._relative: dict[Node, Form] = {}
        self._in_branches: set[Node] = set()
        self.standing_alone: dict[Node, Form] = {}
        self._rules: dict[str, Callable[[Node], Form]] = {
            "add": self._sum,
            "sub": self._difference,
            "neg": self._negative,
            "mul": self._product,
            "div": self._quotient,
            "power": self._power,
            "mod": self._remainder,
            "select": self._selection,
            "call": self._call,
        }

    def form(self, node: Node) -> Form:
        """Return the derivative of `node`."""
        if node not in self._forms:
            new = [found for found in reachable(iter([node])) if found not in self._forms]
            self._in_branches.update(branches_of(new))
            for found in new:
                self._forms[found] = self._settled(found, self._form(found))
        return self._forms[node]

    def made(self, op: str, *args: Node, value: str | None = None) -> Node:
        """Return a node, simplified."""
        if op == "mul" and any(_is(arg, 0.0) for arg in args):
            return self.number(0.0)
        return self._folder.fold(self._graph.make(op, *args, value=value))

    def folded(self, node: Node) -> Node:
        """Return a node, simplified."""
        return self._folder.fold(node)

    def choice(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Return a selection."""
        node = self._graph.make("select", condition, then, otherwise)
        return self._folder.fold(node)

    def test(self, op: str, *args: Node) -> Node:
        """Return a condition."""
        return self._folder.fold(self._graph.make(op, *args, kind=Kind.BOOLEAN))

    def number(self, value: float) -> Node:
        """Return a constant."""
        return self._graph.constant(value)

    def combined(self, left: Form, right: Form) -> Form:
        """Return the sum of two forms."""
        total = dict(left)
        for key, coefficient in right.items():
            old = total.get(key)
            total[key] = coefficient if old is None else self.made("add", old, coefficient)
        return total

    def scaled(self, form: Form, factor: Node) -> Form:
        """Return a form times a value."""
        return {key: self.made("mul", c, factor) for key, c in form.items()}

    def _form(self, node: Node) -> Form:
        if node.kind != Kind.FLOAT:
            return {}
        relative = self._relative_form(node)
        if relative is not None:
            self._relative[node] = relative
            return self.scaled(relative, self._cut(node))
        if node.op in ("state", "time"):
            return {node: self.number(1.0)}
        if node.op == "parameter":
            return {node: self.number(1.0)} if str(node.value) in self._directions else {}
        rule = self._rules.get(node.op)
        return {} if rule is None else rule(node)

    def _relative_form(self, node: Node) -> Form | None:
        """Return the derivative over the value: short for exponentials and their powers."""
        if node.op == "call" and node.value == "exp":
            return self._forms[node.args[0]] or None
        if node.op == "limited":  # beyond the limit the derivative is nothing beside its divisor
            return self._relative.get(node.args[0])
        if node.op not in ("mul", "div"):
            return None
        parts = [self._relative.get(arg, None if self._forms[arg] else {}) for arg in node.args]
        left, right = parts
        if left is None or right is None or not (left or right):
            return None
        return self.combined(left, right if node.op == "mul" else self._negated(right))

    def _cut(self, node: Node) -> Node:
        """Return an exponential, a product or a quotient of such, limited in size."""
        if node.op == "limited":
            return node
        is_positive = node.op == "call" or all(
            arg in self._relative or (arg.is_constant and arg.number_value > 0.0)
            for arg in node.args
        )
        return cut(self, node) if is_positive else cut_both(self, node)

    def _settled(self, node: Node, form: Form) -> Form:
        """Let a node with a long form stand for itself."""
        length = sum(key.op != "parameter" for key in form)
        is_changing = rate_of(node) is Rate.NEURON_STEP and bool(node.depends & Depends.STATE)
        if length <= self._longest or not is_changing or node in self._in_branches:
            return form
        self.standing_alone[node] = form
        return {node: self.number(1.0)}

    def _sum(self, node: Node) -> Form:
        left, right = node.args
        return self.combined(self._forms[left], self._forms[right])

    def _difference(self, node: Node) -> Form:
        left, right = node.args
        return self.combined(self._forms[left], self._negated(self._forms[right]))

    def _negative(self, node: Node) -> Form:
        return self._negated(self._forms[node.args[0]])

    def _negated(self, form: Form) -> Form:
        return {key: self.made("neg", c) for key, c in form.items()}

    def _product(self, node: Node) -> Form:
        left, right = node.args
        if left == right:
            return self.scaled(self._forms[left], self.made("mul", self.number(2.0), left))
        return self.combined(
            self.scaled(self._forms[left], right), self.scaled(self._forms[right], left)
        )

    def _quotient(self, node: Node) -> Form:
        above, below = node.args
        one = self.number(1.0)
        inverse = node if _is(above, 1.0) else self.made("div", one, below)
        if self._forms[below] and _is_chosen(below):
            inverse = finite_at(self, below, 0.0, inverse)
            node = self.made("mul", above, inverse)
        # In this order: a divisor may be so large that the square of its inverse is zero.
        by_divisor = {
            key: self.made("neg", self.made("mul", self.made("mul", c, inverse), node))
            for key, c in self._forms[below].items()
        }
        return self.combined(self.scaled(self._forms[above], inverse), by_divisor)

    def _power(self, node: Node) -> Form:
        base, exponent = node.args
        by_base, by_exponent = slope_of_power(self, node)
        return self.combined(
            self.scaled(self._forms[base], by_base),
            {} if by_exponent is None else self.scaled(self._forms[exponent], by_exponent),
        )

    def _remainder(self, node: Node) -> Form:
        left, right = node.args
        if not self._forms[right]:
            return self._forms[left]
        whole = self.made("floordiv", left, right)
        return self.combined(
            self._forms[left], self._negated(self.scaled(self._forms[right], whole))
        )

    def _selection(self, node: Node) -> Form:
        condition, then, otherwise = node.args
        first, second = self._forms[then], self._forms[otherwise]
        zero = self.number(0.0)
        return {
            key: self.choice(condition, first.get(key, zero), second.get(key, zero))
            for key in {**first, **second}
        }

    def _call(self, node: Node) -> Form:
        if not any(self._forms[arg] for arg in node.args):
            return {}
        slope = slope_of(self, node)
        if slope is not None:
            return self.scaled(self._forms[node.args[0]], slope)
        total: Form = {}
        for number, arg in enumerate(node.args):
            if self._forms[arg]:
                part = self.scaled(self._forms[arg], self._by_differences(node, number))
                total = self.combined(total, part)
        return total

    def _by_differences(self, node: Node, number: int) -> Node:
        """Return the derivative of a function from outside by one of its arguments."""
        x = node.args[number]
        size = self.made("add", self.made("call", x, value="abs"), self.number(1e-100))
        step = self.made("mul", size, self.number(DIFFERENCE))
        points = [self.made(op, x, step) for op in ("add", "sub")]
        values = [
            self.made(
                "call",
                *(*node.args[:number], point, *node.args[number + 1 :]),
                value=str(node.value),
            )
            for point in points
        ]
        quotient = self.made("div", self.made("sub", *values), self.made("sub", *points))
        size = self.made("call", quotient, value="abs")
        is_finite = self.test("lt", size, self.number(math.inf))
        return self.choice(is_finite, quotient, self.number(0.0))


def _is_chosen(node: Node) -> bool:
    """Return whether a value may stay at a bound because it is clipped there."""
    while node.args and node.op in ("add", "sub", "mul", "neg", "select", "power", "call"):
        if node.op == "select":
            return True
        node = max(node.args, key=lambda arg: arg.depends)
    return False


def branches_of(nodes: Iterable[Node]) -> set[Node]:
    """Return everything that some selection may leave out."""
    branches = [arg for node in nodes if node.op == "select" for arg in node.args[1:]]
    return set(reachable(iter(branches)))


def _is(node: Node, value: float) -> bool:
    return node.is_constant and node.number_value == value

"""Compute at once what depends on constants only; leave out operations without effect.

References
----------
Muchnick (1997), Advanced Compiler Design and Implementation, section 12.1 (constant-expression
evaluation) and 12.3 (algebraic simplifications).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import final

import numpy as np

from brianfit.engines.fused.ir import Graph, Kind, Node
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.rewriting import rebuilt, rewrite

LARGEST_POWER = 16
"""Whole powers up to this one become products."""

_ARITHMETIC: dict[str, Callable[..., object]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.mod,
    "power": np.power,
    "neg": operator.neg,
    "lt": operator.lt,
    "le": operator.le,
    "eq": operator.eq,
    "ne": operator.ne,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}


def _int_32(x: float) -> float:
    return float(np.trunc(x)) if abs(x) < 2.0**31 else -(2.0**31)


_OF_NUMPY: dict[str, Callable[..., float]] = {
    name: getattr(np, name)
    for name in [
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "exp",
        "expm1",
        "log",
        "log10",
        "log1p",
        "sqrt",
        "ceil",
        "floor",
        "trunc",
    ]
}
_FUNCTIONS: dict[str, Callable[..., float]] = {**_OF_NUMPY, "abs": np.abs, "int_32": _int_32}


def fold_constants(program: LoopProgram) -> LoopProgram:
    """Return `program` with constant expressions computed and trivial operations removed."""
    folder = Folder(program.graph)

    def rule(node: Node, args: tuple[Node, ...]) -> Node:
        return folder.fold(rebuilt(program, node, args))

    return rewrite(program, rule)


@final
class Folder:
    """Simplifies one node whose arguments are simple already."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._rules: dict[str, Callable[[Node], Node]] = {
            "add": self._sum,
            "sub": self._difference,
            "mul": self._product,
            "div": self._quotient,
            "power": self._power,
            "neg": self._negative,
            "not": self._negation,
            "and": self._logical,
            "or": self._logical,
            "select": self._selection,
        }

    def fold(self, node: Node) -> Node:
        """Return an equal node that is simpler, or `node` itself."""
        if node.args and all(arg.is_constant for arg in node.args):
            value = _evaluate(node)
            if value is not None:
                return self._graph.constant(value, node.kind)
        rule = self._rules.get(node.op)
        return node if rule is None else rule(node)

    def _make(self, op: str, *args: Node, kind: Kind = Kind.FLOAT) -> Node:
        return self.fold(self._graph.make(op, *args, kind=kind))

    def _sum(self, node: Node) -> Node:
        left, right = node.args
        if _is(left, 0.0):
            return right
        return left if _is(right, 0.0) else node

    def _difference(self, node: Node) -> Node:
        left, right = node.args
        if _is(left, 0.0):
            return self._make("neg", right, kind=node.kind)
        return left if _is(right, 0.0) else node

    def _product(self, node: Node) -> Node:
        left, right = node.args
        for one, other in ((left, right), (right, left)):
            if _is(one, 1.0):
                return other
            if _is(one, -1.0):
                return self._make("neg", other, kind=node.kind)
        return node

    def _quotient(self, node: Node) -> Node:
        left, right = node.args
        if _is(right, 1.0):
            return left
        return node

    def _power(self, node: Node) -> Node:
        base, exponent = node.args
        if not exponent.is_constant:
            return node
        value = exponent.number_value
        if value == 0.0:
            return self._graph.constant(1.0, node.kind)
        if abs(value) == 0.5:
            found = self._graph.make("call", base, value="sqrt")
        elif value.is_integer() and abs(value) <= LARGEST_POWER:
            found = self._repeated(base, int(abs(value)), node.kind)
        else:
            return node
        return found if value > 0 else self._graph.make("div", self._graph.constant(1.0), found)

    def _repeated(self, base: Node, times: int, kind: Kind) -> Node:
        """Return ``base**times`` by repeated squaring."""
        if times == 1:
            return base
        half = self._repeated(base, times // 2, kind)
        square = self._graph.make("mul", half, half, kind=kind)
        return square if times % 2 == 0 else self._graph.make("mul", square, base, kind=kind)

    def _negative(self, node: Node) -> Node:
        return node.args[0].args[0] if node.args[0].op == "neg" else node

    def _negation(self, node: Node) -> Node:
        return node.args[0].args[0] if node.args[0].op == "not" else node

    def _logical(self, node: Node) -> Node:
        neutral = 1.0 if node.op == "and" else 0.0
        for one, other in (node.args, node.args[::-1]):
            if one.is_constant:
                return other if one.number_value == neutral else one
        return node.args[0] if node.args[0] == node.args[1] else node

    def _selection(self, node: Node) -> Node:
        condition, then, otherwise = node.args
        if condition.is_constant:
            return then if condition.number_value else otherwise
        if then == otherwise:
            return then
        if node.kind != Kind.BOOLEAN or not (then.is_constant or otherwise.is_constant):
            return node
        return self._boolean_selection(condition, then, otherwise)

    def _boolean_selection(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Write a selection of booleans, one of them constant, with 'and' and 'or'."""
        if then.is_constant:
            if then.number_value:
                return self._make("or", condition, otherwise, kind=Kind.BOOLEAN)
            opposite = self._make("not", condition, kind=Kind.BOOLEAN)
            return self._make("and", opposite, otherwise, kind=Kind.BOOLEAN)
        if not otherwise.number_value:
            return self._make("and", condition, then, kind=Kind.BOOLEAN)
        opposite = self._make("not", condition, kind=Kind.BOOLEAN)
        return self._make("or", opposite, then, kind=Kind.BOOLEAN)


def _is(node: Node, value: float) -> bool:
    return node.is_constant and node.number_value == value


def _evaluate(node: Node) -> float | None:
    """Return the value of an operation on constants; None if only the kernel can tell."""
    values = [np.float64(arg.number_value) for arg in node.args]
    with np.errstate(all="ignore"):
        if node.op in _ARITHMETIC:
            return float(_ARITHMETIC[node.op](*values))  # type: ignore[arg-type]
        if node.op == "call" and node.value in _FUNCTIONS:
            return float(_FUNCTIONS[str(node.value)](*values))
    if node.op == "select":
        return node.args[1 if values[0] else 2].number_value
    return None

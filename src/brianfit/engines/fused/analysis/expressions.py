"""One expression in Brian's language to a node of the loop language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import final

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines.fused.analysis.integers import Integers
from brianfit.engines.fused.ir import EXACT, EXACT_OPERATIONS, FUNCTIONS, Graph, Kind, Node

_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "power",
}
_COMPARISONS = {
    ast.Lt: ("lt", False),
    ast.LtE: ("le", False),
    ast.Gt: ("lt", True),
    ast.GtE: ("le", True),
    ast.Eq: ("eq", False),
    ast.NotEq: ("ne", False),
}
_ROUNDING = frozenset({"int", "int_", "ceil", "floor", "trunc", "sign"})
"""Functions with jumps, whose arguments must be rounded as in Brian."""

TIMESTEP_SHIFT = 1e-3
"""`timestep` of Brian adds this part of a step before it rounds down."""


@final
class ExpressionReader:
    """Turns expressions into nodes.

    Parameters
    ----------
    name_of
        Returns the node that a name stands for.
    call
        Returns the node of a call that this class does not know.
    parse
        Returns the tree of an expression.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        name_of: Callable[[str], Node],
        call: Callable[[str, Sequence[Node]], Node],
        parse: Callable[[str], ast.expr],
    ) -> None:
        self._graph = graph
        self._name_of = name_of
        self._call = call
        self._parse = parse
        self._integers = Integers(graph)
        self._is_exact = False

    def read(self, expression: str) -> Node:
        """Return the node of `expression`."""
        return self._read(self._parse(expression.strip()))

    def converted(self, node: Node, kind: Kind) -> Node:
        """Return `node` as it is stored in a variable of `kind`."""
        if kind == node.kind or (kind == Kind.FLOAT and node.kind == Kind.INTEGER):
            return node
        graph = self._graph
        if kind == Kind.BOOLEAN:
            return graph.make("ne", node, graph.constant(0.0), kind=Kind.BOOLEAN)
        if node.kind == Kind.BOOLEAN:
            return self._as_number(node)
        return self._integers.whole(node)

    @contextmanager
    def _exactly(self) -> Iterator[None]:
        """Keep operations as they are written: in what follows, rounding decides.

        ``int(t/dt)`` and ``t < 5*ms`` are as in Brian only if each operation is rounded as there.
        """
        before = self._is_exact
        self._is_exact = True
        try:
            yield
        finally:
            self._is_exact = before

    def _read_exactly(self, *trees: ast.expr) -> list[Node]:
        with self._exactly():
            return [self._read(tree) for tree in trees]

    def _read(self, tree: ast.expr) -> Node:
        match tree:
            case ast.Constant(value=value):
                found = self._constant(value)
            case ast.Name(id=name):
                found = self._name_of(name)
            case ast.BinOp(left=left, op=ast.FloorDiv() | ast.Mod() as op, right=right):
                found = self._binary(_BINARY[type(op)], *self._read_exactly(left, right))
            case ast.BinOp(left=left, op=op, right=right):
                found = self._binary(_BINARY[type(op)], self._read(left), self._read(right))
            case ast.UnaryOp(op=op, operand=operand):
                found = self._unary(op, self._read(operand))
            case ast.BoolOp(op=op, values=values):
                found = self._logical(op, [self._read(value) for value in values])
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                found = self._compare(op, *self._read_exactly(left, right))
            case ast.Call(func=ast.Name(id=name), args=args) if name in _ROUNDING:
                found = self._called(name, self._read_exactly(*args))
            case ast.Call(func=ast.Name(id=name), args=args):
                found = self._called(name, [self._read(arg) for arg in args])
            case _:
                raise UnsupportedByFusedEngine(
                    f"The fused engine cannot read the expression '{ast.unparse(tree)}'."
                )
        return found

    def _constant(self, value: object) -> Node:
        if isinstance(value, bool):
            return self._graph.constant(value, Kind.BOOLEAN)
        kind = Kind.INTEGER if isinstance(value, int) else Kind.FLOAT
        return self._graph.constant(float(value), kind)  # type: ignore[arg-type]

    def _as_number(self, node: Node) -> Node:
        """Return 1 or 0 for a boolean; other nodes as they are."""
        if node.kind != Kind.BOOLEAN:
            return node
        graph = self._graph
        if node.is_constant:
            return graph.constant(node.number_value, Kind.INTEGER)
        one, zero = graph.constant(1.0, Kind.INTEGER), graph.constant(0.0, Kind.INTEGER)
        return graph.make("select", node, one, zero, kind=Kind.INTEGER)

    def _as_condition(self, node: Node) -> Node:
        return self.converted(node, Kind.BOOLEAN)

    def _binary(self, op: str, left: Node, right: Node) -> Node:
        left, right = self._as_number(left), self._as_number(right)
        if left.kind == right.kind == Kind.INTEGER and op != "div":
            return self._integers.made(op, left, right)
        value = EXACT if self._is_exact and op in EXACT_OPERATIONS else None
        return self._graph.make(op, left, right, value=value)

    def _unary(self, op: ast.unaryop, operand: Node) -> Node:
        if isinstance(op, ast.Not):
            return self._graph.make("not", self._as_condition(operand), kind=Kind.BOOLEAN)
        operand = self._as_number(operand)
        if isinstance(op, ast.UAdd):
            return operand
        if operand.is_constant:
            return self._graph.constant(-operand.number_value, operand.kind)
        if operand.kind == Kind.INTEGER:
            return self._integers.made("sub", self._graph.constant(0.0, Kind.INTEGER), operand)
        return self._graph.make("neg", operand)

    def _logical(self, op: ast.boolop, values: list[Node]) -> Node:
        name = "and" if isinstance(op, ast.And) else "or"
        conditions = [self._as_condition(value) for value in values]
        return reduce(lambda a, b: self._graph.make(name, a, b, kind=Kind.BOOLEAN), conditions)

    def _compare(self, op: ast.cmpop, left: Node, right: Node) -> Node:
        name, is_swapped = _COMPARISONS[type(op)]
        left, right = self._as_number(left), self._as_number(right)
        if is_swapped:
            left, right = right, left
        return self._graph.make(name, left, right, kind=Kind.BOOLEAN)

    def _called(self, name: str, args: list[Node]) -> Node:
        if name in ("int", "int_"):  # SymPy does not print Brian's name
            return self.converted(self._as_number(args[0]), Kind.INTEGER)
        special: dict[str, Callable[..., Node]] = {
            "sign": self._sign,
            "clip": self._clip,
            "timestep": self._timestep,
        }
        numbers = [self._as_number(arg) for arg in args]
        if name in special:
            return special[name](*numbers)
        if name in FUNCTIONS:
            is_whole = name == "abs" and numbers[0].kind == Kind.INTEGER
            kind = Kind.INTEGER if is_whole else Kind.FLOAT
            return self._graph.make("call", *numbers, kind=kind, value=name)
        return self._call(name, numbers)

    def _sign(self, x: Node) -> Node:
        graph = self._graph
        zero, one, minus = (graph.constant(v, Kind.INTEGER) for v in (0.0, 1.0, -1.0))
        is_negative = graph.make("lt", x, zero, kind=Kind.BOOLEAN)
        is_positive = graph.make("lt", zero, x, kind=Kind.BOOLEAN)
        otherwise = graph.make("select", is_negative, minus, zero, kind=Kind.INTEGER)
        return graph.make("select", is_positive, one, otherwise, kind=Kind.INTEGER)

    def _clip(self, x: Node, low: Node, high: Node) -> Node:
        graph = self._graph
        is_low = graph.make("lt", x, low, kind=Kind.BOOLEAN)
        x = graph.make("select", is_low, low, x)
        is_high = graph.make("lt", high, x, kind=Kind.BOOLEAN)
        return graph.make("select", is_high, high, x)

    def _timestep(self, t: Node, dt: Node) -> Node:
        graph = self._graph
        shift = graph.make("mul", graph.constant(TIMESTEP_SHIFT), dt)
        steps = graph.make("div", graph.make("add", t, shift), dt)
        return graph.make("call", steps, kind=Kind.INTEGER, value="trunc")

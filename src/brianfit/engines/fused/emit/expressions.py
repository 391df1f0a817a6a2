"""Nodes to Python expressions and assignments."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import final

from brianfit.engines.fused.emit.imports import SINGLE
from brianfit.engines.fused.emit.times import Times
from brianfit.engines.fused.ir import EXACT, Graph, Kind, Node
from brianfit.engines.fused.loop_program import LoopProgram

WIDEST = 80
"""Expressions longer than this are given a name and a line of their own."""

_INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "le": "<=",
    "eq": "==",
    "ne": "!=",
    "and": "&",
    "or": "|",
}
_COMPARISONS = frozenset({"lt", "le", "eq", "ne"})
_CHAINS = {("add", "add"), ("mul", "mul"), ("add", "sub"), ("sub", "add"), ("sub", "sub")}
"""(outer, left argument) of which the inner one needs no parentheses."""

_LEAVES = {
    "time": "t",
    "step": "float(step)",
    "trace": "float(trace)",
    "index": "i",
    "size": "N",
    "iteration": "iteration",
}


@final
class Identifiers:
    """Gives everything in a kernel a name of its own, as close to the model's as possible."""

    def __init__(self, graph: Graph, reserved: Iterable[str]) -> None:
        self._graph = graph
        self._taken = set(reserved)
        self._of_nodes: dict[Node, str] = {}
        self._assigned: set[Node] = set()

    def fresh(self, node: Node) -> str:
        """Return a name for a node's value that is not yet assigned anywhere else.

        A name that is assigned in many loops costs Numba time that grows with their number.
        """
        if node not in self._assigned:
            self._assigned.add(node)
            return self.of(node)
        return self.unique(self.of(node))

    def of(self, node: Node) -> str:
        """Return the name of a node's value."""
        if node not in self._of_nodes:
            self._of_nodes[node] = self.unique(self._wanted(node))
        return self._of_nodes[node]

    def unique(self, wanted: str) -> str:
        """Return `wanted`, or `wanted` with a number if it is taken."""
        base = re.sub(r"\W", "_", wanted)
        if keyword.iskeyword(base):
            base += "_"
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name

    def _wanted(self, node: Node) -> str:
        if node.op in ("state", "parameter"):
            return str(node.value)
        if node.op in _LEAVES:
            return {"step": "step_number", "trace": "trace_number"}.get(node.op, _LEAVES[node.op])
        name = self._graph.names.get(node)
        if name is not None:
            return name
        if node.op in ("call", "lookup"):
            return str(node.value).removesuffix("_values") + "_x"
        if node.op == "row":
            return str(node.value).removesuffix("_values") + "_row"
        return {"noise": "noise", "div": "ratio", "mul": "product", "add": "sum_"}.get(
            node.op, "value"
        )


@final
class ExpressionWriter:
    """Writes nodes as expressions of names that are already assigned.

    Parameters
    ----------
    is_single
        Whether it writes what is computed in float32. Times stay float64 until their difference
        is taken.
    """

    def __init__(
        self,
        program: LoopProgram,
        draw: Callable[[Node, list[str]], str],
        *,
        is_single: bool = False,
    ) -> None:
        self._is_single = is_single
        self._times = Times(program)
        self._dt = program.dt
        self._tables = {table.name: table for table in program.tables}
        self._functions = program.functions
        self._draw = draw
        self._rules: dict[str, Callable[[Node, list[str]], str]] = {
            "neg": self._prefixed,
            "not": self._prefixed,
            "select": self._selection,
            "limited": self._limited,
            "call": self._called,
            "noise": self._drawn,
            "row": self._row,
            "lookup": self._looked_up,
            "floordiv": self._divided,
            "mod": self._divided,
            "power": self._divided,
        }

    def literal(self, node: Node) -> str:
        """Return a constant."""
        value = node.number_value
        if node.kind == Kind.BOOLEAN:
            return str(bool(value))
        if math.isnan(value):
            return self._in_precision("NAN")
        if math.isinf(value):
            return self._in_precision("INFINITY" if value > 0 else "-INFINITY")
        return self._in_precision(repr(value))

    def number(self, node: Node, text: str) -> str:
        """Return a value as it is stored: booleans as 1 and 0."""
        if node.kind != Kind.BOOLEAN:
            return text
        one, zero = self._in_precision("1.0"), self._in_precision("0.0")
        if node.is_constant:
            return one if node.number_value else zero
        return f"select({text}, {one}, {zero})"

    def _in_precision(self, text: str) -> str:
        return f"f32({text})" if self._is_single else text

    def expression(self, node: Node, names: Mapping[Node, str]) -> str:
        """Return `node`, written with `names` where they are known."""
        if node in names:
            return names[node]
        if node.is_constant:
            return self.literal(node)
        if node.op in _LEAVES:
            return _LEAVES[node.op]
        args = self._texts(node, names)
        if node.value == EXACT:
            return self._exactly(node, args)
        if node.op in _INFIX:
            return self._infix(node, args, names)
        return self._rules[node.op](node, args)

    def _texts(self, node: Node, names: Mapping[Node, str]) -> list[str]:
        """Return the arguments; beside what is kept in float64, constants are so as well."""
        compared = node.args if node.op in _COMPARISONS else ()
        is_wide = self._is_single and any(map(self._times.include, (node, *compared)))
        return [
            repr(arg.number_value)
            if is_wide
            and arg.is_constant
            and math.isfinite(arg.number_value)
            and arg.kind != Kind.BOOLEAN
            else self.expression(arg, names)
            for arg in node.args
        ]

    def _exactly(self, node: Node, args: list[str]) -> str:
        if self._is_single:
            args = [f"float({arg})" for arg in args]
        return f"exact_{node.op}({', '.join(args)})"

    def _prefixed(self, node: Node, args: list[str]) -> str:
        operand = self._enclosed(node.args[0], args[0])
        return f"-{operand}" if node.op == "neg" else f"(not {operand})"

    def _selection(self, node: Node, args: list[str]) -> str:
        condition, *branches = args
        if self._is_single and node.kind != Kind.BOOLEAN and not self._times.include(node):
            branches = [self._in_precision(branch) for branch in branches]
        return f"select({', '.join([condition, *branches])})"

    def _limited(self, node: Node, args: list[str]) -> str:
        value, limit, *argument = args
        text = f"select({limit} < {value}, {limit}, {value})"
        if not argument:
            return text
        zero, one = self._in_precision("0.0"), self._in_precision("1.0")
        return f"select({argument[0]} == {zero}, {one}, {text})"

    def _called(self, node: Node, args: list[str]) -> str:
        function = self._function(str(node.value))
        if not self._is_single or self._times.include(node):
            return f"{function}({', '.join(args)})"
        if node.value in self._functions:
            return f"f32({function}({', '.join(args)}))"
        return f"{function}({', '.join(f'f32({arg})' for arg in args)})"

    def _drawn(self, node: Node, args: list[str]) -> str:
        return self._in_precision(self._draw(node, args))

    def _looked_up(self, node: Node, args: list[str]) -> str:
        row, column = args
        return self._in_precision(f"{node.value}[int({column}), int({row})]")

    def _divided(self, node: Node, args: list[str]) -> str:
        name = {"floordiv": "floor_division", "mod": "modulo", "power": "power"}[node.op]
        if self._is_single and not self._times.include(node):
            return f"{SINGLE[name]}({', '.join(f'f32({arg})' for arg in args)})"
        if self._is_single:
            args = [f"float({arg})" for arg in args]
        return f"{name}({', '.join(args)})"

    def _infix(self, node: Node, args: list[str], names: Mapping[Node, str]) -> str:
        left, right = node.args
        text_left, text_right = args
        if left not in names and (node.op, left.op) not in _CHAINS:
            text_left = self._enclosed(left, text_left)
        binds_tighter = node.op in ("add", "sub") and left.op in ("mul", "div")
        if binds_tighter and left not in names:
            text_left = text_left.removeprefix("(").removesuffix(")")
        if right not in names:
            text_right = self._enclosed(right, text_right)
        if node.op in ("add", "sub") and right.op in ("mul", "div") and right not in names:
            text_right = text_right.removeprefix("(").removesuffix(")")
        return f"{text_left} {_INFIX[node.op]} {text_right}"

    def _enclosed(self, node: Node, text: str) -> str:
        calls = ("call", "select", "limited", "noise")
        is_simple = re.fullmatch(r"[\w.]+", text) or node.op in calls
        is_simple = is_simple or node.op in ("power", "mod", "floordiv", "lookup", "row")
        is_simple = is_simple or node.value == EXACT
        return text if is_simple else f"({text})"

    def _function(self, name: str) -> str:
        if name in self._functions:
            return f"user_{name}"
        if self._is_single and name in SINGLE:
            return SINGLE[name]
        return {"abs": "absolute", "exp": "exp_short", "sqrt": "square_root"}.get(name, name)

    def _row(self, node: Node, args: list[str]) -> str:
        table = self._tables[str(node.value)]
        rows = f"{table.name}.shape[1]"
        if node.args[0].op == "time" and table.dt == self._dt:
            return f"min(step, {rows} - 1)"
        upsampling = max(int(2 ** math.ceil(math.log2(8 / self._dt * table.dt))), 1)
        return f"timed_row({args[0]}, {table.dt / upsampling!r}, {upsampling!r}, {rows})"


def assignments(
    writer: ExpressionWriter,
    identifiers: Identifiers,
    nodes: Iterable[Node],
    *,
    names: dict[Node, str],
    kept: Iterable[Node],
) -> list[str]:
    """Return the lines that compute `nodes`, and add what they assign to `names`.

    Parameters
    ----------
    nodes
        Arguments before their users.
    kept
        What needs a name, because it is used elsewhere.
    """
    nodes = list(nodes)
    wanted = set(kept)
    uses: dict[Node, int] = {}
    for node in nodes:
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    lines = []
    for node in nodes:
        text = writer.expression(node, names)
        is_needed = uses.get(node, 0) > 1 or node in wanted or node.op in ("call", "noise")
        if (is_needed or len(text) > WIDEST) and node not in names:
            name = identifiers.fresh(node)
            lines.append(f"{name} = {text}")
            names[node] = name
    return lines


def needed(targets: Iterable[Node], known: Iterable[Node]) -> list[Node]:
    """Return what has to be computed for `targets` where `known` has a name already."""
    stop = set(known)
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        stack = [(node, False)]
        while stack:
            current, is_done = stack.pop()
            if current in stop or current in found or current.is_constant:
                continue
            if is_done or not current.args:
                if current.args or current.op not in _LEAVES:
                    found[current] = None
                continue
            stack.append((current, True))
            stack.extend((arg, False) for arg in current.args)

    for target in targets:
        visit(target)
    return list(found)


__all__ = ["ExpressionWriter", "Identifiers", "assignments", "needed"]

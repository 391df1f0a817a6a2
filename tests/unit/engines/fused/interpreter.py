"""Programs of the loop language, computed in Python: what passes do, without a compiler."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from brianfit.engines.fused.analysis.expressions import ExpressionReader
from brianfit.engines.fused.ir import Depends, Graph, Kind, Node, reachable
from brianfit.engines.fused.loop_program import LoopProgram, Wanted

OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.true_divide,
    "power": np.power,
    "floordiv": np.floor_divide,
    "mod": np.mod,
    "neg": np.negative,
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "select": np.where,
}


def euler_program(right_side: str, directions: tuple[str, ...] = ()) -> LoopProgram:
    """Return what a step of Euler's method does; read without Brian, which would take longest."""
    graph = Graph()
    leaves = {name: graph.leaf("state", name, Kind.FLOAT, Depends.STATE) for name in "xy"}
    leaves |= {name: graph.leaf("parameter", name, Kind.FLOAT, Depends.SAMPLE) for name in "pq"}
    leaves["t"] = graph.leaf("time", None, Kind.FLOAT, Depends.STEP)
    reader = ExpressionReader(
        graph, name_of=lambda name: leaves[name], call=_no_call, parse=_parsed
    )
    drift = {"x": reader.read(right_side), "y": reader.read("-y")}
    zero = graph.constant(0.0)
    return LoopProgram(
        graph=graph,
        columns=("p", "q"),
        tables=(),
        functions={},
        states=dict.fromkeys("xy", Kind.FLOAT),
        initial=dict.fromkeys("xy", zero),
        recorded={},
        sums={},
        final={name: leaves[name] for name in "xy"},
        update={
            name: reader.read(f"{name} + 0.01*({s})")
            for name, s in (("x", right_side), ("y", "-y"))
        },
        events=(),
        record_spikes=False,
        dt=0.01,
        wanted=None
        if not directions
        else Wanted(
            directions=directions,
            residuals={},
            outputs={"x": leaves["x"]},
            drift=drift,
            crossings={},
            refractory=None,
            is_stochastic=False,
        ),
    )


def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def _no_call(name: str, args: Sequence[Node]) -> Node:
    raise AssertionError(name)


def computed(
    nodes: Iterable[Node], leaves: Mapping[str, Any], dtype: type[np.floating] = np.float64
) -> dict[Node, Any]:
    """Return the value of every node that `nodes` need.

    Parameters
    ----------
    leaves
        Values of states and parameters by name, and of ``t``.
    """
    values: dict[Node, Any] = {}
    with np.errstate(all="ignore"):
        for node in reachable(iter(nodes)):
            args = [values[arg] for arg in node.args]
            values[node] = _value(node, args, leaves, dtype)
    return values


def _value(node: Node, args: list[Any], leaves: Mapping[str, Any], dtype: Any) -> Any:
    if node.op == "constant":
        return dtype(node.number_value)
    if node.op in ("state", "parameter"):
        return np.asarray(leaves[str(node.value)], dtype)
    if node.op == "time":
        return np.asarray(leaves["t"], dtype)
    if node.op == "call":
        return getattr(np, str(node.value))(args[0])
    if node.op == "limited":
        value = np.where(args[1] < args[0], args[1], args[0])
        return value if len(args) == 2 else np.where(args[2] == 0, dtype(1), value)
    return OPERATIONS[node.op](*args)

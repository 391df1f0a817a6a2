"""Which values are times, and so too large for float32 to tell the steps of a run apart."""

from __future__ import annotations

from typing import final

from brianfit.engines.fused.ir import Kind, Node

_CARRYING = frozenset({"add", "sub", "mul", "div", "neg"})
_ROUNDING = frozenset({"trunc", "floor", "ceil", "abs"})


@final
class Times:
    """Tells times from other values; remembers what it was asked.

    Nodes share their arguments, so that without memory the ways through a graph to be followed
    would be many more than its nodes: with derivatives of Runge-Kutta methods, a million times.
    """

    def __init__(self) -> None:
        self._known: dict[Node, bool] = {}

    def include(self, node: Node) -> bool:
        """Return whether a value is a time, or has its size."""
        if node not in self._known:
            self._known[node] = self._find(node)
        return self._known[node]

    def _find(self, node: Node) -> bool:
        if node.op == "time" or (node.op == "state" and node.value == "lastspike"):
            return True
        if node.op == "select":
            return node.kind != Kind.BOOLEAN and all(self.include(arg) for arg in node.args[1:])
        if node.op == "call":
            return node.value in _ROUNDING and self.include(node.args[0])
        return node.op in _CARRYING and any(self.include(arg) for arg in node.args)

"""Which values float32 would spoil: times, integers, and what must be rounded as in Brian.

A time is too large for float32 to tell the steps of a run apart.
"""

from __future__ import annotations

from typing import final

from brianfit.engines.fused.ir import EXACT, Kind, Node, reachable
from brianfit.engines.fused.loop_program import LoopProgram

_CARRYING = frozenset({"add", "sub", "mul", "div", "neg", "floordiv", "mod"})
_ROUNDING = frozenset({"trunc", "floor", "ceil", "abs", "int_32"})
_COMPARISONS = frozenset({"lt", "le", "eq", "ne"})
_OF_32_BITS = frozenset({"wrap_32", "product_32"})


@final
class Times:
    """Tells such values from others; remembers what it was asked.

    Nodes share their arguments, so that without memory the ways through a graph to be followed
    would be many more than its nodes: with derivatives of Runge-Kutta methods, a million times.
    """

    def __init__(self, program: LoopProgram) -> None:
        self._known: dict[Node, bool] = {}
        for node in reachable(program.roots()):
            is_decided = node.op in _COMPARISONS and any(map(self.include, node.args))
            if is_decided or node.value == EXACT:
                self._known.update({arg: True for arg in node.args if arg.op == "parameter"})

    def include(self, node: Node) -> bool:
        """Return whether a value must be kept in float64."""
        if node not in self._known:
            self._known[node] = self._find(node)
        return self._known[node]

    def _find(self, node: Node) -> bool:
        if node.op == "time" or (node.op == "state" and node.value == "lastspike"):
            return True
        if node.op == "select":
            return node.kind != Kind.BOOLEAN and all(self.include(arg) for arg in node.args[1:])
        if node.op == "call":
            if node.value in _OF_32_BITS:
                return True
            return node.value in _ROUNDING and self.include(node.args[0])
        if node.value == EXACT or (node.op in ("state", "parameter") and node.kind == Kind.INTEGER):
            return True
        return node.op in _CARRYING and any(self.include(arg) for arg in node.args)

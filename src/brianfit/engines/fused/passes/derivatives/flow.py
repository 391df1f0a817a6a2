"""How fast states move at a time, in the scheme that is simulated.

When a trajectory is shifted in time by a little, its states change by their time derivatives. These
shifts are carried from step to step as tangents are, with the same local derivatives; what inputs
change between two steps is added, and after an event they begin anew with the equations. The
quotient of a tangent and such a shift, by which a spike moves, then stays what it is where the
steps are too long for the upstroke of a spike: both grow by the same factor. The right-hand side
of the equations would not, for it is not what a coarse step follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from brianfit.engines.fused.ir import Depends, Kind, Node, reachable
from brianfit.engines.fused.loop_program import LoopProgram, Wanted
from brianfit.engines.fused.passes.derivatives.differentials import Differentials
from brianfit.engines.fused.passes.derivatives.valuation import Valuation
from brianfit.engines.fused.passes.rewriting import rebuilt

SHIFT = "d{}/d time"
"""Name of the state that keeps the shift of a state; no direction has a name with a blank."""


@final
class Flow:
    """Writes shifts of states in time.

    Where the equations have noise, whose shifts say little, the time derivatives without it take
    their place.

    Attributes
    ----------
    at_start, at_end
        From a form to its time derivative, at the start of a step, and after the state update.
    """

    def __init__(self, program: LoopProgram, wanted: Wanted, make: Differentials) -> None:
        self._program = program
        self._make = make
        self._time = program.graph.leaf("time", None, Kind.FLOAT, Depends.STEP)
        self.drift = {name: node for name, node in wanted.drift.items() if name in program.states}
        self.is_carried = not wanted.is_stochastic
        self._carried = _carried(program, self.drift) if self.is_carried else frozenset[str]()
        self._changes: dict[Node, Node | None] = {}
        self.at_start = Valuation(make, self._of_start)
        self.at_end = Valuation(make, self._of_end)

    def states(self) -> dict[str, Kind]:
        """Return the states that are added."""
        return {SHIFT.format(name): Kind.FLOAT for name in sorted(self._carried)}

    def initial(self) -> dict[str, Node]:
        """Return their values when a run begins: the time derivatives by the equations."""
        first: dict[Node, Node] = {self._time: self._make.number(0.0)}
        for name, node in self._program.initial.items():
            first[self._program.state_leaf(name)] = node
        zero = self._make.number(0.0)
        return {
            SHIFT.format(name): self.replaced(self.drift.get(name, zero), first)
            for name in sorted(self._carried)
        }

    def update(self) -> dict[str, Node]:
        """Return their values after a step."""
        valuation = Valuation(self._make, self._in_update)
        forms = {
            SHIFT.format(name): self._make.form(self._program.update[name])
            for name in sorted(self._carried & self._program.update.keys())
        }
        return {name: valuation.number(form, 0) for name, form in forms.items()}

    def restarted(self, name: str, drift: Node) -> dict[str, Node]:
        """Return what an event does to the shift of a state whose time derivative it changes."""
        return {SHIFT.format(name): drift} if self.is_carried else {}

    def replaced(self, node: Node, values: Mapping[Node, Node]) -> Node:
        """Return `node` with other nodes for some leaves; itself if it reads none of them."""
        found: dict[Node, Node] = {}
        for part in reachable(iter([node])):
            if part in values:
                found[part] = values[part]
            else:
                args = tuple(found[arg] for arg in part.args)
                found[part] = self._make.folded(rebuilt(self._program, part, args))
        return found[node]

    # --- what stands for a leaf ----------------------------------------------------------------

    def _of_start(self, key: Node, _direction: int) -> Node | None:
        return self._make.number(1.0) if key.op == "time" else self._start(key)

    def _of_end(self, key: Node, _direction: int) -> Node | None:
        if key.op == "time":
            return self._make.number(1.0)
        return self._shift(key) if self.is_carried else self._drift_of(key)

    def _in_update(self, key: Node, _direction: int) -> Node | None:
        """Return the shift of a leaf; that of explicit time is among the changes of the drift."""
        return self._start(key)

    def _start(self, key: Node) -> Node | None:
        """Return the shift of a state when a step begins, with the inputs of the step."""
        if not self.is_carried:
            return self._drift_of(key)
        shift = self._shift(key)
        drift = self._drift_of(key)
        change = None if drift is None else self._change(drift)
        if shift is None or change is None:
            return shift
        return self._make.made("add", shift, change)

    def _shift(self, key: Node) -> Node | None:
        if key.op != "state" or key.value not in self._carried:
            return None
        name = SHIFT.format(key.value)
        return self._program.graph.leaf("state", name, Kind.FLOAT, Depends.STATE)

    def _drift_of(self, key: Node) -> Node | None:
        return self.drift.get(str(key.value)) if key.op == "state" else None

    # --- what inputs change --------------------------------------------------------------------

    def _change(self, node: Node) -> Node | None:
        """Return by how much the time since the last step changes `node`; None for nothing."""
        if node not in self._changes:
            is_timed = any(part.op in ("time", "step") for part in reachable(iter([node])))
            self._changes[node] = self._found_change(node) if is_timed else None
        return self._changes[node]

    def _found_change(self, node: Node) -> Node:
        """Follow sums and products with what does not change, which cost little."""
        make = self._make
        changes = [self._change(arg) for arg in node.args]
        kept = [arg for arg, change in zip(node.args, changes, strict=True) if change is None]
        moved = [change for change in changes if change is not None]
        if node.op in ("add", "sub", "neg"):
            parts = [make.number(0.0) if change is None else change for change in changes]
            return make.made(node.op, *parts)
        if node.op == "mul" and len(moved) == 1:
            return make.made("mul", *kept, *moved)
        if node.op == "div" and changes[1] is None:
            return make.made("div", *moved, *kept)
        if node.op == "select" and changes[0] is None:
            parts = [make.number(0.0) if change is None else change for change in changes[1:]]
            return make.choice(node.args[0], *parts)
        return make.made("sub", node, self.replaced(node, self._before))

    @property
    def _before(self) -> dict[Node, Node]:
        """The time of the last step in the place of the time; at the first step the same."""
        make, dt = self._make, self._program.dt
        is_first = make.test("lt", self._time, make.number(dt / 2))
        earlier = make.made("sub", self._time, make.number(dt))
        return {self._time: make.choice(is_first, self._time, earlier)}


def _carried(program: LoopProgram, drift: Mapping[str, Node]) -> frozenset[str]:
    """Return the states of which shifts are kept."""
    return frozenset(
        name
        for name, kind in program.states.items()
        if kind == Kind.FLOAT and (name in drift or name in program.update)
    )

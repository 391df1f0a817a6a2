"""What events do to derivatives.

A kernel notes events at the ends of steps, but derivatives follow the solution in continuous
time. There an event takes place at the time t* at which a condition g becomes positive, and t*
moves with the parameters: ``dt* = -dg/(time derivative of g)``. With f- and f+ the time derivatives
of the states just before and after, and R the effects of the event, the derivatives d of the
states become

    d+ = R'(d- + f- dt*) - f+ dt*

The same holds at the end of refractoriness, where only f changes.

t* is found by linear interpolation of g within the step, and so is the quotient that gives dt*,
which changes much less within a step than what it is the quotient of. All else is evaluated at the
end of the step, where the kernel applies R. Time derivatives before the event, in f- as in the
quotient, are those of the simulated scheme (`flow`): close to a spike a step may be too long for
the equations, but tangents and shifts in time go the same way. Those after it are the equations'.

A condition that was true before the step did not become true by itself: a spike then comes from
the end of refractoriness, or does not move.

References
----------
Aizerman and Gantmakher (1958), Determination of stability by linear approximation of a periodic
solution of a system of differential equations with discontinuous right-hand sides. Quarterly
Journal of Mechanics and Applied Mathematics 11(4), 385-398, doi 10.1093/qjmam/11.4.385.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import final

from brianfit.engines.fused.ir import Kind, Node, reachable
from brianfit.engines.fused.loop_program import Event, LoopProgram, Wanted
from brianfit.engines.fused.passes.derivatives.crossings import (
    FREE,
    Crossing,
    Crossings,
    Memory,
    Tangents,
)
from brianfit.engines.fused.passes.derivatives.differentials import Differentials, Form
from brianfit.engines.fused.passes.derivatives.flow import Flow


@final
class Saltation:
    """Writes the effects of events on tangents.

    Attributes
    ----------
    flow, memory
        The states that it adds.
    """

    def __init__(self, program: LoopProgram, wanted: Wanted, differentials: Differentials) -> None:
        self._program = program
        self._wanted = wanted
        self._make = differentials
        self.flow = Flow(program, wanted, differentials)
        self._drift = self.flow.drift
        self.memory = Memory(program)

    # --- what depends on what ----------------------------------------------------------------

    def forms_of(self, state: str) -> list[Form]:
        """Return forms of all that events bring into the derivative of a state."""
        found: list[Form] = []
        for event in self._program.events:
            if state in event.effects:
                found.append(self._make.form(event.effects[state]))
            if state in event.effects or self._is_kicked(state, frozenset(event.effects)):
                found += self._forms_of_condition(self._wanted.crossings[event.name])
        if self._is_freed() and self._is_kicked(state, frozenset(["not_refractory"])):
            found += self._forms_of_freedom()
        return found

    def _forms_of_condition(self, condition: Node) -> list[Form]:
        return [*map(self._make.form, _compared(condition)), *self._forms_of_freedom()]

    def _forms_of_freedom(self) -> list[Form]:
        refractory = self._wanted.refractory
        if refractory is None or "lastspike" not in self._program.states:
            return []
        nodes = [self._program.state_leaf("lastspike"), refractory, *_compared(refractory)]
        return [self._make.form(node) for node in nodes]

    def _is_kicked(self, state: str, changed: frozenset[str]) -> bool:
        """Return whether the time derivative of a state reads what an event changes."""
        if state not in self._drift:
            return False
        read = reachable(iter([self._drift[state]]))
        return any(node.op == "state" and node.value in changed for node in read)

    def _is_freed(self) -> bool:
        return self._wanted.refractory is not None and "not_refractory" in self._program.update

    # --- events ------------------------------------------------------------------------------

    def events(self, tangents: Tangents) -> tuple[Event, ...]:
        """Return the events with what they do to tangents."""
        crossings = Crossings(self._program, self._wanted, tangents, self.flow, self.memory)
        found = [self._freed(crossings, tangents)] if self._is_freed() else []
        return (
            *found,
            *(self._extended(event, crossings, tangents) for event in self._program.events),
        )

    def _extended(self, event: Event, crossings: Crossings, tangents: Tangents) -> Event:
        crossing = crossings.of(event.name, self._wanted.crossings[event.name])
        effects = self._effects(event.effects, crossing, tangents)
        marks: tuple[Node, ...] = ()
        if event.name == "spike" and self._program.record_spikes:
            zero = self._make.number(0.0)
            is_early = self._make.test("lt", crossing.place, zero)
            marks = (self._make.choice(is_early, zero, crossing.place), *crossing.shifts)
        return replace(event, effects={**event.effects, **effects}, marks=marks)

    def _freed(self, crossings: Crossings, tangents: Tangents) -> Event:
        """Return the event that refractoriness ends, which changes nothing but derivatives."""
        was_free = self._program.state_leaf("not_refractory")
        is_free = self._program.update["not_refractory"]
        condition = self._make.test("and", self._make.test("not", was_free), is_free)
        crossing = crossings.freedom(FREE)
        no = self._program.graph.constant(False, Kind.BOOLEAN)
        effects: dict[str, Node] = {}
        for state, after in self._drift.items():
            before = self._with(after, {"not_refractory": no})
            form = {self._program.state_leaf(state): self._make.number(1.0)}
            if before is after:
                continue
            jump = self._difference(self.flow.at_end.value(form, 0), after)
            effects.update(self._moved(state, form, jump, crossing=crossing, tangents=tangents))
            effects.update(self.flow.restarted(state, after))
        return Event(name=FREE, condition=condition, effects=effects)

    def _effects(
        self, effects: Mapping[str, Node], crossing: Crossing, tangents: Tangents
    ) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for state, kind in self._program.states.items():
            if kind != Kind.FLOAT:
                continue
            drift = self._drift.get(state)
            after = None if drift is None else self._with(drift, effects)
            form: Form = {self._program.state_leaf(state): self._make.number(1.0)}
            if state in effects:
                form = self._make.form(effects[state])
            elif after is drift:
                continue
            jump = self._difference(self.flow.at_end.value(form, 0), after)
            found.update(self._moved(state, form, jump, crossing=crossing, tangents=tangents))
            if after is not None and after is not drift:
                found.update(self.flow.restarted(state, after))
        return found

    def _moved(
        self,
        state: str,
        form: Form,
        jump: Node | None,
        *,
        crossing: Crossing,
        tangents: Tangents,
    ) -> dict[str, Node]:
        """Return the new tangents of a state: those behind `form`, plus `jump` times dt*."""
        found = {}
        leaf = self._program.state_leaf(state)
        for direction, shift in enumerate(crossing.shifts):
            if tangents.leaf(leaf, direction) is None:
                continue
            new = tangents.values.number(form, direction)
            if jump is not None:
                new = self._make.made("add", new, self._make.made("mul", jump, shift))
            found[tangents.name(state, direction)] = new
        return found

    def _difference(self, before: Node | None, after: Node | None) -> Node | None:
        if before is after or after is None:
            return before if after is None else None
        return (
            self._make.made("neg", after)
            if before is None
            else self._make.made("sub", before, after)
        )

    def _with(self, node: Node, values: Mapping[str, Node]) -> Node:
        """Return `node` with other values of states; itself if it reads none of them."""
        leaves = {self._program.state_leaf(name): value for name, value in values.items()}
        return self.flow.replaced(node, leaves)


def _compared(condition: Node) -> list[Node]:
    """Return what is compared in a condition."""
    return [
        arg for node in reachable(iter([condition])) if node.op in ("lt", "le") for arg in node.args
    ]

"""Append derivatives in all directions at once: one direction stands for all.

Tangents differ between directions only where a parameter itself is differentiated. Those terms are
added to the tangents at the end of a step or, where they stand inside of what is computed by
direction, are put into slots: states that hold one value per direction. All else is written once,
so that the length of a kernel does not grow with the number of directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import final

from brianfit.engines.fused.directions import EVERY, depending, is_by_direction
from brianfit.engines.fused.ir import Depends, Kind, Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import ByDirection, Event, LoopProgram, Together, Wanted
from brianfit.engines.fused.passes.derivatives.activity import active_tangents
from brianfit.engines.fused.passes.derivatives.crossings import Tangents
from brianfit.engines.fused.passes.derivatives.differentials import Differentials, Form
from brianfit.engines.fused.passes.derivatives.saltation import Saltation
from brianfit.engines.fused.passes.derivatives.valuation import Valuation
from brianfit.engines.fused.passes.liveness import remove_dead
from brianfit.engines.fused.passes.number_range import NumberRange

FEWEST = 3
"""With fewer directions each is written by itself."""

LENGTHS = (1, 2, 4, 8)
"""Lengths of forms that are tried; which is the best depends on how the equations are coupled."""

LONGEST = 60
"""So many nodes of the coefficients are computed in one loop."""

LONGEST_BY_DIRECTION = 100
"""So many nodes are computed in one loop over directions."""


def add_together(program: LoopProgram, number_range: NumberRange) -> LoopProgram | None:
    """Return `program` with derivatives; None where each direction is better written by itself.

    That is so with few directions, and where some states do not depend on all parameters.
    """
    wanted = program.wanted
    if wanted is None or len(wanted.directions) < FEWEST:
        return None
    lengths = {len(wanted.directions), *LENGTHS}
    extensions = (_Extension(program, wanted, n, number_range) for n in sorted(lengths))
    found = [extension.program() for extension in extensions if extension.is_complete]
    if not found:
        return None
    extended = min(found, key=lambda candidate: _cost(candidate, len(wanted.directions)))
    return _Groups(extended, program).grouped()


def _cost(program: LoopProgram, n_directions: int) -> int:
    nodes = reachable(program.step_roots())
    return len(nodes) + (n_directions - 1) * len(depending(nodes))


@final
class _Extension:
    """Makes the additional states, slots and effects."""

    def __init__(
        self, program: LoopProgram, wanted: Wanted, longest: int, number_range: NumberRange
    ) -> None:
        self._program = program
        self._directions = wanted.directions
        self._wanted = replace(wanted, directions=(EVERY,))
        self._differentials = Differentials(
            program.graph, wanted.directions, longest, number_range.largest_slope
        )
        self._saltation = Saltation(program, self._wanted, self._differentials)
        self._values = Valuation(self._differentials, self._leaf, self._slot)
        self._slots: dict[str, dict[int, Node]] = {}
        self._names: dict[tuple[tuple[str, int], ...], str] = {}
        self._active = active_tangents(
            program, self._directions, self._differentials, self._saltation
        )
        self._states = sorted({state for state, _ in self._active})

    @property
    def is_complete(self) -> bool:
        """Whether every state that depends on a parameter depends on all."""
        return len(self._active) == len(self._states) * len(self._directions)

    def program(self) -> LoopProgram:
        """Return the program with tangents."""
        program, memory, flow = self._program, self._saltation.memory, self._saltation.flow
        update = {
            name: self._values.number(_without_parameters(form), 0)
            for name, form in self._updates.items()
        }
        products = {name: (r, self._slope(r)) for name, r in self._wanted.residuals.items()}
        slopes = {name: self._slope(node) for name, node in self._wanted.outputs.items()}
        in_step = set(self._slots)  # those that only events read need not be filled in every step
        events = self._events()
        kept = reachable(iter(memory.update.values()))
        in_step |= {str(node.value) for node in kept if node.op == "state"}
        together = Together(
            number=len(self._directions),
            starts=self._starts(),
            slots={name: values for name, values in self._slots.items() if name in in_step},
            event_slots={n: values for n, values in self._slots.items() if n not in in_step},
            added={name: self._by_direction(form) for name, form in self._updates.items()},
            products=products,
            slopes=slopes,
        )
        new = [*(self._name(state, 0) for state in self._states), *self._slots]
        zeros = dict.fromkeys(new, self._differentials.number(0.0))
        floats = dict.fromkeys(new, Kind.FLOAT)
        return remove_dead(
            replace(
                program,
                wanted=None,
                together=together,
                states={**program.states, **floats, **flow.states(), **memory.states},
                initial={**program.initial, **zeros, **flow.initial(), **memory.initial},
                update={**program.update, **update, **flow.update(), **memory.update},
                events=events,
            )
        )

    @property
    def _updates(self) -> dict[str, Form]:
        return {
            self._name(state, 0): self._differentials.form(self._program.update[state])
            for state in self._states
            if state in self._program.update
        }

    def _starts(self) -> ByDirection:
        return {
            self._name(state, 0): self._by_direction(
                self._differentials.form(self._program.initial[state])
            )
            for state in self._states
        }

    def _events(self) -> tuple[Event, ...]:
        tangents = Tangents(
            differentials=self._differentials,
            values=self._values,
            leaf=self._leaf,
            name=self._name,
        )
        return self._saltation.events(tangents)

    def _slope(self, node: Node) -> Node:
        return self._values.number(self._differentials.form(node), 0)

    def _name(self, state: str, _direction: int) -> str:
        return f"d{state}/d{EVERY}"

    def _leaf(self, key: Node, _direction: int) -> Node | None:
        if key.op != "state" or str(key.value) not in self._states:
            return None
        name = self._name(str(key.value), 0)
        return self._program.graph.leaf("state", name, Kind.FLOAT, Depends.STATE)

    def _slot(self, coefficients: Mapping[str, Node]) -> Node:
        key = tuple(sorted((name, node.number) for name, node in coefficients.items()))
        if key not in self._names:
            name = self._names[key] = f"slot {len(self._names)}/d{EVERY}"
            self._slots[name] = self._numbered(coefficients)
        return self._program.graph.leaf("state", self._names[key], Kind.FLOAT, Depends.STATE)

    def _by_direction(self, form: Form) -> dict[int, Node]:
        """Return the terms of parameters, by direction."""
        return self._numbered({str(key.value): c for key, c in form.items() if _is_parameter(key)})

    def _numbered(self, coefficients: Mapping[str, Node]) -> dict[int, Node]:
        return {self._directions.index(name): node for name, node in coefficients.items()}


def _is_parameter(key: Node) -> bool:
    return key.op == "parameter"


def _without_parameters(form: Form) -> Form:
    return {key: c for key, c in form.items() if not _is_parameter(key)}


@final
class _Groups:
    """Cuts what the derivatives add to a step into loops: coefficients, slopes, then tangents.

    Slopes read the tangents before the step, so that these need no second place.
    """

    def __init__(self, program: LoopProgram, before: LoopProgram) -> None:
        self._program = program
        nodes = reachable(program.step_roots())
        self._differing = depending(nodes)
        self._seen = set(reachable(before.step_roots()))
        self._changing = [
            node
            for node in nodes
            if rate_of(node) is Rate.NEURON_STEP and node.op != "state" and node not in self._seen
        ]

    def grouped(self) -> LoopProgram:
        """Return the program with its groups."""
        together = self._program.together
        if together is None:
            return self._program
        rows = [tuple[Node, ...]()]
        for row in self._rows(together):
            rows += self._pieces(row, LONGEST)
        differing = [node for node in self._changing if node in self._differing]
        slopes = [slope for _, slope in together.products.values()]
        of_slopes = set(reachable(iter([*slopes, *together.slopes.values()])))
        first = [node for node in differing if node in of_slopes]
        rest = [node for node in differing if node not in of_slopes]
        return replace(
            self._program,
            groups=tuple(rows),
            together=replace(
                together,
                slope_groups=tuple(_cut(first, LONGEST_BY_DIRECTION)),
                update_groups=tuple(_cut(rest, LONGEST_BY_DIRECTION)) or ((),),
            ),
        )

    def _pieces(self, roots: Iterable[Node], longest: int) -> Iterator[tuple[Node, ...]]:
        wanted = set(self._changing)
        nodes = [
            node
            for node in reachable(iter(roots))
            if node in wanted and node not in self._seen and node not in self._differing
        ]
        self._seen.update(nodes)
        return _cut(nodes, longest)

    def _rows(self, together: Together) -> Iterator[list[Node]]:
        """Yield the coefficients that the tangents of each state need, then all that is left."""
        for name, node in self._program.update.items():
            if not is_by_direction(name):
                continue
            own = reachable(iter([node]))
            found = [arg for node in own if node in self._differing for arg in node.args]
            found += together.added.get(name, {}).values()
            for leaf in own:
                found += _slot_of(together.slots, leaf).values()
            yield [node for node in found if node not in self._differing]
        yield [node for node in self._changing if node not in self._differing]


def _slot_of(slots: ByDirection, leaf: Node) -> Mapping[int, Node]:
    return slots.get(str(leaf.value), {}) if leaf.op == "state" else {}


def _cut(nodes: list[Node], longest: int) -> Iterator[tuple[Node, ...]]:
    for start in range(0, len(nodes), longest):
        yield tuple(nodes[start : start + longest])

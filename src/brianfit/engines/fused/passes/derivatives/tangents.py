"""Append forward derivatives: how states, residuals and spike times change with parameters.

What is differentiated is the loop itself, after all other passes: the derivative belongs to the
numbers that the kernel computes. Every state gets one state more per direction, its tangent, and
every residual its products with tangents. At events tangents follow the rule in `saltation`.

References
----------
Griewank and Walther (2008), Evaluating Derivatives, 2nd edition, SIAM, section 3.1 (forward mode,
vectors of directions), doi 10.1137/1.9780898717761.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import final

from brianfit.engines.fused.derivatives import products
from brianfit.engines.fused.ir import Depends, Kind, Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram, Wanted
from brianfit.engines.fused.passes.derivatives.activity import active_tangents
from brianfit.engines.fused.passes.derivatives.crossings import Tangents
from brianfit.engines.fused.passes.derivatives.differentials import Differentials
from brianfit.engines.fused.passes.derivatives.saltation import Saltation
from brianfit.engines.fused.passes.derivatives.together import add_together
from brianfit.engines.fused.passes.derivatives.valuation import Valuation
from brianfit.engines.fused.passes.liveness import remove_dead
from brianfit.engines.fused.passes.number_range import NumberRange

LONGEST = 60
"""So many nodes of the coefficients are computed in one loop."""

LENGTHS = (1, 2, 4, 8)
"""Lengths of forms that are tried; which is the best depends on how the equations are coupled."""

PRODUCTS = 64
"""So many products of derivatives are summed up in one loop."""


def tangent_name(state: str, direction: str) -> str:
    """Return the name of a tangent: no variable of a model can have it."""
    return f"d{state}/d{direction}"


def add_tangents(program: LoopProgram, number_range: NumberRange) -> LoopProgram:
    """Return `program` with the derivatives that are wanted of it."""
    if program.wanted is None:
        return program
    together = add_together(program, number_range)
    if together is not None:
        return together
    n_directions = len(program.wanted.directions)
    lengths = {n_directions, *(length for length in LENGTHS if length < n_directions)}
    extended = min(
        (
            remove_dead(_Extension(program, program.wanted, n, number_range).program())
            for n in sorted(lengths)
        ),
        key=lambda candidate: len(reachable(candidate.step_roots())),
    )
    return replace(extended, groups=tuple(_groups(extended, program)))


@final
class _Extension:
    """Makes the additional states, sums and effects."""

    def __init__(
        self, program: LoopProgram, wanted: Wanted, longest: int, number_range: NumberRange
    ) -> None:
        self._program = program
        self._wanted = wanted
        self._differentials = Differentials(
            program.graph, wanted.directions, longest, number_range.largest_slope
        )
        self._active: set[tuple[str, int]] = set()
        self._saltation = Saltation(program, wanted, self._differentials)
        self._values = Valuation(self._differentials, self._leaf)

    def program(self) -> LoopProgram:
        """Return the program with tangents."""
        program, memory, flow = self._program, self._saltation.memory, self._saltation.flow
        self._active = active_tangents(
            program, self._wanted.directions, self._differentials, self._saltation
        )
        tangents = Tangents(
            differentials=self._differentials,
            values=self._values,
            leaf=self._leaf,
            name=self._name,
        )
        events = self._saltation.events(tangents)
        states, initial, update = {}, {}, {}
        for state, direction in sorted(self._active):
            name = self._name(state, direction)
            states[name] = Kind.FLOAT
            initial[name] = self._start(program.initial[state], direction)
            if state in program.update:
                form = self._differentials.form(program.update[state])
                update[name] = self._values.number(form, direction)
        return replace(
            program,
            wanted=None,
            states={**program.states, **states, **flow.states(), **memory.states},
            initial={**program.initial, **initial, **flow.initial(), **memory.initial},
            update={**program.update, **update, **flow.update(), **memory.update},
            sums={**program.sums, **self._squares()},
            recorded={**program.recorded, **self._slopes()},
            events=events,
        )

    def _name(self, state: str, direction: int) -> str:
        return tangent_name(state, self._wanted.directions[direction])

    def _leaf(self, key: Node, direction: int) -> Node | None:
        if key.op == "parameter":
            is_it = key.value == self._wanted.directions[direction]
            return self._differentials.number(1.0) if is_it else None
        if key.op != "state" or (str(key.value), direction) not in self._active:
            return None
        name = self._name(str(key.value), direction)
        return self._program.graph.leaf("state", name, Kind.FLOAT, Depends.STATE)

    def _start(self, node: Node, direction: int) -> Node:
        return self._values.number(self._differentials.form(node), direction)

    def _squares(self) -> dict[str, Node]:
        """Return the sums of squares of residuals, of their slopes, and of what lies between."""
        make, found = self._differentials, {}
        for name, residual in self._wanted.residuals.items():
            slopes = self._slopes_of(residual)
            for place in products(len(slopes)):
                factors = [*(slopes[i] for i in place), residual, residual][:2]
                found["/".join(map(str, (name, *place)))] = make.made("mul", *factors)
        return found

    def _slopes(self) -> dict[str, Node]:
        return {
            f"{name}/{direction}": slope
            for name, output in self._wanted.outputs.items()
            for direction, slope in enumerate(self._slopes_of(output))
        }

    def _slopes_of(self, node: Node) -> list[Node]:
        form = self._differentials.form(node)
        return [self._values.number(form, d) for d in range(len(self._wanted.directions))]


def _groups(program: LoopProgram, before: LoopProgram) -> Iterator[tuple[Node, ...]]:
    """Yield what is computed in loops of its own: coefficients, sums, then directions.

    Sums read the values before the step, so that these need no second place.
    """
    new_states = program.states.keys() - before.states.keys()
    tangential = _depending_on(program, new_states)
    seen = set(reachable(before.step_roots()))
    changing = {
        node
        for node in reachable(program.step_roots())
        if rate_of(node) is Rate.NEURON_STEP and node.op != "state"
    }

    def group(roots: Iterable[Node]) -> tuple[Node, ...]:
        found = [n for n in reachable(iter(roots)) if n in changing and n not in seen]
        seen.update(found)
        return tuple(found)

    for row in _rows(program, before, tangential):
        nodes = group(row)
        for start in range(0, len(nodes), LONGEST):
            yield nodes[start : start + LONGEST]

    sums = [node for name, node in program.sums.items() if name not in before.sums]
    for start in range(0, len(sums), PRODUCTS):
        yield group(sums[start : start + PRODUCTS])
    yield group(node for name, node in program.recorded.items() if name not in before.recorded)
    for updates in _by_direction(program.update, new_states):
        yield group(updates)


def _rows(program: LoopProgram, before: LoopProgram, tangential: set[Node]) -> Iterator[list[Node]]:
    """Yield the coefficients that the tangents of each state need."""
    for state in before.states:
        own = [n for name, n in program.update.items() if name.startswith(f"d{state}/d")]
        yield [
            arg
            for node in reachable(iter(own))
            if node in tangential
            for arg in node.args
            if arg not in tangential
        ]


def _by_direction(update: Mapping[str, Node], names: Iterable[str]) -> Iterator[list[Node]]:
    """Yield the new values of the tangents, direction by direction."""
    wanted = set(names)
    by_direction: dict[str, list[Node]] = {}
    for name, node in update.items():
        if name in wanted:
            by_direction.setdefault(name.rpartition("/d")[2], []).append(node)
    yield from by_direction.values()


def _depending_on(program: LoopProgram, states: Iterable[str]) -> set[Node]:
    """Return the operations of a step that read any of `states`."""
    wanted, found = set(states), set()
    for node in reachable(program.step_roots()):
        if (node.op == "state" and node.value in wanted) or any(arg in found for arg in node.args):
            found.add(node)
    return {node for node in found if node.op != "state"}

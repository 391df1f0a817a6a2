"""The loops over the lanes of one step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import final

from brianfit.engines.fused.directions import is_by_direction, tile_of
from brianfit.engines.fused.emit.expressions import (
    ExpressionWriter,
    Identifiers,
    assignments,
)
from brianfit.engines.fused.emit.names import IN_CHUNK, LaneNames
from brianfit.engines.fused.emit.products import product_loops
from brianfit.engines.fused.ir import Node, Rate, rate_of
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.plan import Schedule


@final
class LoopWriter:
    """Writes what happens in one step."""

    def __init__(
        self,
        program: LoopProgram,
        schedule: Schedule,
        lanes: LaneNames,
        writer: ExpressionWriter,
        identifiers: Identifiers,
    ) -> None:
        self._program = program
        self._lanes = lanes
        self._writer = writer
        self._identifiers = identifiers
        self._per_step = {node: identifiers.of(node) for node in schedule.per_step}
        self._loops = [list(loop.nodes) for loop in schedule.loops] or [[]]
        self._by_direction = [n for n, loop in enumerate(schedule.loops) if loop.is_by_direction]
        self._n_before_products = schedule.n_before_products
        self._made = {node: n for n, nodes in enumerate(self._loops) for node in nodes}
        self._last_read = self._last_reads()
        self._commit = self._commits()

    def step_values(self) -> list[str]:
        """Return the lines that read what is the same for all neurons in a step."""
        return [f"{name} = {self._lanes.read(node)}" for node, name in self._per_step.items()]

    def loops(self) -> list[str]:
        """Return the loops over lanes."""
        lines: list[str] = []
        for number in range(len(self._loops)):
            if self._program.together is not None and number == self._n_before_products:
                lines += product_loops(
                    self._program.together, self._lanes, self._writer, self._identifiers
                )
            lines += self._loop(number)
        return lines

    # --- one loop ----------------------------------------------------------------------------

    def _loop(self, number: int) -> list[str]:
        names, loads = self._shared(number)
        if number in self._by_direction:
            body = self._of_tile(number, names)
        else:
            body = self._body(number, names)
        if not body:
            return []
        lines = ["for lane in range(lanes):", *("    " + line for line in [*loads, *body])]
        if number in self._by_direction:
            lines = [*self._places(), *("    " + line for line in lines)]
        return [self._title(number), *lines]

    def _shared(self, number: int) -> tuple[dict[Node, str], list[str]]:
        """Return the names of what a loop reads once for all directions, and the lines."""
        names, loads = dict(self._per_step), []
        for node in self._read_in(number, names):
            if not self._lanes.differs(node):
                names[node] = self._identifiers.fresh(node)
                loads.append(f"{names[node]} = {self._lanes.read(node)}")
        return names, loads

    def _read_in(self, number: int, names: dict[Node, str]) -> list[Node]:
        """Return what a loop has to read."""
        nodes = self._loops[number]
        inside = set(nodes)
        sources = [arg for node in nodes for arg in node.args]
        sources += [node for node, _ in self._outputs(number, "base")]
        return [
            node
            for node in dict.fromkeys(sources)
            if not (node in inside or node.is_constant or node in names)
        ]

    def _body(self, number: int, names: dict[Node, str]) -> list[str]:
        lines, stores = self._computed(number, names, "base")
        return [*lines, *stores, *self._counts(number, names)]

    def _of_tile(self, number: int, names: dict[Node, str]) -> list[str]:
        """Return what is done for all directions of a tile: they share what they have read."""
        loads, lines, stores = [], [], []
        for base in self._tile():
            own = dict(names)
            for node in self._read_in(number, own):
                own[node] = self._identifiers.fresh(node)
                loads.append(f"{own[node]} = {self._lanes.read(node, f'{base} + lane')}")
            found, stored = self._computed(number, own, base)
            lines += found
            stores += stored
        return [*loads, *lines, *stores]

    def _tile(self) -> list[str]:
        """Return where the directions of a tile begin."""
        together = self._program.together
        n = 0 if together is None else tile_of(together.number)
        return [f"base + {k} * LANES" for k in range(n)]

    def _places(self) -> list[str]:
        return ["for direction in range(N_TILES):", "    base = direction * TILE * LANES"]

    def _computed(
        self, number: int, names: dict[Node, str], base: str
    ) -> tuple[list[str], list[str]]:
        """Return the lines that compute, and those that store."""
        nodes = self._loops[number]
        place = f"{base} + lane" if number in self._by_direction else "lane"
        outputs = list(self._outputs(number, base))
        stored = [node for node in nodes if self._is_used_after(node, number)]
        kept = {*stored, *(node for node, _ in outputs)}
        lines = assignments(self._writer, self._identifiers, nodes, names=names, kept=kept)
        stores = [
            f"{self._lanes.temporary(node)}[{place}] = {self._writer.number(node, names[node])}"
            for node in stored
        ]
        stores += [
            f"{target} {self._writer.number(node, self._writer.expression(node, names))}"
            for node, target in outputs
        ]
        return lines, stores

    def _counts(self, number: int, names: dict[Node, str]) -> list[str]:
        return [
            f"n_{event.name} += select({self._writer.expression(event.condition, names)}, 1, 0)"
            for event in self._program.events
            if self._made.get(event.condition, 0) == number
        ]

    def _title(self, number: int) -> str:
        program = self._program
        parts = []
        if any(self._made.get(node, 0) == number for node in program.recorded.values()):
            parts.append("record")
        if any(self._made.get(node, 0) == number for node in program.sums.values()):
            parts.append("sum up")
        updated = [name for name in program.update if self._commit[name] == number]
        parts.append(f"state update ({', '.join(updated)})" if updated else "state update")
        events = [e.name for e in program.events if self._made.get(e.condition, 0) == number]
        if events:
            parts.append(f"conditions ({', '.join(events)})")
        return f"# {', '.join(parts)}"

    def _outputs(self, number: int, base: str) -> Iterator[tuple[Node, str]]:
        """Yield what is stored in a loop, and the beginning of the line that stores it."""
        if number in self._by_direction:
            yield from self._outputs_by_direction(number, base)
            return
        for node, target in self._results():
            if self._made.get(node, 0) == number:
                yield node, target
        if number == len(self._loops) - 1:
            for name, k, node in self._added():
                yield node, f"{self._lanes.state(name)}[{k} * LANES + lane] +="
        for name, node in self._program.update.items():
            if self._commit[name] == number:
                yield node, f"{self._lanes.state(name)}[lane] ="

    def _results(self) -> Iterator[tuple[Node, str]]:
        """Yield what is stored as soon as it is known."""
        program, lanes = self._program, self._lanes
        for name, node in program.recorded.items():
            yield node, f"{lanes.trace(name)}[{IN_CHUNK}] ="
        for name, node in program.sums.items():
            yield node, f"{lanes.part_of_sum(name)}[lane] +="
        for event in program.events:
            yield event.condition, f"{lanes.happened(event.name)}[lane] ="
        for name, k, node in self._slots():
            yield node, f"{lanes.state(name)}[{k} * LANES + lane] ="

    def _outputs_by_direction(self, number: int, base: str) -> Iterator[tuple[Node, str]]:
        together, lanes = self._program.together, self._lanes
        for name, node in () if together is None else together.slopes.items():
            if self._made.get(node, self._by_direction[0]) == number:
                yield node, f"{lanes.slopes(name)}[({base}) * CHUNK + s * LANES + lane] ="
        for name, node in self._program.update.items():
            if self._commit[name] == number:
                yield node, f"{lanes.state(name)}[{base} + lane] ="

    def _slots(self) -> Iterator[tuple[str, int, Node]]:
        """Yield what is put into slots in every step."""
        together = self._program.together
        for name, values in () if together is None else together.slots.items():
            for k, node in values.items():
                if rate_of(node) not in (Rate.CONSTANT, Rate.NEURON):
                    yield name, k, node

    def _added(self) -> Iterator[tuple[str, int, Node]]:
        """Yield what is added to tangents."""
        together = self._program.together
        for name, values in () if together is None else together.added.items():
            for k, node in values.items():
                yield name, k, node

    def _is_used_after(self, node: Node, number: int) -> bool:
        return self._last_read.get(node, -1) > number

    def _last_reads(self) -> dict[Node, int]:
        """Return the last loop that reads each node."""
        found: dict[Node, int] = {}
        for number, nodes in enumerate(self._loops):
            for node in nodes:
                for arg in node.args:
                    found[arg] = number
        outputs = [*self._program.recorded.values(), *self._program.sums.values()]
        outputs += [event.condition for event in self._program.events]
        outputs += [node for _, _, node in self._slots()]
        for node in outputs:
            found[node] = max(found.get(node, 0), self._made.get(node, 0))
        for _, _, node in self._added():
            found[node] = len(self._loops) - 1
        if self._program.together is not None:
            for node in chain.from_iterable(self._program.together.products.values()):
                found[node] = max(found.get(node, 0), self._n_before_products)
        return found

    def _commits(self) -> dict[str, int]:
        """Return the loop at whose end each state gets its new value: the last one to read the old.

        A state may be set to the old value of another one, which then has to last as long.
        """
        commit = dict.fromkeys(self._program.update, 0)
        is_settled = False
        while not is_settled:
            is_settled = True
            for name, node in self._program.update.items():
                old = self._program.state_leaf(name)
                at = max(self._made.get(node, 0), self._last_read.get(old, 0))
                if is_by_direction(name):
                    at = self._by_direction[-1]
                elif at in self._by_direction:
                    at = len(self._loops) - 1
                if at != commit[name] or self._last_read.get(node, -1) < at:
                    is_settled = False
                    commit[name] = at
                    self._last_read[node] = max(self._last_read.get(node, -1), at)
        return commit

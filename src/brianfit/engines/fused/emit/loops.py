"""The loops over the lanes of one step, and what follows an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import final

from brianfit.engines.fused.emit.expressions import (
    ExpressionWriter,
    Identifiers,
    assignments,
    needed,
)
from brianfit.engines.fused.emit.names import IN_CHUNK, LaneNames
from brianfit.engines.fused.ir import Event, LoopProgram, Node
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
            lines += self._loop(number)
        return lines

    def events(self) -> list[str]:
        """Return what happens to the neurons with an event."""
        lines: list[str] = []
        for event in self._program.events:
            happened = f"{self._lanes.happened(event.name)}[lane] != 0.0"
            lines += [
                f"if n_{event.name} > 0:",
                "    for lane in range(n_used):",
                f"        if {happened}:",
            ]
            lines += [" " * 12 + line for line in self._effects(event)]
        return lines

    # --- one loop ----------------------------------------------------------------------------

    def _loop(self, number: int) -> list[str]:
        nodes = self._loops[number]
        outputs = list(self._outputs(number))
        inside = set(nodes)
        sources = [arg for node in nodes for arg in node.args]
        sources += [node for node, _ in outputs]
        names: dict[Node, str] = dict(self._per_step)
        loads = []
        for node in dict.fromkeys(sources):
            if node in inside or node.is_constant or node in names:
                continue
            names[node] = self._identifiers.fresh(node)
            loads.append(f"{names[node]} = {self._lanes.read(node)}")
        stored = [node for node in nodes if self._is_used_after(node, number)]
        kept = {*stored, *(node for node, _ in outputs)}
        lines = assignments(self._writer, self._identifiers, nodes, names=names, kept=kept)
        lines += [
            f"{self._lanes.temporary(node)}[lane] = {self._writer.number(node, names[node])}"
            for node in stored
        ]
        lines += [
            f"{target} {self._writer.number(node, self._writer.expression(node, names))}"
            for node, target in outputs
        ]
        lines += self._counts(number, names)
        body = [*loads, *lines]
        if not body:
            return []
        return [self._title(number), "for lane in range(lanes):", *("    " + line for line in body)]

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

    def _outputs(self, number: int) -> Iterator[tuple[Node, str]]:
        """Yield what is stored in a loop, and the beginning of the line that stores it."""
        program, lanes = self._program, self._lanes
        for name, node in program.recorded.items():
            if self._made.get(node, 0) == number:
                yield node, f"{lanes.trace(name)}[{IN_CHUNK}] ="
        for name, node in program.sums.items():
            if self._made.get(node, 0) == number:
                yield node, f"{lanes.part_of_sum(name)}[lane] +="
        for event in program.events:
            if self._made.get(event.condition, 0) == number:
                yield event.condition, f"{lanes.happened(event.name)}[lane] ="
        for name, node in program.update.items():
            if self._commit[name] == number:
                yield node, f"{lanes.state(name)}[lane] ="

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
        for node in outputs:
            found[node] = max(found.get(node, 0), self._made.get(node, 0))
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
                if at != commit[name] or self._last_read.get(node, -1) < at:
                    is_settled = False
                    commit[name] = at
                    self._last_read[node] = max(self._last_read.get(node, -1), at)
        return commit

    # --- events ------------------------------------------------------------------------------

    def _effects(self, event: Event) -> list[str]:
        names: dict[Node, str] = dict(self._per_step)
        targets = [*event.effects.values(), *event.marks]
        kept = [node for node in self._everything(targets) if self._lanes.is_kept(node)]
        for node in kept:
            names.setdefault(node, self._lanes.read(node))
        lines = []
        inside = needed(targets, names)
        for node in inside:
            if node.op == "state":
                names[node] = self._identifiers.fresh(node)
                lines.append(f"{names[node]} = {self._lanes.read(node)}")
        lines += assignments(
            self._writer,
            self._identifiers,
            [node for node in inside if node.op != "state"],
            names=names,
            kept=[node for node in targets if not node.is_constant],
        )
        if event.name == "spike" and self._program.record_spikes:
            marks = [self._writer.expression(node, names) for node in event.marks]
            lines += _spike(marks)
        for name, node in event.effects.items():
            value = self._writer.number(node, self._writer.expression(node, names))
            lines.append(f"{self._lanes.state(name)}[lane] = {value}")
        return lines

    def _everything(self, targets: Iterable[Node]) -> list[Node]:
        from brianfit.engines.fused.ir import reachable

        return reachable(iter(targets))


def _spike(marks: Sequence[str]) -> list[str]:
    """Return the lines that note a spike, and what goes with it."""
    return [
        "neuron = neuron_of[lane]",
        "if spike_counts[neuron] < spike_steps.shape[1]:",
        "    spike_steps[neuron, spike_counts[neuron]] = step",
        *(
            f"    spike_marks[neuron, spike_counts[neuron], {number}] = {mark}"
            for number, mark in enumerate(marks)
        ),
        "spike_counts[neuron] += 1",
    ]

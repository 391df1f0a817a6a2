"""What happens to the neurons with an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final

from brianfit.engines.fused.directions import is_by_direction
from brianfit.engines.fused.emit.expressions import (
    ExpressionWriter,
    Identifiers,
    assignments,
    needed,
)
from brianfit.engines.fused.emit.names import LaneNames
from brianfit.engines.fused.ir import Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import Event, LoopProgram
from brianfit.engines.fused.plan import Schedule


@final
class EventWriter:
    """Writes it, neuron by neuron."""

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

    def events(self) -> list[str]:
        """Return what happens at each event."""
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

    def _effects(self, event: Event) -> list[str]:
        names: dict[Node, str] = dict(self._per_step)
        targets = [*event.effects.values(), *event.marks]
        slots = self._slots_of(targets)
        targets += [node for _, _, node in slots]
        for node in reachable(iter(targets)):
            if self._lanes.is_kept(node):
                names.setdefault(node, self._lanes.read(node))
        inside = needed(targets, names)
        alike = [node for node in inside if not self._lanes.differs(node)]
        differing = [node for node in inside if self._lanes.differs(node)]
        used = {*targets, *(arg for node in differing for arg in node.args)}
        lines = self._computed(alike, names, used)
        for name, k, node in slots:
            value = self._writer.expression(node, names)
            lines.append(f"{self._lanes.state(name)}[{k} * LANES + lane] = {value}")
        lines += self._by_direction(event, self._computed(differing, names, used), names)
        if event.name == "spike" and self._program.record_spikes:
            marks = event.marks if self._program.together is None else event.marks[:1]
            lines += _spike([self._writer.expression(node, names) for node in marks])
        return lines + self._assigned(event, names, by_direction=False)

    def _computed(
        self, nodes: Iterable[Node], names: dict[Node, str], used: Iterable[Node]
    ) -> list[str]:
        lines = []
        operations = []
        for node in nodes:
            if node.op == "state":
                names[node] = self._identifiers.fresh(node)
                lines.append(f"{names[node]} = {self._lanes.read(node)}")
            else:
                operations.append(node)
        kept = [node for node in used if not node.is_constant]
        return lines + assignments(
            self._writer, self._identifiers, operations, names=names, kept=kept
        )

    def _by_direction(self, event: Event, lines: list[str], names: dict[Node, str]) -> list[str]:
        """Return the loop over the directions, before any state has its new value."""
        together = self._program.together
        if together is None:
            return []
        body = list(lines)
        if event.name == "spike" and self._program.record_spikes:
            mark = self._writer.expression(event.marks[1], names)
            body += [
                "neuron = neuron_of[lane]",
                "if spike_counts[neuron] < spike_steps.shape[1]:",
                f"    spike_marks[neuron, spike_counts[neuron], 1 + direction] = {mark}",
            ]
        body += self._assigned(event, names, by_direction=True)
        if not body:
            return []
        head = ["for direction in range(N_DIRECTIONS):", "    base = direction * LANES"]
        return [*head, *("    " + line for line in body)]

    def _assigned(self, event: Event, names: dict[Node, str], *, by_direction: bool) -> list[str]:
        place = "base + lane" if by_direction else "lane"
        return [
            f"{self._lanes.state(name)}[{place}] = "
            + self._writer.number(node, self._writer.expression(node, names))
            for name, node in event.effects.items()
            if is_by_direction(name) == by_direction
        ]

    def _slots_of(self, targets: Iterable[Node]) -> list[tuple[str, int, Node]]:
        """Return what has to be put into the slots that an event reads."""
        together = self._program.together
        if together is None:
            return []
        slots = {**together.slots, **together.event_slots}
        leaves = [node for node in reachable(iter(targets)) if node.op == "state"]
        read = dict.fromkeys(str(leaf.value) for leaf in leaves)
        return [
            (name, k, node)
            for name in read
            for k, node in slots.get(name, {}).items()
            if rate_of(node) not in (Rate.CONSTANT, Rate.NEURON)
        ]


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


__all__ = ["EventWriter"]

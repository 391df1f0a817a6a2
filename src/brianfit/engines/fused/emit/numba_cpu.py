"""A scheduled program to Python source that Numba compiles for the processor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import final

from brianfit.engines.fused.directions import is_by_direction
from brianfit.engines.fused.emit.events import EventWriter
from brianfit.engines.fused.emit.expressions import (
    ExpressionWriter,
    Identifiers,
    assignments,
    needed,
)
from brianfit.engines.fused.emit.imports import imports_of
from brianfit.engines.fused.emit.loops import LoopWriter
from brianfit.engines.fused.emit.names import IN_CHUNK, RESERVED, LaneNames
from brianfit.engines.fused.emit.segments import Segments
from brianfit.engines.fused.emit.straight_function import PROLOGUE, STEP, StraightFunction
from brianfit.engines.fused.emit.together import TogetherWriter
from brianfit.engines.fused.ir import CHUNK, LANES, Node, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.plan import Schedule

_OF_NEURON = (
    "neuron = neuron_of[lane]",
    "trace = trace_of[lane]",
    "sample = neuron // n_traces",
    "i = float(first_sample * n_traces + neuron)",
    "step = 0",
    "t = 0.0",
)
"""What initial values may depend on."""


def emit(
    program: LoopProgram,
    schedule: Schedule,
    *,
    description: str,
    precision: str,
    stoppable: bool = False,
) -> str:
    """Return the source of a module whose function `simulate` runs blocks of neurons.

    Parameters
    ----------
    description
        The model, as text for the head of the source.
    precision
        'float64' or 'float32': of what is computed in every step for every neuron.
    stoppable
        Whether a call runs listed neurons over some of the steps, going on where the last stopped.
    """
    emitter = _Emitter(
        program, schedule, is_single=precision == "float32", segments=Segments(stoppable=stoppable)
    )
    return emitter.source(description)


@final
class _Emitter:
    """Fills in the template."""

    def __init__(
        self, program: LoopProgram, schedule: Schedule, *, is_single: bool, segments: Segments
    ) -> None:
        self._is_single = is_single
        self._program = program
        self._schedule = schedule
        reserved = RESERVED | _names_beside_the_model(program) | frozenset(segments.arguments)
        self._identifiers = Identifiers(program.graph, reserved)
        self._writer = ExpressionWriter(program, self._draw)
        self._lane_writer = ExpressionWriter(program, self._draw, is_single=is_single)
        self._lanes = LaneNames(program, schedule, self._identifiers, is_single=is_single)
        self._n_draws = _number_of_draws(program)
        self._segments = segments
        self._together = TogetherWriter(program, self._lanes)

    def source(self, description: str) -> str:
        """Return the whole module."""
        given = (self._program, self._schedule, self._lanes, self._lane_writer, self._identifiers)
        loops = LoopWriter(*given)
        functions = [f"user_{name}" for name in self._program.functions]
        prologue = StraightFunction(PROLOGUE, self._prologue(), functions=functions)
        lines = loops.loops()
        step = StraightFunction(
            STEP,
            lines,
            functions=functions,
            arrays=self._lanes.allocations_of_step(),
            counts=[f"n_{event.name}" for event in self._program.events],
        )
        parts: dict[str, list[str]] = {
            "prologue": prologue.call(),
            "go_on": self._segments.begin(self._program, self._lanes),
            "reset_counts": self._reset_counts(),
            "chunk_values": self._chunk_values(),
            "step_values": loops.step_values(),
            "loops": step.call(),
            "events": EventWriter(*given).events(),
            "write_sums": self._write_sums(),
            "write_traces": self._write_traces(),
            "epilogue": self._epilogue(),
        }
        arrays = self._lanes.allocations()
        definition = [*prologue.definition(), *step.definition()]
        everything = (arrays, definition, *parts.values())
        body = "\n".join(line for lines in everything for line in lines)
        text = files(__package__).joinpath("numba_cpu.template").read_text("utf-8")
        filled = "\n".join(_expanded(line, parts) for line in text.split("\n"))
        return Template(filled).substitute(
            title="One block of neurons after the other, all steps at once.",
            model=description,
            lanes=LANES,
            chunk=CHUNK,
            dt=repr(self._program.dt),
            imports="\n".join(imports_of(body)),
            table_arguments="\n".join(f"    {name}," for name in self._last_arguments()),
            sizes="\n".join(self._together.sizes()),
            functions="\n".join(definition),
            arrays="\n".join(f"    {line}" for line in arrays),
            **self._segments.words,
        )

    def _last_arguments(self) -> list[str]:
        return [*self._segments.arguments, *(table.name for table in self._program.tables)]

    # --- outside the steps -------------------------------------------------------------------

    def _prologue(self) -> list[str]:
        program, lanes = self._program, self._lanes
        names: dict[Node, str] = {}
        starts = list(self._together.starts())
        more = [*program.initial.values(), *(node for _, _, node in starts)]
        roots = list(dict.fromkeys([*self._schedule.per_neuron, *more]))
        lines = []
        for leaf in dict.fromkeys(node for node in needed(roots, ()) if node.op == "parameter"):
            names[leaf] = self._identifiers.of(leaf)
            column = program.columns.index(str(leaf.value))
            lines.append(f"{names[leaf]} = samples[sample, {column}]")
        lines += assignments(
            self._writer, self._identifiers, needed(roots, names), names=names, kept=()
        )
        for node in self._schedule.per_neuron:
            text = self._writer.number(node, self._writer.expression(node, names))
            lines.append(f"{lanes.kept(node)}[lane] = {text}")
        for name, node in program.initial.items():
            if not is_by_direction(name):
                text = self._writer.number(node, self._writer.expression(node, names))
                lines.append(f"{lanes.state(name)}[lane] = {text}")
        for name, k, node in starts:
            text = self._writer.expression(node, names)
            lines.append(f"{lanes.state(name)}[{k} * LANES + lane] = {text}")
        lines += [
            f"{array}[lane] = 0.0"
            for name in program.sums
            for array in sorted({lanes.sum(name), lanes.part_of_sum(name)})
        ]
        head = [*self._together.zeros(), "for lane in range(lanes):"]
        return [*head, *_indented([*_OF_NEURON, *lines])] if lines else []

    def _reset_counts(self) -> list[str]:
        if not self._program.record_spikes:
            return []
        return ["for lane in range(LANES):", "    spike_counts[neuron_of[lane]] = 0"]

    def _chunk_values(self) -> list[str]:
        lines: list[str] = []
        if self._schedule.per_step:
            lines += ["# values of each step", "for s in range(n_chunk):"]
            lines += _indented(self._values_of_step(self._schedule.per_step, {}, "[s]"))
        if self._schedule.per_trace:
            known = {node: f"{self._lanes.kept(node)}[s]" for node in self._schedule.per_step}
            body = self._values_of_step(self._schedule.per_trace, known, None)
            lines += [
                "# values of each step and trace",
                "begin = 0",
                "while begin < LANES:",
                "    trace = trace_of[begin]",
                "    end = begin + 1",
                "    while end < LANES and trace_of[end] == trace:",
                "        end += 1",
                "    for s in range(n_chunk):",
                *_indented(body, 2),
                "    begin = end",
            ]
        return lines

    def _values_of_step(
        self, nodes: Iterable[Node], known: Mapping[Node, str], index: str | None
    ) -> list[str]:
        names = dict(known)
        nodes = list(nodes)
        lines = ["step = first_step + s", f"t = step * {self._program.dt!r}"]
        lines += assignments(
            self._writer, self._identifiers, needed(nodes, names), names=names, kept=nodes
        )
        values = [(self._lanes.kept(node), self._writer.expression(node, names)) for node in nodes]
        values = [
            (array, self._writer.number(node, v))
            for node, (array, v) in zip(nodes, values, strict=True)
        ]
        if index is not None:
            return lines + [f"{array}{index} = {value}" for array, value in values]
        lines.append("for lane in range(begin, end):")
        return lines + [f"    {array}[{IN_CHUNK}] = {value}" for array, value in values]

    def _write_sums(self) -> list[str]:
        """Add what was summed up in float32 over a chunk to the sum over all steps."""
        if not self._is_single:
            return []
        lines = []
        for name in self._program.sums:
            part, total = self._lanes.part_of_sum(name), self._lanes.sum(name)
            lines += [f"{total}[lane] += {part}[lane]", f"{part}[lane] = 0.0"]
        lines += self._together.parts_of_sums()
        return ["for lane in range(lanes):", *_indented(lines)] if lines else []

    def _write_traces(self) -> list[str]:
        lines = []
        for number, name in enumerate(self._program.recorded):
            array = self._lanes.trace(name)
            lines += [
                "for s in range(n_chunk):",
                f"    traces[{number}, neuron, first_step + s] = {array}[{IN_CHUNK}]",
            ]
        lines += self._together.traces()
        if not lines:
            return []
        return [
            "for lane in range(n_used):",
            "    neuron = neuron_of[lane]",
            *_indented(lines),
        ]

    def _epilogue(self) -> list[str]:
        program, lanes = self._program, self._lanes
        lines = [
            f"sums[{number}, neuron] = {lanes.sum(name)}[lane]"
            for number, name in enumerate(program.sums)
        ]
        lines += self._together.sums()
        names = {node: f"{lanes.kept(node)}[lane]" for node in self._schedule.per_neuron}
        targets = list(program.final.values())
        for node in needed(targets, names):
            if node.op == "state":
                names[node] = lanes.read_state(node)
            elif node.op == "parameter":
                names[node] = (
                    f"samples[neuron // n_traces, {program.columns.index(str(node.value))}]"
                )
        lines += assignments(
            self._lane_writer, self._identifiers, needed(targets, names), names=names, kept=()
        )
        for number, node in enumerate(targets):
            value = self._lane_writer.number(node, self._lane_writer.expression(node, names))
            lines.append(f"final[{number}, neuron] = {value}")
        return lines + self._segments.end(program, lanes)

    def _draw(self, node: Node, args: list[str]) -> str:
        if not isinstance(node.value, tuple):
            raise TypeError(f"{node!r} is not a draw of a random number.")
        kind, draw = node.value
        n_draws = self._n_draws
        counter = f"step * {n_draws} + {draw}" if n_draws > 1 else "step"
        function = {"rand": "uniform", "randn": "normal", "poisson": "poisson"}[str(kind)]
        return f"{function}({', '.join(['key_of[lane]', counter, *args])})"


def _names_beside_the_model(program: LoopProgram) -> frozenset[str]:
    """Return names in the kernel that come from the model without being its variables."""
    return frozenset(
        (
            *(table.name for table in program.tables),
            *(f"n_{event.name}" for event in program.events),
            *(f"user_{name}" for name in program.functions),
        )
    )


def _number_of_draws(program: LoopProgram) -> int:
    """Return by how much the counter of random numbers moves on in a step."""
    draws = [node.value for node in reachable(program.roots()) if node.op == "noise"]
    return max((int(value[1]) for value in draws if isinstance(value, tuple)), default=-1) + 1  # type: ignore[call-overload]


def _indented(lines: Iterable[str], levels: int = 1) -> list[str]:
    return [" " * 4 * levels + line for line in lines]


def _expanded(line: str, parts: Mapping[str, list[str]]) -> str:
    """Replace a line that is the name of a part by the lines of the part."""
    key = line.strip().removeprefix("$")
    if key not in parts:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return "\n".join((indent + text).replace("$", "$$") for text in parts[key]) or indent + "pass"

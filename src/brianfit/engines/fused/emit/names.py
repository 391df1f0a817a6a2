"""The arrays of a kernel: one value per lane, or one per step of a chunk."""

from __future__ import annotations

from typing import final

from brianfit.engines.fused.emit.expressions import Identifiers
from brianfit.engines.fused.emit.imports import WHERE
from brianfit.engines.fused.ir import Kind, LoopProgram, Node, Rate, Schedule, rate_of, reachable

RESERVED = frozenset(
    [
        "np",
        "LANES",
        "CHUNK",
        "CHUNK_VALUES",
        "INFINITY",
        "NAN",
        "N",
        "simulate",
        "first_block",
        "last_block",
        "samples",
        "n_traces",
        "n_steps",
        "first_sample",
        "seed",
        "iteration",
        "common_noise",
        "spike_counts",
        "spike_steps",
        "sums",
        "final",
        "traces",
        "n_samples",
        "n_neurons",
        "lanes",
        "trace_of",
        "neuron_of",
        "lost_of",
        "key_of",
        "block",
        "lane",
        "number",
        "trace",
        "sample",
        "neuron",
        "i",
        "step",
        "t",
        "first_step",
        "n_chunk",
        "s",
        "n_lost",
        "is_lost",
        "begin",
        "end",
        "n_good",
        "float",
        "int",
        "min",
        "max",
        "range",
    ]
) | frozenset(WHERE)


@final
class LaneNames:
    """Names the arrays and remembers which of them a kernel needs."""

    def __init__(self, program: LoopProgram, schedule: Schedule, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._program = program
        self._sizes: dict[str, str] = {}
        self._states = {
            name: self._array(f"{name}_of", "LANES", "state") for name in program.states
        }
        self._kept: dict[Node, str] = {}
        for node in schedule.per_neuron:
            self._kept[node] = self._array(f"{identifiers.of(node)}_of", "LANES", "constant")
        for node in schedule.per_step:
            self._kept[node] = self._array(f"{identifiers.of(node)}_at", "CHUNK", "per step")
        for node in schedule.per_trace:
            self._kept[node] = self._array(f"{identifiers.of(node)}_at", "CHUNK_VALUES", "per step")
        self._sums = {name: self._array(f"sum_{name}", "LANES", "sum") for name in program.sums}
        self._traces = {
            name: self._array(f"{name}_trace", "CHUNK_VALUES", "trace") for name in program.recorded
        }
        self._temporary: dict[Node, str] = {}
        self._happened = {
            event.name: self._array(f"has_{event.name}", "LANES", "event")
            for event in program.events
        }
        self.n_draws = sum(node.op == "noise" for node in reachable(program.roots()))
        draws = [node.value[1] for node in reachable(program.roots()) if node.op == "noise"]  # type: ignore[index]
        self.n_draws = max(draws, default=-1) + 1  # type: ignore[operator, type-var]

    def allocations(self) -> list[str]:
        """Return the lines that make the arrays."""
        return [f"{name} = stack_array({size})" for name, size in self._sizes.items()]

    def state(self, name: str) -> str:
        """Return the array of a state."""
        return self._states[name]

    def kept(self, node: Node) -> str:
        """Return the array of a value that is computed outside the loops over lanes."""
        return self._kept[node]

    def is_kept(self, node: Node) -> bool:
        """Return whether a value is computed outside the loops over lanes."""
        return node in self._kept

    def sum(self, name: str) -> str:
        """Return the array of a running sum."""
        return self._sums[name]

    def trace(self, name: str) -> str:
        """Return the array that collects a recorded variable."""
        return self._traces[name]

    def happened(self, event: str) -> str:
        """Return the array that marks the lanes in which an event happened."""
        return self._happened[event]

    def temporary(self, node: Node) -> str:
        """Return the array that carries a value from one loop to a later one."""
        if node not in self._temporary:
            name = f"{self._identifiers.of(node)}_of"
            self._temporary[node] = self._array(name, "LANES", "temporary")
        return self._temporary[node]

    def read(self, node: Node) -> str:
        """Return the expression that reads a value that is stored."""
        if node.op == "state":
            return self.read_state(node)
        if node not in self._kept:
            text = f"{self.temporary(node)}[lane]"
        else:
            index = {Rate.NEURON: "lane", Rate.STEP: "s"}.get(rate_of(node), "s * LANES + lane")
            text = f"{self._kept[node]}[{index}]"
        return f"{text} != 0.0" if node.kind == Kind.BOOLEAN else text

    def read_state(self, node: Node) -> str:
        """Return the expression that reads a state."""
        text = f"{self._states[str(node.value)]}[lane]"
        return f"{text} != 0.0" if node.kind == Kind.BOOLEAN else text

    def _array(self, wanted: str, size: str, purpose: str) -> str:
        name = self._identifiers.unique(wanted)
        self._sizes[name] = size
        return name

"""The arrays of a kernel: one value per lane, or one per step of a chunk."""

from __future__ import annotations

from typing import final

from brianfit.engines.fused.directions import depending, is_by_direction
from brianfit.engines.fused.emit.expressions import Identifiers
from brianfit.engines.fused.emit.imports import SINGLE, WHERE
from brianfit.engines.fused.emit.straight_function import PROLOGUE, SIZES, STEP
from brianfit.engines.fused.emit.times import Times
from brianfit.engines.fused.ir import Kind, Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.plan import Schedule

IN_CHUNK = "np.uint64(s * LANES + lane)"
"""Index of a step and lane. A signed one may be negative for all that the compiler knows, and would
then count from the end: loops become a scatter of single values."""

RESERVED = frozenset(
    [
        "np",
        *SIZES,
        "INFINITY",
        "NAN",
        "N",
        "simulate",
        "straight",
        PROLOGUE,
        STEP,
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
        "spike_marks",
        "sums",
        "final",
        "traces",
        "n_samples",
        "n_neurons",
        "lanes",
        "n_used",
        "trace_of",
        "neuron_of",
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
        "begin",
        "end",
        "float",
        "int",
        "min",
        "max",
        "range",
        "direction",
        "other",
        "base",
        "block",
        "place",
        "up",
    ]
) | frozenset((*WHERE, *SINGLE.values()))


@final
class LaneNames:
    """Names the arrays and remembers which of them a kernel needs."""

    def __init__(
        self,
        program: LoopProgram,
        schedule: Schedule,
        identifiers: Identifiers,
        *,
        is_single: bool,
    ) -> None:
        self._is_single = is_single
        self._times = Times(program)
        self._identifiers = identifiers
        self._lines: list[str] = []
        self._lines_of_step: list[str] = []
        self._kept: dict[Node, str] = {}
        self._temporary: dict[Node, str] = {}
        self._differing = depending(reachable(program.roots()))
        self._states = {
            name: self._array(
                f"{name}_of",
                "DIRECTION_VALUES" if is_by_direction(name) else "LANES",
                is_wide=self._times.include(program.state_leaf(name)),
            )
            for name in program.states
        }
        by_rate = {Rate.NEURON: ("of", "LANES"), Rate.STEP: ("at", "CHUNK")}
        for node in (*schedule.per_neuron, *schedule.per_step, *schedule.per_trace):
            suffix, size = by_rate.get(rate_of(node), ("at", "CHUNK_VALUES"))
            wanted = f"{identifiers.of(node)}_{suffix}"
            self._kept[node] = self._array(wanted, size, is_wide=self._times.include(node))
        together = program.together
        sizes = dict.fromkeys(program.sums, "LANES")
        if together is not None:
            sizes |= dict.fromkeys(together.products, "PRODUCT_VALUES")
        self._sums = {n: self._array(f"sum_{n}", size, is_wide=True) for n, size in sizes.items()}
        self._parts = self._sums
        if is_single:
            self._parts = {n: self._array(f"part_of_sum_{n}", size) for n, size in sizes.items()}
        self._traces = {
            name: self._array(f"{name}_trace", "CHUNK_VALUES", is_wide=self._times.include(node))
            for name, node in program.recorded.items()
        }
        self._slopes = {
            name: self._array(f"{name}_slopes", "SLOPE_VALUES")
            for name in (() if together is None else together.slopes)
        }
        self._happened = {e.name: self._array(f"has_{e.name}", "LANES") for e in program.events}

    def allocations(self) -> list[str]:
        """Return the lines that make the arrays that last longer than a step."""
        return list(self._lines)

    def allocations_of_step(self) -> list[str]:
        """Return the lines that make the arrays that only the loops of a step use."""
        return list(self._lines_of_step)

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

    def part_of_sum(self, name: str) -> str:
        """Return the array in which a chunk of steps is summed up: in float32, if all else is."""
        return self._parts[name]

    def trace(self, name: str) -> str:
        """Return the array that collects a recorded variable."""
        return self._traces[name]

    def slopes(self, name: str) -> str:
        """Return the array that collects the slopes of a recorded variable."""
        return self._slopes[name]

    def differs(self, node: Node) -> bool:
        """Return whether there is a value for every direction."""
        return node in self._differing

    def happened(self, event: str) -> str:
        """Return the array that marks the lanes in which an event happened."""
        return self._happened[event]

    def temporary(self, node: Node) -> str:
        """Return the array that carries a value from one loop to a later one."""
        if node not in self._temporary:
            name = f"{self._identifiers.of(node)}_of"
            size = "DIRECTION_VALUES" if self.differs(node) else "LANES"
            is_wide = self._times.include(node)
            self._temporary[node] = self._array(name, size, is_wide=is_wide, lasts=False)
        return self._temporary[node]

    def read(self, node: Node, place: str = "base + lane") -> str:
        """Return the expression that reads a value that is stored.

        Parameters
        ----------
        place
            Where it stands if there is a value for every direction.
        """
        if node.op == "state":
            return self.read_state(node, place)
        if node not in self._kept:
            text = f"{self.temporary(node)}[{place if self.differs(node) else 'lane'}]"
        else:
            index = {Rate.NEURON: "lane", Rate.STEP: "s"}.get(rate_of(node), IN_CHUNK)
            text = f"{self._kept[node]}[{index}]"
        return f"{text} != 0.0" if node.kind == Kind.BOOLEAN else text

    def read_state(self, node: Node, place: str = "base + lane") -> str:
        """Return the expression that reads a state."""
        name = str(node.value)
        text = f"{self._states[name]}[{place if is_by_direction(name) else 'lane'}]"
        return f"{text} != 0.0" if node.kind == Kind.BOOLEAN else text

    def _array(self, wanted: str, size: str, *, is_wide: bool = False, lasts: bool = True) -> str:
        name = self._identifiers.unique(wanted)
        function = "stack_array_float32" if self._is_single and not is_wide else "stack_array"
        lines = self._lines if lasts else self._lines_of_step
        lines.append(f"{name} = {function}({size})")
        return name

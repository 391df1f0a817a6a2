"""What differs in a kernel that runs its steps in segments, so that neurons can be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from brianfit.engines.fused.emit.names import LaneNames
from brianfit.engines.fused.loop_program import LoopProgram

_WHOLE = {
    "count": "n_neurons",
    "number": "min(block * LANES + lane, n_neurons - 1)",
    "from_step": "0",
    "to_step": "n_steps",
}

_IN_SEGMENTS = {
    "count": "numbers.shape[0]",
    "number": "numbers[min(block * LANES + lane, numbers.shape[0] - 1)]",
    "from_step": "from_step",
    "to_step": "to_step",
}


@final
@dataclass(frozen=True, kw_only=True)
class Segments:
    """The words of the template for all neurons and steps at once, or for some of each.

    Attributes
    ----------
    stoppable
        Whether a call runs the neurons in ``numbers`` from ``from_step`` to ``to_step``; what they
        need to go on stands in ``states`` and ``sums`` in between.
    """

    stoppable: bool

    @property
    def words(self) -> Mapping[str, str]:
        """What stands in the template for the neurons and the steps."""
        return _IN_SEGMENTS if self.stoppable else _WHOLE

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that are added to a kernel."""
        return ("numbers", "from_step", "to_step", "states") if self.stoppable else ()

    def begin(self, program: LoopProgram, lanes: LaneNames) -> list[str]:
        """Return the lines by which a neuron goes on where it stopped."""
        if not self.stoppable:
            return []
        kept = [
            f"{lanes.state(name)}[lane] = states[{k}, neuron]" for k, name in _numbered(program)
        ]
        kept += [
            f"{lanes.sum(name)}[lane] = sums[{k}, neuron]" for k, name in enumerate(program.sums)
        ]
        if not kept:
            return []
        lines = ["neuron = neuron_of[lane]", *kept]
        head = ["if from_step > 0:", "    for lane in range(LANES):"]
        return [*head, *("        " + line for line in lines)]

    def end(self, program: LoopProgram, lanes: LaneNames) -> list[str]:
        """Return the lines that keep what a neuron needs to go on, besides its sums."""
        if not self.stoppable:
            return []
        return [
            f"states[{k}, neuron] = {lanes.state(name)}[lane]" for k, name in _numbered(program)
        ]


def _numbered(program: LoopProgram) -> list[tuple[int, str]]:
    return list(enumerate(program.states))

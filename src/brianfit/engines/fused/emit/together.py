"""What derivatives in all directions add to a kernel outside the steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

from brianfit.engines.fused.derivatives import products
from brianfit.engines.fused.directions import is_by_direction, n_tiles, tile_of
from brianfit.engines.fused.emit.names import LaneNames
from brianfit.engines.fused.emit.products import handed_over, n_values
from brianfit.engines.fused.ir import Node, Rate, rate_of
from brianfit.engines.fused.loop_program import LoopProgram


@final
class TogetherWriter:
    """Writes it; nothing for a program without such derivatives."""

    def __init__(self, program: LoopProgram, lanes: LaneNames) -> None:
        self._program = program
        self._together = program.together
        self._lanes = lanes

    def sizes(self) -> list[str]:
        """Return the constants of the module."""
        together = self._together
        if together is None:
            return []
        return [
            f"N_DIRECTIONS = {together.number}",
            f"TILE = {tile_of(together.number)}  # directions that a loop takes at a time",
            f"N_TILES = {n_tiles(together.number)}",
            "DIRECTION_VALUES = N_TILES * TILE * LANES",
            f"N_PRODUCTS = {n_values(together)}",
            "PRODUCT_VALUES = N_PRODUCTS * LANES",
            "SLOPE_VALUES = N_TILES * TILE * CHUNK_VALUES",
        ]

    def starts(self) -> Iterator[tuple[str, int, Node]]:
        """Yield what tangents, and slots that do not change in a run, begin with."""
        if self._together is None:
            return
        for name, values in self._together.starts.items():
            yield from ((name, k, node) for k, node in values.items())
        for slots in (self._together.slots, self._together.event_slots):
            for name, values in slots.items():
                for k, node in values.items():
                    if rate_of(node) in (Rate.CONSTANT, Rate.NEURON):
                        yield name, k, node

    def zeros(self) -> list[str]:
        """Return the lines that set tangents and sums to zero."""
        if self._together is None:
            return []
        names = [name for name in self._program.states if is_by_direction(name)]
        arrays = {
            "N_TILES * TILE": [self._lanes.state(name) for name in names],
            "N_PRODUCTS": list(self._sums()),
        }
        lines = []
        for number, found in arrays.items():
            if found:
                lines += [f"for place in range({number}):", "    for lane in range(lanes):"]
                lines += [f"        {array}[place * LANES + lane] = 0.0" for array in found]
        return lines

    def parts_of_sums(self) -> Iterator[str]:
        """Yield the lines that add what was summed up in a chunk to the sums of a lane."""
        if self._together is None:
            return
        for name in self._together.products:
            total, part = self._lanes.sum(name), self._lanes.part_of_sum(name)
            yield "for place in range(N_PRODUCTS):"
            yield f"    {total}[place * LANES + lane] += {part}[place * LANES + lane]"
            yield f"    {part}[place * LANES + lane] = 0.0"

    def traces(self) -> Iterator[str]:
        """Yield the lines that hand over the slopes of a chunk, for a neuron."""
        if self._together is None:
            return
        for number, name in enumerate(self._together.slopes):
            row = len(self._program.recorded) + number * self._together.number
            place = "direction * CHUNK_VALUES + s * LANES + lane"
            yield "for direction in range(N_DIRECTIONS):"
            yield "    for s in range(n_chunk):"
            yield f"        traces[{row} + direction, neuron, first_step + s] = \\"
            yield f"            {self._lanes.slopes(name)}[{place}]"

    def sums(self) -> Iterator[str]:
        """Yield the lines that hand over the sums of a neuron."""
        if self._together is None:
            return
        for number, name in enumerate(self._together.products):
            n_products = sum(1 for _ in products(self._together.number))
            row = len(self._program.sums) + number * n_products
            yield from handed_over(self._lanes.sum(name), row, self._together)

    def _sums(self) -> Iterator[str]:
        if self._together is None:
            return
        for name in self._together.products:
            yield from dict.fromkeys((self._lanes.sum(name), self._lanes.part_of_sum(name)))


__all__ = ["TogetherWriter"]

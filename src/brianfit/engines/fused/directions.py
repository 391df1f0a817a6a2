"""States that there are once per direction, where one text computes all directions.

Their arrays hold the lanes of the first direction, then those of the second, and so on. Loops take
some directions at a time, a tile, so that what these share is read once; the last tile may reach
beyond the last direction, where all tangents are zero and nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable

from brianfit.engines.fused.ir import Node

EVERY = "*"
"""The name of the direction that stands for all; no parameter has it."""

TILES = (4, 3, 2)


def is_by_direction(state: str) -> bool:
    """Return whether there is a state for every direction."""
    return state.endswith(f"/d{EVERY}")


def depending(nodes: Iterable[Node]) -> set[Node]:
    """Return those of `nodes`, given arguments first, that differ between directions."""
    found: set[Node] = set()
    for node in nodes:
        is_it = node.op == "state" and is_by_direction(str(node.value))
        if is_it or any(arg in found for arg in node.args):
            found.add(node)
    return found


def tile_of(n_directions: int) -> int:
    """Return how many directions a loop takes at a time: those that leave least unused."""
    return min(TILES, key=lambda tile: (-n_directions % tile, -tile))


def n_tiles(n_directions: int) -> int:
    """Return how many tiles hold all directions."""
    return -(-n_directions // tile_of(n_directions))

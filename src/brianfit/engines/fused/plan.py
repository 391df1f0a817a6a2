"""Where a kernel computes every node of a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from brianfit.engines.fused.ir import Node


@final
@dataclass(frozen=True, kw_only=True)
class LaneLoop:
    """One pass over the lanes of a block.

    Attributes
    ----------
    nodes
        What is computed in it, arguments first.
    is_by_direction
        Whether that is done once for every direction.
    """

    nodes: tuple[Node, ...]
    is_by_direction: bool = False


@final
@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Where every node of a program is computed.

    Attributes
    ----------
    per_neuron
        Kept for the whole run: one value per lane.
    per_step
        Kept for a chunk of steps: one value per step.
    per_trace
        Kept for a chunk of steps: one value per step and lane, computed per trace.
    loops
        The loops over lanes of one step, in order.
    n_before_products
        How many of them come before slopes are multiplied and summed up.
    """

    per_neuron: tuple[Node, ...]
    per_step: tuple[Node, ...]
    per_trace: tuple[Node, ...]
    loops: tuple[LaneLoop, ...]
    n_before_products: int = 0

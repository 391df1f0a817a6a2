"""What a kernel yields of derivatives, by the names of the task."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.engines._base import SimulationTask, SquareSums


def products(n_directions: int) -> Iterator[tuple[int, ...]]:
    """Yield what is summed up of a residual r and its slopes, in the order of a kernel.

    ``()`` is r*r, ``(i,)`` its product with slope i, ``(i, j)`` that of two slopes.
    """
    yield ()
    for i in range(n_directions):
        yield (i,)
        yield from ((i, j) for j in range(i + 1))


def square_sums(
    task: SimulationTask, sums: Float[np.ndarray, "n_sums n_samples n_traces"]
) -> dict[str, SquareSums]:
    """Return the sums of squares of `task` and their derivatives."""
    n_directions = len(task.directions)
    shape = (*sums.shape[1:], n_directions)
    rows = iter(sums)
    found = {}
    for square in task.squares:
        totals = np.empty(shape[:2])
        gradients, matrices = np.empty(shape), np.empty((*shape, n_directions))
        for place, row in zip(products(n_directions), rows, strict=False):
            if not place:
                totals = row
            elif len(place) == 1:
                gradients[..., place[0]] = row
            else:
                matrices[..., place[0], place[1]] = matrices[..., place[1], place[0]] = row
        found[square.name] = SquareSums(
            totals=totals, gradients=gradients, normal_matrices=matrices
        )
    return found


def slopes(
    task: SimulationTask, traces: Float[np.ndarray, "n_slopes n_samples n_traces n_steps"]
) -> dict[str, Float[np.ndarray, "n_samples n_traces n_steps n_parameters"]]:
    """Return the derivatives of the outputs of `task` at every step."""
    n_directions = len(task.directions)
    parts = traces.reshape(len(task.sloped), n_directions, *traces.shape[1:])
    return {name: np.moveaxis(part, 0, -1) for name, part in zip(task.sloped, parts, strict=True)}

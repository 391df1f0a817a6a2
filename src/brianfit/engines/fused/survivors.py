"""Which neurons of a round are still simulated, from one segment of its steps to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float, Int
from brianfit.engines._base import SimulationTask, SumLimits
from brianfit.engines.fused.ir import CHUNK

N_SEGMENTS = 16
"""So often in a run its samples are looked at ..."""

SHORTEST = 4 * CHUNK
"""... unless that is more often than once in so many steps, which would cost more than it saves."""


def segments(n_steps: int) -> Iterator[tuple[int, int]]:
    """Yield the first step of every segment and the one after its last; they begin new chunks."""
    length = max(SHORTEST, CHUNK * -(-n_steps // (N_SEGMENTS * CHUNK)))
    for first in range(0, n_steps, length):
        yield first, min(first + length, n_steps)


@final
class Survivors:
    """The samples of a round that are within their limits.

    Attributes
    ----------
    stopped_at
        As in `SimulationResult`.
    """

    def __init__(self, n_samples: int, task: SimulationTask, limits: SumLimits | None) -> None:
        self._task = task
        self._limits = limits
        self.stopped_at: Int[np.ndarray, " n_samples"] = np.full(n_samples, task.n_steps)

    @property
    def numbers(self) -> Int[np.ndarray, " n_neurons"]:
        """The neurons to simulate, as a kernel counts them: all samples of a trace together."""
        n_samples, n_traces = len(self.stopped_at), self._task.n_traces
        running = np.flatnonzero(self.stopped_at == self._task.n_steps)
        return (np.arange(n_traces)[:, np.newaxis] * n_samples + running).ravel()

    def look_at(self, sums: Float[np.ndarray, "n_sums n_neurons"], step: int) -> None:
        """Give up the samples whose sums exceed their limit before `step`, or that diverged."""
        if self._limits is None:
            return
        shape = (len(sums), len(self.stopped_at), self._task.n_traces)
        within = self._limits.weights @ sums.reshape(shape).sum(axis=2) <= self._limits.limits
        is_beyond = ~within & np.isfinite(self._limits.limits)
        self.stopped_at[is_beyond] = np.minimum(self.stopped_at[is_beyond], step)

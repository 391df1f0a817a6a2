"""Which neurons of a round are still simulated, from one segment of its steps to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.engines._base import SumLimits
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
    stopped
        Samples that were given up.
    """

    def __init__(self, n_samples: int, n_traces: int, limits: SumLimits | None) -> None:
        self._n_samples = n_samples
        self._n_traces = n_traces
        self._limits = limits
        self.stopped: Bool[np.ndarray, " n_samples"] = np.zeros(n_samples, dtype=bool)

    @property
    def numbers(self) -> Int[np.ndarray, " n_neurons"]:
        """The neurons to simulate, as a kernel counts them: all samples of a trace together."""
        samples = np.flatnonzero(~self.stopped)
        return (np.arange(self._n_traces)[:, np.newaxis] * self._n_samples + samples).ravel()

    def look_at(self, sums: Float[np.ndarray, "n_sums n_neurons"]) -> None:
        """Give up the samples whose sums exceed their limit, or that diverged."""
        if self._limits is None:
            return
        by_sample = sums.reshape(len(sums), self._n_samples, self._n_traces).sum(axis=2)
        within = self._limits.weights @ by_sample <= self._limits.limits
        self.stopped |= ~within & np.isfinite(self._limits.limits)

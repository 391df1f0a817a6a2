"""Evaluate in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.executors._base import AbstractExecutor, Result
from brianfit.executors._limits import checked_limit
from brianfit.executors.chunks import LANES, Chunk, ChunkSizes
from brianfit.executors.shared_work import shared_work

_CHECKS = 20
"""So often within a time limit the time is looked at, if samples are quick enough."""


@final
class SerialExecutor(AbstractExecutor):
    """Evaluate in this process; the engine may still use all cores.

    Parameters
    ----------
    time_per_round
        Samples that are not begun by then have the error inf; a simulation under way is not
        broken off, for which there is `ProcessExecutor`. None: no limit.
    """

    def __init__(self, *, time_per_round: Any = None) -> None:
        self.time_per_round = checked_limit("time_per_round", time_per_round)
        self._sizes = ChunkSizes()

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate all samples in one call, or in several where there is a time limit."""
        size = shared_work(evaluate).chunk_size(len(values))
        if np.isinf(self.time_per_round) or len(values) == 0 or size == len(values):
            return join([evaluate(values, 0)])
        started = time.monotonic()
        results: list[Any] = []
        first = 0
        while first < len(values):
            chunk = Chunk(first, min(first + (size or self._size()), len(values)))
            begun = time.monotonic()
            if begun - started >= self.time_per_round:
                rest = len(values) - first
                why = f"Samples from number {first} on took longer than `time_per_round`."
                results.append(shared_work(evaluate).failed(rest, why))
                break
            results.append(evaluate(values[chunk.first : chunk.last], chunk.first))
            self._sizes.note(chunk, time.monotonic() - begun)
            first = chunk.last
        return join(results)

    def _size(self) -> int:
        cost = self._sizes.seconds_per_sample
        if cost is None or cost <= 0:
            return LANES
        return max(LANES, int(self.time_per_round / (_CHECKS * cost)) // LANES * LANES)

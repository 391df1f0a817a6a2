"""Divide the samples of a round into chunks whose size follows from measured cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

LANES = 16
"""Engines simulate samples side by side in groups of this size."""

SHORTEST = 0.05
"""A chunk that takes less time than this [s] is not worth its way to another process."""

LONGEST = 10.0
"""A chunk that takes more [s] loses too much when its worker is lost."""

CHUNKS_PER_WORKER = 4
"""So many chunks even out workers of different speed."""


@final
@dataclass(frozen=True)
class Chunk:
    """Consecutive samples: the number of the first, and of the one after the last."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """The number of samples."""
        return self.last - self.first

    def halves(self) -> tuple[Chunk, Chunk]:
        """Return the two halves of a chunk of at least two samples."""
        middle = (self.first + self.last) // 2
        return Chunk(self.first, middle), Chunk(middle, self.last)


@final
class ChunkSizes:
    """Plans the chunks of a round from what samples have cost so far.

    Parameters
    ----------
    shortest
        A chunk that takes less time than this [s] is not worth its way to a worker.

    Attributes
    ----------
    seconds_per_sample : float or None
        Measured on one worker; recent chunks count more. None before the first one.
    """

    def __init__(self, shortest: float = SHORTEST) -> None:
        self._shortest = shortest
        self.seconds_per_sample: float | None = None

    def note(self, chunk: Chunk, seconds: float) -> None:
        """Take the time that a chunk took on a worker into account."""
        measured = seconds / chunk.size
        before = self.seconds_per_sample
        self.seconds_per_sample = measured if before is None else 0.5 * (before + measured)

    def plan(self, n_samples: int, n_workers: int, at_once: int | None = None) -> list[Chunk]:
        """Return the chunks of a round; `at_once` sets their size."""
        if n_samples == 0:
            return [Chunk(0, 0)]
        n_chunks = min(n_samples, n_workers * self._per_worker(n_samples, n_workers))
        size = at_once or math.ceil(n_samples / n_chunks)
        if at_once is None and size >= LANES:
            size = LANES * math.ceil(size / LANES)
        return [Chunk(first, min(first + size, n_samples)) for first in range(0, n_samples, size)]

    def _per_worker(self, n_samples: int, n_workers: int) -> int:
        if self.seconds_per_sample is None:
            return 1
        share = self.seconds_per_sample * n_samples / n_workers
        wanted = min(CHUNKS_PER_WORKER, int(share / self._shortest))
        return max(1, wanted, math.ceil(share / LONGEST))

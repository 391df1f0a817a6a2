"""Evaluate samples under limits of time, in this thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit.executors.breaking_off import Overdue, broken_off_after
from brianfit.executors.chunks import Chunk


@final
@dataclass(frozen=True, kw_only=True)
class Part:
    """Consecutive samples of a round that were evaluated at once, or that failed.

    Attributes
    ----------
    chunk
        Which ones.
    found
        What evaluating them yielded.
    seconds
        The time that it took.
    overdue
        The name of the limit that they did not keep; then nothing was found.
    """

    chunk: Chunk
    found: Any = None
    seconds: float = 0.0
    overdue: str = ""

    @property
    def why(self) -> str:
        """Why there is no result, in a sentence."""
        first, last = self.chunk.first, self.chunk.last - 1
        which = f"Sample {first}" if first == last else f"Samples {first} to {last}"
        return f"{which} took longer than `{self.overdue}`."


def evaluated_in_time(
    evaluate: Callable[[np.ndarray, int], Any],
    values: np.ndarray,
    first_sample: int,
    *,
    size: Callable[[], int],
    time_per_sample: float,
    time_left: float,
) -> Iterator[Part]:
    """Evaluate samples in parts; break off what takes too long.

    A part that is overdue is divided, until the sample that runs away is alone.

    Parameters
    ----------
    evaluate
        As for executors.
    first_sample
        The number of the first of the `values` within the round.
    size
        Says of how many samples the next part is made, at least one.
    time_per_sample, time_left
        For a sample, and for all of them [s].
    """
    deadline = time.monotonic() + time_left
    waiting = deque([Chunk(first_sample, first_sample + len(values))])
    while waiting:
        chunk = _next(waiting, size())
        started = time.monotonic()
        allowed = min(deadline - started, chunk.size * time_per_sample)
        rows = values[chunk.first - first_sample : chunk.last - first_sample]
        try:
            if deadline <= started:
                raise Overdue
            with broken_off_after(allowed):
                found = evaluate(rows, chunk.first)
        except Overdue:
            if time.monotonic() >= deadline:
                yield Part(chunk=chunk, overdue="time_per_round")
                yield from (Part(chunk=rest, overdue="time_per_round") for rest in waiting)
                return
            if chunk.size > 1:
                waiting.extendleft(reversed(chunk.halves()))
            else:
                yield Part(chunk=chunk, overdue="time_per_sample")
        else:
            yield Part(chunk=chunk, found=found, seconds=time.monotonic() - started)


def _next(waiting: deque[Chunk], size: int) -> Chunk:
    """Take the first `size` samples, or fewer, from those that wait."""
    chunk = waiting.popleft()
    if chunk.size <= size:
        return chunk
    waiting.appendleft(Chunk(chunk.first + size, chunk.last))
    return Chunk(chunk.first, chunk.first + size)

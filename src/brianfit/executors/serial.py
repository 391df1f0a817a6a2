"""Evaluate in this process."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.threads import available_threads
from brianfit.executors._base import AbstractExecutor, Result
from brianfit.executors._limits import checked_limit
from brianfit.executors.chunks import LANES, ChunkSizes
from brianfit.executors.in_time import evaluated_in_time
from brianfit.executors.shared_work import SharedWork, shared_work

_CHECKS = 20
"""So often within a time limit the time is looked at, if samples are quick enough."""


@final
class SerialExecutor(AbstractExecutor):
    """Evaluate in this process; the engine may still use all cores.

    With a limit of time, a round is evaluated in parts. Python code that is overdue, such as a
    metric, is broken off; compiled code is not, and its samples are given up when it returns. To
    end code that never returns, there is `ProcessExecutor`.

    Parameters
    ----------
    time_per_sample
        A sample that takes longer, evaluated alone, has the error inf. None: no limit.
    time_per_round
        Samples that are not done by then have the error inf. None: no limit.
    """

    def __init__(self, *, time_per_sample: Any = None, time_per_round: Any = None) -> None:
        self.time_per_sample = checked_limit("time_per_sample", time_per_sample)
        self.time_per_round = checked_limit("time_per_round", time_per_round)
        self._sizes = ChunkSizes()

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate all samples in one call, or in several where there is a time limit."""
        has_limit = math.isfinite(self.time_per_sample) or math.isfinite(self.time_per_round)
        if len(values) == 0 or not has_limit:
            return join([evaluate(values, 0)])
        return join(self._in_time(shared_work(evaluate), values))

    def _in_time(self, work: SharedWork, values: np.ndarray) -> list[Any]:
        at_once = work.chunk_size(len(values))
        results = {}
        for part in evaluated_in_time(
            work,
            values,
            0,
            size=lambda: at_once or self._size(),
            time_per_sample=self.time_per_sample,
            time_left=self.time_per_round,
        ):
            if part.overdue:
                results[part.chunk.first] = work.failed(part.chunk.size, part.why)
            else:
                results[part.chunk.first] = part.found
                self._sizes.note(part.chunk, part.seconds)
        return [results[first] for first in sorted(results)]

    def _size(self) -> int:
        """Return of how many samples a part is made: some for every core, more if they are fast."""
        least = LANES * available_threads()
        cost = self._sizes.seconds_per_sample
        if cost is None or cost <= 0 or math.isinf(self.time_per_round):
            return least
        return max(least, int(self.time_per_round / (_CHECKS * cost)) // LANES * LANES)

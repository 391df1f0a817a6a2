"""In which stages a round is simulated when samples may be given up on the way.

Traces are simulated one after the other, each in a few stretches of steps, and between these the
samples beyond their limit are left out. That saves most where the first trace tells most, so that
traces on which samples have the largest sums come first. Where a trace alone would leave threads or
lanes idle, several are simulated at a time. None of this changes what is found of the samples that
keep within their limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.engines._base import SimulationTask, SumLimits
from brianfit.engines.fused.ir import CHUNK, LANES

MOST_LOOKS = 16
"""Samples are not looked at more often in a run, ..."""

SMALLEST_STAGE = 50_000
"""... and not before so many more steps of neurons: calling a kernel costs some 5,000 of them."""

MOST_PER_NEURON = 1.35
"""What a neuron may cost in a block that is not full: a block costs as much as a quarter of its
lanes before the first neuron, and neurons by eights."""


@final
class Stages:
    """The stages of one round.

    Attributes
    ----------
    neuron_steps
        How many steps of neurons the stages had so far.
    """

    def __init__(
        self, task: SimulationTask, n_samples: int, *, limits: SumLimits | None, n_threads: int
    ) -> None:
        self._task = task
        self._limits = limits
        self._n_threads = n_threads
        self._runs: Bool[np.ndarray, " n_samples"] = np.ones(n_samples, dtype=bool)
        self._n_running = n_samples
        self._is_free = np.ones(n_samples, bool) if limits is None else np.isinf(limits.limits)
        self._has_limits = not self._is_free.all()
        self.neuron_steps = 0

    def of(
        self,
        sums: Float[np.ndarray, "n_sums n_neurons"],
        order: Int[np.ndarray, " n_traces"] | None,
    ) -> Iterator[tuple[Int[np.ndarray, " n_listed"], int, int]]:
        """Yield the neurons of each stage, its first step, and the one after its last.

        Parameters
        ----------
        sums
            Zero at first; filled by whoever runs the stages.
        order
            Of the traces; None: as they are.
        """
        waiting = np.arange(self._task.n_traces) if order is None else order
        while waiting.size:
            n_together = self._n_together(waiting.size)
            together, waiting = np.sort(waiting[:n_together]), waiting[n_together:]
            for first, last in self._stretches(n_together):
                numbers = self._numbers(together)
                if not numbers.size:
                    return
                self.neuron_steps += numbers.size * (last - first)
                yield numbers, first, last
                self._look_at(sums)

    def order_from(
        self, sums: Float[np.ndarray, "n_sums n_neurons"]
    ) -> Int[np.ndarray, " n_traces"] | None:
        """Return the traces from the largest sums down, as samples that ran to the end have them.

        None if there are none.
        """
        weights = np.ones(len(sums)) if self._limits is None else self._limits.weights
        rows = np.tensordot(weights, self._by_sample(sums), axes=1)
        rows = rows[self._runs & np.all(np.isfinite(rows), axis=1)]
        return np.argsort(-rows.mean(axis=0), kind="stable") if len(rows) else None

    def _n_together(self, n_waiting: int) -> int:
        """Return how many traces are simulated at a time, so that lanes and threads are used."""
        if not self._has_limits or not self._n_running:
            return n_waiting
        n_blocks = -(-self._n_running // LANES)
        n_steps = self._n_running * self._task.n_steps
        least = max(1, self._n_threads // n_blocks, SMALLEST_STAGE // n_steps)
        fitting = (n for n in range(least, n_waiting) if _is_well_filled(n * self._n_running))
        return next(fitting, n_waiting)

    def _stretches(self, n_together: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches of steps between two looks at the samples; they begin new chunks."""
        n_steps, n_traces = self._task.n_steps, self._task.n_traces
        n_looks = min(
            MOST_LOOKS * n_together // n_traces,
            n_steps * n_together * self._n_running // SMALLEST_STAGE,
        )
        if not self._has_limits or n_looks <= 1:
            yield 0, n_steps
            return
        length = CHUNK * -(-n_steps // (n_looks * CHUNK))
        for first in range(0, n_steps, length):
            yield first, min(first + length, n_steps)

    def _numbers(self, traces: Int[np.ndarray, " n"]) -> Int[np.ndarray, " n_listed"]:
        """Return neurons as a kernel counts them: all samples of a trace side by side."""
        rows = traces[:, np.newaxis] * len(self._runs) + np.flatnonzero(self._runs)
        return rows.ravel()

    def _look_at(self, sums: Float[np.ndarray, "n_sums n_neurons"]) -> None:
        """Leave out the samples beyond their limit from now on, and those that diverged."""
        if self._limits is None or not self._has_limits:
            return
        within = self._limits.weights @ self._by_sample(sums).sum(axis=2) <= self._limits.limits
        self._runs &= within | self._is_free
        self._n_running = int(np.count_nonzero(self._runs))

    def _by_sample(self, sums: np.ndarray) -> Float[np.ndarray, "n_sums n_samples n_traces"]:
        return sums.reshape(len(sums), len(self._runs), self._task.n_traces)


def _is_well_filled(n_neurons: int) -> bool:
    """Return whether blocks of so many neurons are used nearly as well as full ones."""
    full, rest = divmod(n_neurons, LANES)
    partial = LANES // 4 + 8 * -(-rest // 8) if rest else 0
    return full * (LANES + LANES // 4) + partial <= MOST_PER_NEURON * n_neurons

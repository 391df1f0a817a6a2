"""Stage 5: a compiled function to a call on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.engines._base import SimulationResult, SimulationTask
from brianfit.engines.fused.ir import LANES, Table
from brianfit.engines.fused.threads import in_threads

FIRST_CAPACITY = 64
"""Spikes of one neuron for which there is room before the first run."""

SMALL_RUN = 100_000
"""A run with fewer steps of neurons than this is not worth a second thread."""

_ARGUMENTS = (
    "i8, i8, f8[:, ::1], i8, i8, i8, u8, f8, b1, i8[::1], i4[:, ::1], f8[:, ::1], f8[:, ::1], "
)


def signature_of(tables: Sequence[Table]) -> str:
    """Return the types of a kernel's arguments."""
    parts = [f"{_ARGUMENTS}f8[:, :, ::1]", *("f8[:, ::1]" for _ in tables)]
    return f"void({', '.join(parts)})"


@final
@dataclass(frozen=True, kw_only=True)
class _Outputs:
    """The arrays that a kernel fills, one row or column per neuron."""

    spike_counts: np.ndarray
    spike_steps: np.ndarray
    sums: np.ndarray
    final: np.ndarray
    traces: np.ndarray


@final
class Kernel:
    """Runs a compiled function over all neurons of a round.

    Parameters
    ----------
    function
        The function `simulate` of the emitted source.
    threads
        How many threads may run at a time.
    common_noise
        Whether the noise on a trace is the same for all samples.
    """

    def __init__(
        self,
        function: Callable[..., None],
        task: SimulationTask,
        tables: Sequence[Table],
        *,
        threads: int,
        common_noise: bool,
    ) -> None:
        self._function = function
        self._task = task
        self._tables = [_values(task, table) for table in tables]
        self._threads = threads
        self._common_noise = common_noise
        self._capacity = FIRST_CAPACITY

    def run(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        iteration: int,
        seed: int,
        first_sample: int,
    ) -> SimulationResult:
        """Simulate every sample on every trace."""
        out = self._empty(samples.shape[0])
        key = np.random.SeedSequence([seed, iteration]).generate_state(1, np.uint64)[0]
        given = (np.ascontiguousarray(samples, dtype=np.float64), first_sample, key, iteration)
        self._run_blocks(range(-(-out.spike_counts.size // LANES)), given, out)
        if self._task.record_spikes:
            out = self._with_all_spikes(given, out)
        return self._result(samples.shape[0], out)

    def _empty(self, n_samples: int) -> _Outputs:
        task = self._task
        n_neurons = n_samples * task.n_traces
        capacity = self._capacity if task.record_spikes else 0
        return _Outputs(
            spike_counts=np.zeros(n_neurons, np.int64),
            spike_steps=np.empty((n_neurons, capacity), np.int32),
            sums=np.empty((len(task.accumulators), n_neurons)),
            final=np.empty((len(task.final), n_neurons)),
            traces=np.empty((len(task.recorded), n_neurons, task.n_steps)),
        )

    def _run_blocks(self, blocks: Sequence[int], given: tuple[Any, ...], out: _Outputs) -> None:
        samples, first_sample, key, iteration = given
        task = self._task

        def run_part(first: int, last: int) -> None:
            self._function(
                first, last, samples, task.n_traces, task.n_steps, first_sample, key,
                float(iteration), self._common_noise, out.spike_counts, out.spike_steps,
                out.sums, out.final, out.traces, *self._tables,
            )  # fmt: skip

        is_small = len(blocks) * LANES * task.n_steps < SMALL_RUN
        in_threads(run_part, blocks, n_threads=1 if is_small else self._threads)

    def _with_all_spikes(self, given: tuple[Any, ...], out: _Outputs) -> _Outputs:
        """Run those blocks again that had more spikes than there was room for."""
        most = int(out.spike_counts.max(initial=0))
        room = out.spike_steps.shape[1]
        if most <= room:
            return out
        self._capacity = most + most // 4  # the next round may need a little more
        n_samples = given[0].shape[0]
        sample, trace = np.divmod(np.flatnonzero(out.spike_counts > room), self._task.n_traces)
        blocks = np.unique((trace * n_samples + sample) // LANES)
        steps = np.empty((out.spike_steps.shape[0], self._capacity), np.int32)
        steps[:, :room] = out.spike_steps
        larger = _Outputs(**{**vars(out), "spike_steps": steps})
        self._run_blocks(blocks.tolist(), given, larger)
        return larger

    def _result(self, n_samples: int, out: _Outputs) -> SimulationResult:
        task = self._task
        shape = (n_samples, task.n_traces)
        return SimulationResult(
            traces={
                name: values.reshape(*shape, task.n_steps)
                for name, values in zip(task.recorded, out.traces, strict=True)
            },
            spikes=self._spike_trains(n_samples, out) if task.record_spikes else None,
            final={
                name: values.reshape(shape)
                for name, values in zip(task.final, out.final, strict=True)
            },
            sums={
                accumulator.name: values.reshape(shape)
                for accumulator, values in zip(task.accumulators, out.sums, strict=True)
            },
        )

    def _spike_trains(self, n_samples: int, out: _Outputs) -> SpikeTrains:
        counts = out.spike_counts
        is_filled = np.arange(out.spike_steps.shape[1]) < counts[:, np.newaxis]
        return SpikeTrains(
            n_samples=n_samples,
            n_traces=self._task.n_traces,
            times=out.spike_steps[is_filled] * self._task.dt,
            offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        )


def _values(task: SimulationTask, table: Table) -> Float[np.ndarray, "n_columns n_rows"]:
    """Return the values of a table, one row per trace or column of a `TimedArray`."""
    if table.source == "timed":
        values = {**task.inputs, **task.targets}[table.key[0]].values
    elif table.source == "namespace":
        values = np.atleast_2d(task.model.namespace[table.key[0]].values.T)
    else:
        name, variable = table.key
        timed = next(given.timed for given in task.accumulators if given.name == name)
        values = timed[variable]
    return np.ascontiguousarray(values, dtype=np.float64)

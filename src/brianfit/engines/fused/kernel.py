"""Stage 5: a compiled function to a call on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.threads import in_threads
from brianfit.engines._base import SimulationResult, SimulationTask, SpikeSlopes, SumLimits
from brianfit.engines.fused.derivatives import slopes, square_sums
from brianfit.engines.fused.ir import LANES
from brianfit.engines.fused.loop_program import Table
from brianfit.engines.fused.race_stages import Stages

FIRST_CAPACITY = 64
"""Spikes of one neuron for which there is room before the first run."""

SMALL_RUN = 100_000
"""A run with fewer steps of neurons than this is not worth a second thread."""

_ARGUMENTS = (
    "i8, i8, f8[:, ::1], i8, i8, i8, u8, f8, b1, i8[::1], i4[:, ::1], f8[:, :, ::1], "
    "f8[:, ::1], f8[:, ::1], "
)


def signature_of(tables: Sequence[Table], *, stoppable: bool = False) -> str:
    """Return the types of a kernel's arguments."""
    segment = ["i8[::1], i8, i8, f8[:, ::1]"] if stoppable else []
    parts = [f"{_ARGUMENTS}f8[:, :, ::1]", *segment, *("f8[:, ::1]" for _ in tables)]
    return f"void({', '.join(parts)})"


@final
@dataclass(frozen=True, kw_only=True)
class _Outputs:
    """The arrays that a kernel fills, one row or column per neuron."""

    spike_counts: np.ndarray
    spike_steps: np.ndarray
    spike_marks: np.ndarray
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
    n_states
        How many numbers a neuron needs to go on after a segment of the steps.
    """

    def __init__(
        self,
        function: Callable[..., None],
        task: SimulationTask,
        tables: Sequence[Table],
        *,
        threads: int,
        common_noise: bool,
        n_states: int,
    ) -> None:
        self._function = function
        self._task = task
        self._tables = [_values(task, table) for table in tables]
        self._threads = threads
        self._common_noise = common_noise
        self._n_states = n_states
        self._capacity = FIRST_CAPACITY
        self._order: np.ndarray | None = None

    def run(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        iteration: int,
        seed: int,
        first_sample: int,
        limits: SumLimits | None = None,
    ) -> SimulationResult:
        """Simulate every sample on every trace, as far as it keeps within `limits`."""
        out = self._empty(samples.shape[0])
        key = np.random.SeedSequence([seed, iteration]).generate_state(1, np.uint64)[0]
        given = (np.ascontiguousarray(samples, dtype=np.float64), first_sample, key, iteration)
        if self._task.stoppable:
            return self._run_in_stages(given, out, limits)
        self._run_blocks(_blocks_of(out.spike_counts.size), given, out)
        if self._task.record_spikes:
            out = self._with_all_spikes(given, out)
        return self._result(samples.shape[0], out)

    def _empty(self, n_samples: int) -> _Outputs:
        task = self._task
        n_neurons = n_samples * task.n_traces
        n_directions = len(task.directions)
        n_products = 1 + n_directions + n_directions * (n_directions + 1) // 2
        n_sums = len(task.accumulators) + n_products * len(task.squares)
        n_traces = len(task.recorded) + n_directions * len(task.sloped)
        n_marks = 1 + n_directions if task.directions else 0
        capacity = self._capacity if task.record_spikes else 0
        return _Outputs(
            spike_counts=np.zeros(n_neurons, np.int64),
            spike_steps=np.empty((n_neurons, capacity), np.int32),
            spike_marks=np.empty((n_neurons, capacity, n_marks)),
            sums=np.empty((n_sums, n_neurons)),
            final=np.empty((len(task.final), n_neurons)),
            traces=np.empty((n_traces, n_neurons, task.n_steps)),
        )

    def _run_in_stages(
        self, given: tuple[Any, ...], out: _Outputs, limits: SumLimits | None
    ) -> SimulationResult:
        """Run some traces after the other, leaving out samples that are beyond their limits."""
        n_samples = given[0].shape[0]
        out.sums.fill(0.0)
        states = np.empty((self._n_states, out.spike_counts.size))
        stages = Stages(self._task, n_samples, limits=limits, n_threads=self._threads)
        for numbers, first, last in stages.of(out.sums, self._order):
            self._run_blocks(_blocks_of(numbers.size), given, out, (numbers, first, last, states))
        if self._order is None:
            self._order = stages.order_from(out.sums)
        return replace(self._result(n_samples, out), neuron_steps=stages.neuron_steps)

    def _run_blocks(
        self,
        blocks: Sequence[int],
        given: tuple[Any, ...],
        out: _Outputs,
        segment: tuple[Any, ...] = (),
    ) -> None:
        samples, first_sample, key, iteration = given
        task = self._task
        n_steps = segment[2] - segment[1] if segment else task.n_steps

        def run_part(first: int, last: int) -> None:
            self._function(
                first, last, samples, task.n_traces, task.n_steps, first_sample, key,
                float(iteration), self._common_noise, out.spike_counts, out.spike_steps,
                out.spike_marks, out.sums, out.final, out.traces, *segment, *self._tables,
            )  # fmt: skip

        is_small = len(blocks) * LANES * n_steps < SMALL_RUN
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
        marks = np.empty((len(steps), self._capacity, out.spike_marks.shape[2]))
        marks[:, :room] = out.spike_marks
        larger = _Outputs(**{**vars(out), "spike_steps": steps, "spike_marks": marks})
        self._run_blocks(blocks.tolist(), given, larger)
        return larger

    def _result(self, n_samples: int, out: _Outputs) -> SimulationResult:
        task = self._task
        shape = (n_samples, task.n_traces)
        n_plain, n_recorded = len(task.accumulators), len(task.recorded)
        return SimulationResult(
            traces={
                name: values.reshape(*shape, task.n_steps)
                for name, values in zip(task.recorded, out.traces[:n_recorded], strict=True)
            },
            spikes=self._spike_trains(n_samples, out) if task.record_spikes else None,
            final={
                name: values.reshape(shape)
                for name, values in zip(task.final, out.final, strict=True)
            },
            sums={
                accumulator.name: values.reshape(shape)
                for accumulator, values in zip(task.accumulators, out.sums[:n_plain], strict=True)
            },
            squares=square_sums(task, out.sums[n_plain:].reshape(-1, *shape)),
            slopes=slopes(task, out.traces[n_recorded:].reshape(-1, *shape, task.n_steps)),
            spike_slopes=self._spike_slopes(out),
        )

    def _spike_slopes(self, out: _Outputs) -> SpikeSlopes | None:
        if not (self._task.record_spikes and self._task.directions):
            return None
        is_filled = np.arange(out.spike_steps.shape[1]) < out.spike_counts[:, np.newaxis]
        marks = out.spike_marks[is_filled]
        times = (out.spike_steps[is_filled] + marks[:, 0]) * self._task.dt
        return SpikeSlopes(times=times, derivatives=marks[:, 1:])

    def _spike_trains(self, n_samples: int, out: _Outputs) -> SpikeTrains:
        counts = out.spike_counts
        is_filled = np.arange(out.spike_steps.shape[1]) < counts[:, np.newaxis]
        return SpikeTrains(
            n_samples=n_samples,
            n_traces=self._task.n_traces,
            times=out.spike_steps[is_filled] * self._task.dt,
            offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        )


def _blocks_of(n_neurons: int) -> range:
    return range(-(-n_neurons // LANES))


def _values(task: SimulationTask, table: Table) -> Float[np.ndarray, "n_columns n_rows"]:
    """Return the values of a table, one row per trace or column of a `TimedArray`."""
    if table.source == "timed":
        values = {**task.inputs, **task.targets}[table.key[0]].values
    elif table.source == "namespace":
        values = np.atleast_2d(task.model.namespace[table.key[0]].values.T)
    else:
        name, variable = table.key
        given = (*task.accumulators, *task.squares)
        timed = next(sums.timed for sums in given if sums.name == name)
        values = timed[variable]
    return np.ascontiguousarray(values, dtype=np.float64)

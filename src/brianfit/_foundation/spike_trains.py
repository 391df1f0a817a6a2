"""Spike times of many samples and traces in two flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float, Int


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class SpikeTrains:
    """The spike trains of `n_samples` x `n_traces` neurons.

    Attributes
    ----------
    times
        All spike times [s], train after train, rising within each train.
    offsets
        Train ``k = sample * n_traces + trace`` is ``times[offsets[k]:offsets[k + 1]]``.
    """

    n_samples: int
    n_traces: int
    times: Float[np.ndarray, " n_spikes"]
    offsets: Int[np.ndarray, " n_trains_plus_one"]

    def __post_init__(self) -> None:
        if self.offsets.shape != (self.n_samples * self.n_traces + 1,):
            raise InvalidValueError(
                f"Expected `offsets` to have {self.n_samples * self.n_traces + 1} entries, one "
                f"more than there are trains, but it has shape {self.offsets.shape}."
            )

    def train(self, sample: int, trace: int) -> Float[np.ndarray, " n_spikes"]:
        """Return the spike times of one neuron [s]."""
        k = sample * self.n_traces + trace
        return self.times[self.offsets[k] : self.offsets[k + 1]]

    def nested(self) -> list[list[Float[np.ndarray, " _"]]]:
        """Return the trains as ``[sample][trace] -> array`` of times [s]."""
        return [
            [self.train(sample, trace) for trace in range(self.n_traces)]
            for sample in range(self.n_samples)
        ]

    def counts(self) -> Int[np.ndarray, "n_samples n_traces"]:
        """Return the number of spikes of every train."""
        return np.diff(self.offsets).reshape(self.n_samples, self.n_traces)

    def keep(self, wanted: np.ndarray) -> SpikeTrains:
        """Return the trains with only those spikes for which the flat array `wanted` is True."""
        kept_before = np.concatenate([[0], np.cumsum(wanted)])
        return SpikeTrains(
            n_samples=self.n_samples,
            n_traces=self.n_traces,
            times=self.times[wanted],
            offsets=kept_before[self.offsets].astype(np.int64),
        )

    def select_traces(self, traces: Sequence[int]) -> SpikeTrains:
        """Return the trains of `traces`, in that order; a trace may be named several times."""
        shape = (self.n_samples, self.n_traces)
        counts = self.counts()[:, list(traces)].ravel()
        starts = self.offsets[:-1].reshape(shape)[:, list(traces)].ravel()
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], counts)
        return SpikeTrains(
            n_samples=self.n_samples,
            n_traces=len(traces),
            times=self.times[places],
            offsets=offsets,
        )

    def delayed(self, delays: Float[np.ndarray, "n_samples n_traces"]) -> SpikeTrains:
        """Return the trains with every spike later by the delay of its train [s]."""
        shifts = np.repeat(delays.ravel(), np.diff(self.offsets))
        return replace(self, times=self.times + shifts)

    def within(self, durations: Float[np.ndarray, " n_traces"]) -> SpikeTrains:
        """Return the trains without the spikes at or after the end of their trace [s]."""
        ends = np.repeat(np.tile(durations, self.n_samples), np.diff(self.offsets))
        return self.keep(self.times < ends)


def spike_trains_from_nested(
    nested: Sequence[Sequence[np.ndarray]], *, n_traces: int
) -> SpikeTrains:
    """Build `SpikeTrains` from ``[sample][trace] -> array`` of times [s]."""
    flat = [np.asarray(train, dtype=np.float64) for trains in nested for train in trains]
    counts = [train.size for train in flat]
    return SpikeTrains(
        n_samples=len(nested),
        n_traces=n_traces,
        times=np.concatenate(flat) if flat else np.empty(0),
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    )


def spike_trains_from_events(
    neuron: np.ndarray, times: np.ndarray, *, n_samples: int, n_traces: int
) -> SpikeTrains:
    """Build `SpikeTrains` from events: neuron number and time [s] of each, in rising time."""
    order = np.argsort(neuron, kind="stable")
    counts = np.bincount(neuron, minlength=n_samples * n_traces)
    return SpikeTrains(
        n_samples=n_samples,
        n_traces=n_traces,
        times=np.asarray(times, dtype=np.float64)[order],
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    )


def pairs_of_repeats(n_recorded: Sequence[int], n_simulated: int) -> list[tuple[int, int, int]]:
    """Return (trace, recorded repeat, simulated repeat) of all pairs that are compared.

    Parameters
    ----------
    n_recorded
        The number of recorded trains on every trace.
    n_simulated
        The number of trains that the model has on each trace.
    """
    return [
        (trace, recorded, simulated)
        for trace, count in enumerate(n_recorded)
        for recorded in range(count)
        for simulated in range(n_simulated)
    ]

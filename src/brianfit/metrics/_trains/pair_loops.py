"""Run a compiled comparison over all samples and pairs of trains, in threads.

Importing this file imports Numba, which is why metrics import it when spikes are first compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit._foundation.threads import available_threads, in_threads

SMALL = 200_000
"""A comparison of fewer spikes than this is not worth a second thread."""


class Pairs(NamedTuple):
    """What a compiled loop compares; a named tuple, since it knows no other record.

    Attributes
    ----------
    n_traces
        Trains of the model in a sample.
    times, offsets, data_times, data_offsets
        The trains of the model and the recorded ones, as in `SpikeTrains`.
    columns
        Pair j compares the model's train on trace ``columns[j]`` with recorded train j.
    start
        Earlier spikes of the model do not count [s].
    """

    n_traces: int
    times: np.ndarray
    offsets: np.ndarray
    columns: np.ndarray
    data_times: np.ndarray
    data_offsets: np.ndarray
    start: float


def compared_pairs(
    loop: Callable[..., None],
    model: SpikeTrains,
    columns: np.ndarray,
    data: SpikeTrains,
    start: float,
    *arguments: Any,
    n_results: int | None = None,
) -> Float[np.ndarray, "n_samples n_pairs *results"]:
    """Return what `loop` computes for every sample and pair.

    Parameters
    ----------
    loop
        A compiled function of (first sample, last sample + 1, `Pairs`, result, *arguments), which
        lets go of the interpreter lock.
    columns, start
        As in `Pairs`.
    n_results
        How many numbers there are for a pair; None: one, without an axis of its own.
    """
    shape = (model.n_samples, columns.size)
    result = np.zeros(shape if n_results is None else (*shape, n_results))
    if model.n_samples == 0:
        return result
    pairs = Pairs(
        n_traces=model.n_traces,
        times=model.times,
        offsets=model.offsets,
        columns=columns,
        data_times=data.times,
        data_offsets=data.offsets,
        start=start,
    )

    def run_part(first: int, last: int) -> None:
        loop(first, last, pairs, result, *arguments)

    n_spikes = model.times.size * columns.size + model.n_samples * data.times.size
    threads = 1 if n_spikes < SMALL else available_threads()
    in_threads(run_part, range(model.n_samples), n_threads=threads)
    return result


@numba.njit(cache=True, nogil=True)
def model_train(pairs: Pairs, sample: int, pair: int) -> np.ndarray:
    """Return the model's train of a pair."""
    k = sample * pairs.n_traces + pairs.columns[pair]
    return from_start(pairs.times[pairs.offsets[k] : pairs.offsets[k + 1]], pairs.start)


@numba.njit(cache=True, nogil=True)
def data_train(pairs: Pairs, pair: int) -> np.ndarray:
    """Return the recorded train of a pair."""
    return pairs.data_times[pairs.data_offsets[pair] : pairs.data_offsets[pair + 1]]


@numba.njit(cache=True, nogil=True)
def most_spikes(pairs: Pairs, first: int, last: int) -> int:
    """Return the number of spikes of the longest train that is compared in these samples."""
    most = 0
    for k in range(first * pairs.n_traces, last * pairs.n_traces):
        most = max(most, pairs.offsets[k + 1] - pairs.offsets[k])
    for pair in range(pairs.columns.size):
        most = max(most, pairs.data_offsets[pair + 1] - pairs.data_offsets[pair])
    return most


@numba.njit(cache=True, nogil=True)
def from_start(train: np.ndarray, start: float) -> np.ndarray:
    """Return a train without the spikes before `start`."""
    first = 0
    while first < train.size and train[first] < start:
        first += 1
    return train[first:]

"""What compiled spike metrics have in common: metrics of pairs of trains, and of sets of trains."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float, Int
from brianfit._foundation.spike_trains import (
    SpikeTrains,
    pairs_of_repeats,
    spike_trains_from_nested,
)
from brianfit.metrics._base import AbstractSpikeMetric
from brianfit.metrics._trains.repeats import check_sorted

# Spike times are multiples of the step up to rounding; this part of a step is rounding.
ROUNDING = 1e-6

Columns = Int[np.ndarray, " n_pairs"]


class AbstractTrainMetric(AbstractSpikeMetric):
    """A spike metric that works on the trains of all samples at once; see `SupportsSpikeTrains`."""

    @abstractmethod
    def features_of_trains(
        self, model: SpikeTrains, data: Sequence[Sequence[np.ndarray]], dt: float
    ) -> Float[np.ndarray, "n_samples n_features"]:
        """Return the error of every sample, for every trace or for every pair of trains."""

    def get_features(
        self, model: Sequence[Sequence[np.ndarray]], data: Sequence[np.ndarray], dt: float
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return the error of every sample on every trace, on which there is one train."""
        check_sorted("model", [train for sample in model for train in sample])
        trains = spike_trains_from_nested(model, n_traces=len(data))
        return self.features_of_trains(trains, [[train] for train in data], dt)

    def get_errors(
        self, features: Float[np.ndarray, "n_samples n_features"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the mean over the traces, or over all pairs."""
        return np.asarray(features.mean(axis=1))


class AbstractPairMetric(AbstractTrainMetric):
    """A spike metric that compares one train of the model with one recorded train.

    Where a stimulus was repeated, every recorded train is compared with every train that the model
    has for this stimulus, and the error is the mean over all pairs.
    """

    @abstractmethod
    def pair_errors(
        self, model: SpikeTrains, columns: Columns, data: SpikeTrains, dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the error of every sample for every pair.

        Parameters
        ----------
        model
            The trains of all samples, which may have spikes before `t_start`.
        columns
            Pair j compares the model's train ``columns[j]`` with recorded train j.
        data
            The recorded trains as of a single sample, none before `t_start`.
        """

    def features_of_trains(
        self, model: SpikeTrains, data: Sequence[Sequence[np.ndarray]], dt: float
    ) -> Float[np.ndarray, "n_samples n_pairs"]:
        """Return the error of every sample for every pair."""
        repeats = repeats_of_model(model, len(data))
        pairs = pairs_of_repeats([len(trains) for trains in data], repeats)
        columns = np.array([trace * repeats + k for trace, _, k in pairs], dtype=np.int64)
        check_sorted("data", [train for trains in data for train in trains])
        kept = [data[trace][k] for trace, k, _ in pairs]
        kept = [train[train >= self.t_start_] for train in kept]
        recorded = spike_trains_from_nested([kept], n_traces=len(kept))
        return self.pair_errors(model, columns, recorded, dt)


class AbstractSetMetric(AbstractTrainMetric):
    """A spike metric that compares all trains of the model on a trace with all recorded ones.

    A recorded set has one train per repeat of the stimulus. A set of the model has one train if the
    model is deterministic, and one per simulated repeat if it is stochastic.
    """

    of_sets: ClassVar[bool] = True


def pooled_trains(data: Sequence[Sequence[np.ndarray]], start: float) -> SpikeTrains:
    """Return the spikes of each set as one train, without those before `start` [s]."""
    for repeats in data:
        check_sorted("data", repeats)
    pooled = [np.sort(np.concatenate([[], *repeats])) for repeats in data]
    kept = [[times[times >= start] for times in pooled]]
    return spike_trains_from_nested(kept, n_traces=len(data))


def repeats_of_model(model: SpikeTrains, n_traces: int) -> int:
    """Return how many trains the model has on each of `n_traces` traces.

    Raises
    ------
    InvalidValueError
        If they cannot be shared out evenly.
    """
    repeats, left_over = divmod(model.n_traces, n_traces)
    if left_over or repeats == 0:
        raise InvalidValueError(
            f"Expected the same number of trains of the model for each of the {n_traces} traces, "
            f"but found {model.n_traces} trains a sample."
        )
    return repeats

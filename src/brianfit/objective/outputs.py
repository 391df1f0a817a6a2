"""One output of the model, its recording and its metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.engines import SimulationResult
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    SupportsAccumulator,
    SupportsSpikeTrains,
    SupportsTraceErrors,
)
from brianfit.model import Accumulator
from brianfit.objective.failures import checked_errors, without_nan

SPIKES = "spikes"
"""The name of the output that is the spike times; every other output is a variable."""


@final
@dataclass(frozen=True, kw_only=True)
class TraceOutput:
    """A variable of the model that is compared with a recorded trace.

    Attributes
    ----------
    data
        Recorded values at the steps of the simulation [SI]; nan where not measured.
    weight
        Factor of the error in the sum over the outputs.
    """

    name: str
    metric: AbstractTraceMetric
    data: Float[np.ndarray, "n_traces n_steps"]
    weight: float = 1.0

    def accumulator(self, dt: float) -> Accumulator | None:
        """Return the running sum that replaces the trace, if the metric has one."""
        if isinstance(self.metric, SupportsAccumulator):
            offered = self.metric.accumulator(self.name, self.data, dt)
            return replace(offered, name=accumulator_name(self.name))
        return None

    def features(self, result: SimulationResult, dt: float) -> Any:
        """Return the features of the metric for all samples."""
        if accumulator_name(self.name) in result.sums:
            return result.sums[accumulator_name(self.name)]
        return self.metric.features_of(result.traces[self.name], self.data, dt)

    def errors(self, features: Any) -> Any:
        """Return one error per sample."""
        return self.metric.get_errors(features)


@final
@dataclass(frozen=True, kw_only=True)
class SpikeOutput:
    """The spikes of the model, compared with recorded spike trains.

    A trace may have been recorded several times: every recorded train is compared with the
    model's train on its trace, and the metric takes the mean over all of them.

    Attributes
    ----------
    data
        The recorded trains [s], all repeats of the first trace, then of the second, ...
    trace_of_train
        The number of the trace to which each recorded train belongs.
    durations
        End of every trace [s]; later spikes of the model do not count.
    """

    name: str = SPIKES
    metric: AbstractSpikeMetric
    data: Sequence[Float[np.ndarray, " _"]]
    trace_of_train: tuple[int, ...]
    durations: Float[np.ndarray, " n_traces"]
    weight: float = 1.0

    def features(self, result: SimulationResult, dt: float) -> Any:
        """Return the features of the metric for all samples."""
        trains = self._trains(result)
        if isinstance(self.metric, SupportsSpikeTrains):
            return self.metric.features_of_trains(trains, self.data, dt)
        return self.metric.features_of(trains.nested(), self.data, dt)

    def errors(self, features: Any) -> Any:
        """Return one error per sample."""
        return self.metric.errors_of(features)

    def _trains(self, result: SimulationResult) -> SpikeTrains:
        if result.spikes is None:
            raise RuntimeError("The engine returned no spikes although they were asked for.")
        trains = result.spikes.within(self.durations)
        if self.trace_of_train == tuple(range(trains.n_traces)):
            return trains
        return trains.select_traces(self.trace_of_train)


Output = TraceOutput | SpikeOutput


def accumulator_name(output: str) -> str:
    """Return the name of the running sum of an output."""
    return f"brianfit_sum_{output}"


def output_errors(output: Output, features: Any, n_samples: int) -> Float[np.ndarray, " n_samples"]:
    """Return the error of every sample, inf where it cannot be scored."""
    return checked_errors(output.errors(features), n_samples=n_samples, metric=output.metric)


def trace_errors(
    output: Output, features: Any, *, n_samples: int, n_traces: int
) -> Float[np.ndarray, "n_samples n_traces"]:
    """Return the error of every sample on every trace; nan where the metric has none."""
    metric: AbstractMetric = output.metric
    if isinstance(metric, SupportsTraceErrors):
        per_train = np.asarray(metric.get_trace_errors(features), dtype=np.float64)
    elif isinstance(features, np.ndarray) and features.ndim == 2:
        scale = metric.normalization if isinstance(output, SpikeOutput) else 1.0
        per_train = np.asarray(features, dtype=np.float64) * scale
    else:
        return np.full((n_samples, n_traces), np.nan)
    if isinstance(output, SpikeOutput):
        per_train = _mean_per_trace(per_train, output.trace_of_train, n_traces)
    if per_train.shape != (n_samples, n_traces):
        return np.full((n_samples, n_traces), np.nan)
    return without_nan(per_train)


def _mean_per_trace(
    per_train: np.ndarray, trace_of_train: tuple[int, ...], n_traces: int
) -> np.ndarray:
    if per_train.ndim != 2 or per_train.shape[1] != len(trace_of_train):
        return per_train
    sums = np.zeros((per_train.shape[0], n_traces))
    np.add.at(sums.T, np.array(trace_of_train), per_train.T)
    return sums / np.bincount(trace_of_train, minlength=n_traces)

"""One output of the model, its recording and its metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, final

import numpy as np

from brianfit._foundation.real_numbers import real_numbers
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains, pairs_of_repeats
from brianfit._foundation.user_code import belongs_to, name_of
from brianfit.engines import SimulationResult
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    SupportsAccumulator,
    SupportsModelSpikes,
    SupportsParts,
    SupportsSpikeCosts,
    SupportsSpikeTrains,
    SupportsTraceErrors,
    has_own_calc,
    is_of_sets,
)
from brianfit.model import Accumulator
from brianfit.objective.failures import checked_errors, without_nan

SPIKES = "spikes"
"""The name of the output that is the spike times; every other output is a variable."""


@final
@dataclass(frozen=True, kw_only=True)
class Calculated:
    """What stands for the features of a metric that has a `calc` of its own.

    Attributes
    ----------
    errors
        One per sample.
    features
        Where the metric can tell more of them than the errors; else None.
    """

    errors: Any
    features: Any


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
    repeats
        How many neighbouring rows of the data, and traces of the simulation, repeat one trace.
    hides_spikes
        Whether the model is reset, so that the output does not show when it fired.
    """

    name: str
    metric: AbstractTraceMetric
    data: Float[np.ndarray, "n_traces n_steps"]
    weight: float = 1.0
    repeats: int = 1
    hides_spikes: bool = False

    @property
    def needs_spikes(self) -> bool:
        """Whether the metric must be told when the model fired."""
        asks = isinstance(self.metric, SupportsModelSpikes | SupportsSpikeCosts)
        return self.hides_spikes and asks

    def accumulator(self, dt: float) -> Accumulator | None:
        """Return the running sum that replaces the trace, if the metric has one."""
        if isinstance(self.metric, SupportsAccumulator):
            with belongs_to(metric_words(self.name, self.metric)):
                offered = self.metric.accumulator(self.name, self.data, dt)
                return replace(offered, name=accumulator_name(self.name))
        return None

    def features(self, result: SimulationResult, dt: float) -> Any:
        """Return the features of the metric for all samples."""
        spikes = result.spikes if self.needs_spikes else None
        if spikes is not None and isinstance(self.metric, SupportsModelSpikes):
            traces = result.traces[self.name]
            return self.metric.features_with_spikes(traces, spikes, self.data, dt)
        features = self._features_of_voltage(result, dt)
        if spikes is not None and isinstance(self.metric, SupportsSpikeCosts):
            return features + self.metric.cost_of_spikes(spikes, self.data, dt)
        return features

    def _features_of_voltage(self, result: SimulationResult, dt: float) -> Any:
        if accumulator_name(self.name) in result.sums:
            return result.sums[accumulator_name(self.name)]
        traces = result.traces[self.name]
        if has_own_calc(self.metric):
            features = partial(self.metric.features_of, traces, self.data, dt)
            return _calculated(self.metric, self.metric.calc(traces, self.data, dt), features)
        return self.metric.features_of(traces, self.data, dt)

    def errors(self, features: Any) -> Any:
        """Return one error per sample."""
        if isinstance(features, Calculated):
            return features.errors
        return self.metric.get_errors(features)


@final
@dataclass(frozen=True, kw_only=True)
class SpikeOutput:
    """The spikes of the model, compared with recorded spike trains.

    A trace may have been recorded several times, and simulated several times: a metric of sets is
    given both sets; any other metric compares every recorded train with every train of the model
    on its trace, and takes the mean over these pairs.

    Attributes
    ----------
    data
        The recorded trains [s], all repeats of the first trace, then of the second, ...
    trace_of_train
        The number of the trace to which each recorded train belongs.
    durations
        End of every trace [s]; later spikes of the model do not count.
    repeats
        How many neighbouring traces of the simulation repeat one trace.
    delay
        Name of a variable by whose value [s] the spikes of the model come later; None: at once.
    """

    name: str = SPIKES
    metric: AbstractSpikeMetric
    data: Sequence[Float[np.ndarray, " _"]]
    trace_of_train: tuple[int, ...]
    durations: Float[np.ndarray, " n_traces"]
    weight: float = 1.0
    repeats: int = 1
    delay: str | None = None

    def features(self, result: SimulationResult, dt: float) -> Any:
        """Return the features of the metric for all samples."""
        if result.spikes is None:
            raise RuntimeError("The engine returned no spikes although they were asked for.")
        spikes = result.spikes
        if self.delay is not None:
            spikes = spikes.delayed(result.final[self.delay])
        trains = spikes.within(np.repeat(self.durations, self.repeats))
        if has_own_calc(self.metric):
            errors = self.metric.calc(self._simulated_sets(trains), self._given_sets(), dt)
            return _calculated(self.metric, errors, partial(self._features, trains, dt))
        return self._features(trains, dt)

    def _features(self, trains: SpikeTrains, dt: float) -> Any:
        if isinstance(self.metric, SupportsSpikeTrains):
            return self.metric.features_of_trains(trains, self._recorded_sets(), dt)
        sets = self._recorded_sets()
        columns = [trace * self.repeats + k for trace, _, k in self._pairs()]
        data = [sets[trace][k] for trace, k, _ in self._pairs()]
        return self.metric.features_of(trains.select_traces(columns).nested(), data, dt)

    def errors(self, features: Any) -> Any:
        """Return one error per sample."""
        if isinstance(features, Calculated):
            return features.errors
        return self.metric.errors_of(features)

    @property
    def trace_of_feature(self) -> tuple[int, ...]:
        """The number of the trace to which each column of the features belongs."""
        if is_of_sets(self.metric):
            return tuple(range(self.durations.size))
        return tuple(trace for trace, _, _ in self._pairs())

    def _simulated_sets(self, trains: SpikeTrains) -> list[list[Any]]:
        """Return the trains of the model as `calc` takes them: a list where there are repeats."""
        if self.repeats == 1:
            return [list(sample) for sample in trains.nested()]
        starts = range(0, trains.n_traces, self.repeats)
        return [
            [sample[start : start + self.repeats] for start in starts] for sample in trains.nested()
        ]

    def _given_sets(self) -> list[Any]:
        """Return the recorded trains as `calc` takes them: a list where there are repeats."""
        return [trains[0] if len(trains) == 1 else trains for trains in self._recorded_sets()]

    def _recorded_sets(self) -> list[list[np.ndarray]]:
        sets: list[list[np.ndarray]] = [[] for _ in range(self.durations.size)]
        for trace, train in zip(self.trace_of_train, self.data, strict=True):
            sets[trace].append(train)
        return sets

    def _pairs(self) -> list[tuple[int, int, int]]:
        """Return the trace, the recorded and the simulated repeat of every pair of trains."""
        return pairs_of_repeats([len(repeats) for repeats in self._recorded_sets()], self.repeats)


Output = TraceOutput | SpikeOutput


def needs_spikes(output: Output) -> bool:
    """Return whether the spikes of the model must be recorded for an output."""
    return isinstance(output, SpikeOutput) or output.needs_spikes


def final_values(outputs: Sequence[Output], penalty: str | None) -> tuple[str, ...]:
    """Return the variables whose values at the end of a run are needed."""
    delays = [output.delay for output in outputs if isinstance(output, SpikeOutput)]
    return tuple(dict.fromkeys(name for name in (penalty, *delays) if name is not None))


def metric_words(output: str, metric: object) -> str:
    """Return the beginning of a sentence on the metric of an output."""
    return f"The metric {name_of(metric)} of '{output}'"


def accumulator_name(output: str) -> str:
    """Return the name of the running sum of an output."""
    return f"brianfit_sum_{output}"


def output_errors(output: Output, features: Any, n_samples: int) -> Float[np.ndarray, " n_samples"]:
    """Return the error of every sample, inf where it cannot be scored."""
    return checked_errors(output.errors(features), n_samples=n_samples, metric=output.metric)


def _calculated(metric: AbstractMetric, errors: Any, features: Callable[[], Any]) -> Calculated:
    tells_more = isinstance(metric, SupportsTraceErrors | SupportsParts)
    return Calculated(errors=errors, features=features() if tells_more else None)


def trace_errors(
    output: Output, features: Any, *, n_samples: int, n_traces: int
) -> Float[np.ndarray, "n_samples n_traces"]:
    """Return the error of every sample on every trace; nan where the metric has none.

    Parameters
    ----------
    n_traces
        Of the simulation, repeats included.
    """
    metric: AbstractMetric = output.metric
    features = features.features if isinstance(features, Calculated) else features
    whose = f"The errors by trace of the metric {type(metric).__name__}"
    if isinstance(metric, SupportsTraceErrors):
        per_train = real_numbers(metric.get_trace_errors(features), whose)
    elif isinstance(features, np.ndarray) and features.ndim == 2:
        scale = metric.normalization if isinstance(output, SpikeOutput) else 1.0
        per_train = real_numbers(features, whose) * scale
    else:
        return np.full((n_samples, n_traces // output.repeats), np.nan)
    n_traces //= output.repeats
    if isinstance(output, SpikeOutput):
        per_train = _mean_per_trace(per_train, output.trace_of_feature, n_traces)
    elif per_train.shape == (n_samples, n_traces * output.repeats):
        per_train = per_train.reshape(n_samples, n_traces, output.repeats).mean(axis=2)
    if per_train.shape != (n_samples, n_traces):
        return np.full((n_samples, n_traces), np.nan)
    return without_nan(per_train)


def _mean_per_trace(
    per_train: np.ndarray, trace_of_feature: tuple[int, ...], n_traces: int
) -> np.ndarray:
    if per_train.ndim != 2 or per_train.shape[1] != len(trace_of_feature):
        return per_train
    sums = np.zeros((per_train.shape[0], n_traces))
    np.add.at(sums.T, np.array(trace_of_feature), per_train.T)
    return sums / np.bincount(trace_of_feature, minlength=n_traces)

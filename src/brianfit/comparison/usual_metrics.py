"""How models are compared unless the user says it, read off the recordings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from brian2 import volt

from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit._foundation.units import SECOND, Quantity, from_si, same_dimensions
from brianfit.data import (
    RecordingSet,
    is_made_of_steps,
    spike_level,
    step_times,
    with_spikes,
)
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    FiringPattern,
    MSEMetric,
    MultiWindowGamma,
    StepResponse,
)

SPIKES = "spikes"

_WIDEST = 0.016
_PART_OF_INTERVAL = 0.2
"""Coincidences within 16 ms [s] at most, and within this part of the mean interval: wider windows
are matched by chance."""

_WINDOWS = np.array([0.125, 0.25, 0.5, 1.0])
"""Of the widest window."""


def with_seen_spikes(recordings: RecordingSet) -> RecordingSet:
    """Return the recordings with the spikes that their voltage shows, unless they have spikes."""
    trace = voltage_of(recordings)
    if recordings.has_spikes or trace is None:
        return recordings
    level = spike_level(recordings, trace)
    return recordings if level is None else with_spikes(recordings, level, trace=trace)


def voltage_of(recordings: RecordingSet) -> str | None:
    """Return the name of the first voltage among the traces."""
    names = recordings.trace_names
    return next(
        (name for name in names if same_dimensions(recordings.dimensions[name], volt)), None
    )


def usual_metrics(recordings: RecordingSet) -> dict[str, AbstractMetric]:
    """Return a metric for every output that is compared.

    Under steps of current, the response to the step: voltage before and between spikes, rate,
    latency and rhythm. Under a stimulus that fluctuates, the times of spikes. Without spikes, the
    traces.

    Raises
    ------
    InvalidValueError
        If there is nothing to compare.
    """
    fires = recordings.has_spikes and any(
        train.size for sweep in recordings for train in sweep.spike_trains
    )
    if fires:
        return _of_steps(recordings) or {SPIKES: MultiWindowGamma(_windows(recordings))}
    if not recordings.trace_names:
        raise InvalidValueError("The recordings have no trace and no spike: nothing to compare.")
    return {
        name: MSEMetric(normalization=from_si(_spread(recordings, name), dimensions))
        for name, dimensions in recordings.dimensions.items()
        if name in recordings.trace_names
    }


def metrics_by_output(
    metric: AbstractMetric | Mapping[str, AbstractMetric], recordings: RecordingSet
) -> dict[str, AbstractMetric]:
    """Return the metrics that a user gave, by output."""
    if isinstance(metric, Mapping):
        return dict(metric)
    if isinstance(metric, AbstractSpikeMetric):
        return {SPIKES: metric}
    return dict.fromkeys(recordings.trace_names, metric)


def _of_steps(recordings: RecordingSet) -> dict[str, AbstractMetric]:
    """Return the metrics of a voltage under steps; none if it is something else."""
    trace = voltage_of(recordings)
    if trace is None or not recordings.input_names or not is_made_of_steps(recordings):
        return {}
    level = spike_level(recordings, trace)
    try:
        start, stop = step_times(recordings)
    except BrianfitError:
        return {}
    if level is None:
        return {}
    return {
        trace: StepResponse(level, start=start, stop=stop),
        SPIKES: FiringPattern(t_start=start),
    }


def _windows(recordings: RecordingSet) -> Quantity:
    """Return windows of coincidence that suit the highest rate of all trains."""
    rates = [train.size / sweep.duration for sweep in recordings for train in sweep.spike_trains]
    widest = min(_WIDEST, _PART_OF_INTERVAL / max(rates))
    return from_si(widest * _WINDOWS, SECOND)


def _spread(recordings: RecordingSet, name: str) -> float:
    """Return the standard deviation of a trace over all sweeps; 1 if it never changes."""
    values = np.concatenate([sweep.traces[name] for sweep in recordings])
    return float(np.nanstd(values)) or 1.0

"""A gambler at every metric: no cheap answer beats a model that is right up to noise.

The recording is that of a leaky neuron under steps of current. The honest answer is the same
voltage with noise, or the same spikes with jitter; the cheap ones are silence, firing without end
at several rates and levels, and the right answer shifted in voltage or in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit import metrics
from brianfit._foundation.spike_trains import SpikeTrains, spike_trains_from_nested
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    FeatureMetric,
    FiringPattern,
    FirstSpikeLatency,
    GammaFactor,
    ISIDistance,
    MDStar,
    MSEMetric,
    MultiWindowGamma,
    PSTHVariance,
    SpikeCount,
    SPIKEDistance,
    SpikeRate,
    StepResponse,
    SubthresholdMSE,
    SupportsDurations,
    VanRossum,
    VictorPurpura,
)

DT, DURATION = 1e-4, 0.5
START, STOP = 0.1, 0.4
DRIVES = (0.013, 0.016)  # voltages that the current would lift the membrane by
REST, LEVEL, RESET, TAU = -0.070, -0.058, -0.064, 0.010

MAKERS = {
    "MSEMetric": MSEMetric,
    "SubthresholdMSE": partial(SubthresholdMSE, -20 * mV),
    "StepResponse": partial(StepResponse, -20 * mV, start=START, stop=STOP),
    "FeatureMetric": partial(
        FeatureMetric,
        [(START, STOP)],
        {
            "count": lambda voltage, dt: float(np.sum(np.diff((voltage > -0.02).astype(int)) > 0)),
            "latency": lambda voltage, dt: float(np.argmax(voltage > -0.02)),
        },
    ),
    "GammaFactor": partial(GammaFactor, 4 * ms),
    "MultiWindowGamma": partial(MultiWindowGamma, [2 * ms, 4 * ms]),
    "MDStar": partial(MDStar, 4 * ms),
    "FiringPattern": partial(FiringPattern, t_start=START),
    "FirstSpikeLatency": FirstSpikeLatency,
    "ISIDistance": ISIDistance,
    "SPIKEDistance": SPIKEDistance,
    "SpikeCount": SpikeCount,
    "SpikeRate": SpikeRate,
    "VanRossum": partial(VanRossum, 5 * ms),
    "VictorPurpura": partial(VictorPurpura, 1 / (5 * ms)),
    "PSTHVariance": partial(PSTHVariance, 5 * ms),
}
NOT_COMPARED = {"EscapeRateLikelihood"}  # of a rate of firing, not of a voltage or of spikes


def _driven(level: float = LEVEL, reset: float = RESET) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the voltage (without spikes) and the spikes of a leaky neuron on two steps."""
    times = np.arange(round(DURATION / DT)) * DT
    voltage, trains = np.empty((len(DRIVES), times.size)), []
    for row, drive in zip(voltage, DRIVES, strict=True):
        v, train = REST, []
        for step, time in enumerate(times):
            row[step] = v
            v += DT / TAU * (REST + drive * (START <= time < STOP) - v)
            if v > level:
                v = reset
                train.append(time)
        trains.append(np.array(train))
    return voltage, trains


def _drawn(voltage: np.ndarray, trains: Sequence[np.ndarray]) -> np.ndarray:
    """Return a voltage with spikes a millisecond wide."""
    drawn = voltage.copy()
    for row, train in zip(drawn, trains, strict=True):
        for spike in train:
            first = round(spike / DT)
            row[first : first + 10] = 0.02
    return drawn


def _honest(kind: AbstractMetric) -> tuple[Any, Any]:
    """Return an answer, (voltage, trains), that is right up to noise."""
    rng = np.random.default_rng(1)
    voltage, trains = _driven()
    if isinstance(kind, AbstractSpikeMetric):
        return voltage, [np.sort(train + rng.normal(0, 0.3e-3, train.size)) for train in trains]
    return voltage + rng.normal(0, 0.3e-3, voltage.shape), trains


def _cheap(kind: AbstractMetric) -> list[tuple[Any, Any]]:
    """Return answers that need no model."""
    voltage, trains = _driven()
    flat = np.full_like(voltage, REST)
    endless = [np.arange(0.0, DURATION, interval) for interval in (0.002, 0.006, 0.012)]
    bored = [np.arange(START, STOP, interval) for interval in (0.002, 0.006, 0.012)]
    held = voltage.mean(axis=1, keepdims=True) * np.ones_like(voltage)
    stepped = np.where(np.abs(voltage - REST) > 1e-3, np.median(voltage[:, 2000:3500]), REST)
    cheap = [
        (flat, [np.empty(0)] * 2),
        (held, [np.empty(0)] * 2),
        (stepped, [np.empty(0)] * 2),
        *((where, [train] * 2) for train in (*endless, *bored) for where in (flat, held, stepped)),
        (np.roll(voltage, 150, axis=1), [train + 0.015 for train in trains]),
    ]
    if isinstance(kind, AbstractTraceMetric):
        cheap += [(voltage + shift, trains) for shift in (0.003, -0.003)]
    return cheap


def _error(metric: AbstractMetric, answer: Any, recorded: Any, *, told: bool) -> float:
    """Return the error of an answer; a metric of traces may be told of spikes not drawn."""
    data = _drawn(*recorded)
    if isinstance(metric, AbstractSpikeMetric):
        return float(metric.calc([answer[1]], recorded[1], DT)[0])
    assert isinstance(metric, AbstractTraceMetric)
    if not told:
        return float(metric.calc(_drawn(*answer)[np.newaxis], data, DT)[0])
    trains: SpikeTrains = spike_trains_from_nested([answer[1]], n_traces=len(data))
    model = answer[0][np.newaxis]
    if isinstance(metric, StepResponse):
        return float(metric.get_errors(metric.features_with_spikes(model, trains, data, DT))[0])
    features = metric.features_of(model, data, DT)
    if isinstance(metric, SubthresholdMSE):
        features = features + metric.cost_of_spikes(trains, data, DT)
    return float(metric.get_errors(features)[0])


def test_every_metric_is_played() -> None:
    ready = {
        name
        for name in metrics.__all__
        if isinstance(getattr(metrics, name), type)
        and issubclass(getattr(metrics, name), AbstractMetric)
        and not name.startswith("Abstract")
    }

    assert set(MAKERS) | NOT_COMPARED == ready


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("told", [False, True], ids=["drawn", "told"])
def test_no_cheap_answer_is_better_than_an_honest_one(name: str, told: bool) -> None:
    metric: Any = MAKERS[name]()
    if told and name not in {"SubthresholdMSE", "StepResponse"}:
        pytest.skip("sees spikes in the voltage, or voltages not at all")
    if isinstance(metric, SupportsDurations):
        metric = metric.with_durations(np.full(len(DRIVES), DURATION))
    recorded = _driven()

    honest = _error(metric, _honest(metric), recorded, told=told)
    cheapest = min(_error(metric, answer, recorded, told=told) for answer in _cheap(metric))

    blind = name in {"SpikeCount", "SpikeRate", "FirstSpikeLatency", "FeatureMetric"}
    assert cheapest >= honest if blind else cheapest > 2 * honest

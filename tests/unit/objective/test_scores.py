"""A metric that fails on some samples costs only those."""

from __future__ import annotations

import logging
from typing import Any, final

import numpy as np
import pytest

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.engines import SimulationResult
from brianfit.metrics import AbstractSpikeMetric, AbstractTraceMetric
from brianfit.objective.outputs import SpikeOutput, TraceOutput
from brianfit.objective.scores import Scorer, sample_of


@final
class Touchy(AbstractTraceMetric):
    """Fails, in a chosen way, on traces whose first value is negative."""

    def __init__(self, way: str) -> None:
        AbstractTraceMetric.__init__(self)
        self.way = way

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        if self.way == "raises" and np.any(model[:, :, 0] < 0):
            raise ZeroDivisionError("no spikes")
        return model[:, :, 0]

    def get_errors(self, features: Any) -> Any:
        if self.way == "drops":
            features = features[~np.any(features < 0, axis=1)]
        if self.way == "words" and np.any(features < 0):
            return ["bad"] * len(features)
        return features.mean(axis=1)


def scorer_of(way: str) -> Scorer:
    output = TraceOutput(name="v", metric=Touchy(way), data=np.zeros((2, 3)))
    return Scorer(output=output, dt=1e-4, n_traces=2, keep_parts=False)


def result_of(*first_values: float) -> SimulationResult:
    traces = np.zeros((len(first_values), 2, 3))
    traces[:, :, 0] = np.array(first_values)[:, np.newaxis]
    return SimulationResult(traces={"v": traces})


@pytest.mark.parametrize("way", ["raises", "drops", "words"])
def test_the_other_samples_keep_their_errors(way: str, caplog: pytest.LogCaptureFixture) -> None:
    scores = scorer_of(way).scores(result_of(1.0, -1.0, 3.0), 3, first_sample=40)

    np.testing.assert_array_equal(scores.errors, [1.0, np.inf, 3.0])
    np.testing.assert_array_equal(scores.raw_output_errors[:, 0], [1.0, np.inf, 3.0])
    np.testing.assert_array_equal(scores.trace_errors[2, 0], [3.0, 3.0])
    assert "The metric Touchy of 'v' failed on 1 of 3 samples" in caplog.text
    assert "sample 41" in caplog.text


def test_the_reason_is_told(caplog: pytest.LogCaptureFixture) -> None:
    scorer_of("raises").scores(result_of(1.0, -1.0), 2, first_sample=0)

    assert "sample 1: ZeroDivisionError: no spikes" in caplog.text


@pytest.mark.parametrize("way", ["raises", "words"])
def test_a_metric_that_fails_on_every_sample_is_named(way: str) -> None:
    with pytest.raises(BrianfitError, match="Touchy"):
        scorer_of(way).scores(result_of(-1.0, -2.0), 2, first_sample=0)


def test_nothing_is_said_where_nothing_fails(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        scores = scorer_of("raises").scores(result_of(1.0, 2.0), 2, first_sample=0)

    np.testing.assert_array_equal(scores.errors, [1.0, 2.0])
    assert not caplog.text


@final
class CountsSpikes(AbstractSpikeMetric):
    """Fails on samples without a spike."""

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        counts = np.array([[len(train) for train in trains] for trains in model])
        if np.any(counts.sum(axis=1) == 0):
            raise ValueError("silent")
        return counts.astype(float)

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)


def test_spikes_are_scored_sample_by_sample_as_well() -> None:
    trains = SpikeTrains(
        n_samples=3,
        n_traces=2,
        times=np.array([0.01, 0.02, 0.03]),
        offsets=np.array([0, 1, 1, 1, 1, 2, 3]),
    )
    output = SpikeOutput(
        metric=CountsSpikes(),
        data=[np.array([0.01]), np.array([0.02])],
        trace_of_train=(0, 1),
        durations=np.array([1.0, 1.0]),
    )
    scorer = Scorer(output=output, dt=1e-4, n_traces=2, keep_parts=False)

    scores = scorer.scores(SimulationResult(spikes=trains), 3, first_sample=0)

    np.testing.assert_array_equal(scores.errors, [0.5, np.inf, 1.0])


def test_the_result_of_one_sample_has_its_own_spikes() -> None:
    trains = SpikeTrains(
        n_samples=2, n_traces=1, times=np.array([0.1, 0.2, 0.3]), offsets=np.array([0, 1, 3])
    )

    alone = sample_of(SimulationResult(spikes=trains), 1)

    assert alone.spikes is not None
    np.testing.assert_array_equal(alone.spikes.train(0, 0), [0.2, 0.3])

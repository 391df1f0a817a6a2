"""Every metric keeps the contract; so do metrics that a user might write."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, final

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit.metrics import (
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
    VanRossum,
    VictorPurpura,
)
from brianfit.testing.metrics import (
    DURATION,
    STIMULUS,
    AccumulatorContract,
    DataCheckContract,
    MetricContract,
    ResidualsContract,
    SpikeTrainsContract,
    TraceErrorsContract,
    TraceMetricContract,
    TraceSelectionContract,
)

Maker = Callable[..., Any]


class TestMSEMetric(TraceMetricContract, DataCheckContract, AccumulatorContract, ResidualsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return MSEMetric


class TestSubthresholdMSE(
    TraceMetricContract, DataCheckContract, AccumulatorContract, ResidualsContract
):
    @pytest.fixture
    def make_metric(self) -> Maker:
        # A narrow window leaves the flanks of the spikes, so that outputs differ.
        return partial(SubthresholdMSE, 0 * mV, before=0.2 * ms, after=0.2 * ms)


class TestStepResponse(
    TraceMetricContract, DataCheckContract, TraceErrorsContract, TraceSelectionContract
):
    @pytest.fixture
    def make_metric(self) -> Maker:
        start, stop = ([each, each] for each in STIMULUS)
        return partial(StepResponse, 0 * mV, start=start, stop=stop)


class TestGammaFactor(DataCheckContract, SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(GammaFactor, 2 * ms)


class TestGammaFactorWithoutRateCorrection(SpikeTrainsContract, TraceSelectionContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(GammaFactor, delta=2 * ms, time=[DURATION] * 2, rate_correction=False)


class TestMultiWindowGamma(DataCheckContract, SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(MultiWindowGamma, [1 * ms, 2 * ms])


class TestFiringPattern(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return FiringPattern


class TestVanRossum(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(VanRossum, 5 * ms)


class TestVictorPurpura(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(VictorPurpura, 1 / (5 * ms))


class TestISIDistance(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return ISIDistance


class TestSPIKEDistance(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return SPIKEDistance


class TestSpikeCount(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return SpikeCount


class TestSpikeRate(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return SpikeRate


class TestFirstSpikeLatency(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return FirstSpikeLatency


class TestPSTHVariance(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(PSTHVariance, 5 * ms)


class TestMDStar(SpikeTrainsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(MDStar, 2 * ms)


@pytest.mark.needs_package("efel")
class TestFeatureMetricWithEfel(TraceMetricContract, DataCheckContract, TraceErrorsContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        names = ["Spikecount", "time_to_first_spike", "voltage_base", "mean_AP_amplitude"]
        return partial(FeatureMetric, [STIMULUS], names, weights={"Spikecount": 10.0})


class TestFeatureMetricWithFunctions(
    TraceMetricContract, TraceErrorsContract, TraceSelectionContract
):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return partial(FeatureMetric, [STIMULUS] * 2, [mean_voltage, {"peak": first_peak}])


class TestTraceMetricOfAUser(TraceMetricContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return LargestDifference


class TestSpikeMetricOfAUser(MetricContract):
    @pytest.fixture
    def make_metric(self) -> Maker:
        return CountDifference


def mean_voltage(trace: np.ndarray, dt: float) -> float:
    return float(trace.mean() / mV)


def first_peak(trace: np.ndarray, dt: float) -> float | None:
    above = np.flatnonzero(trace > 0)
    return float(above[0] * dt) if above.size else None


@final
class LargestDifference(AbstractTraceMetric):
    output_power = 1

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.max(np.where(np.isnan(data), 0.0, np.abs(model - data)), axis=-1)

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)


@final
class CountDifference(AbstractSpikeMetric):
    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.array(
            [[abs(x.size - y.size) for x, y in zip(sample, data, strict=True)] for sample in model]
        )

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)

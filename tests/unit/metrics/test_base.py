"""What all metrics share: time, normalization, units, weights, quick import."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, final

import numpy as np
import pytest
from brian2 import ms, mV, volt

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.units import DIMENSIONLESS, dimensions_of
from brianfit.metrics import (
    AbstractSpikeMetric,
    AbstractTraceMetric,
    MSEMetric,
    normalize_weights,
)


@final
class LastValue(AbstractTraceMetric):
    """What a user writes: the difference at the end of the trace."""

    output_power = 1

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.abs(model[..., -1] - data[..., -1])

    def get_errors(self, features: Any) -> Any:
        return features.max(axis=1)


@final
class WholeLength(AbstractTraceMetric):
    whole_traces = True

    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.sum(model, axis=-1)

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)


@final
class FirstSpike(AbstractSpikeMetric):
    def get_features(self, model: Any, data: Any, dt: float) -> Any:
        return np.array(
            [[abs(x[0] - y[0]) for x, y in zip(sample, data, strict=True)] for sample in model]
        )

    def get_errors(self, features: Any) -> Any:
        return features.mean(axis=1)


def test_a_trace_metric_of_a_user_needs_two_methods() -> None:
    model = np.array([[[0.0, 5.0]], [[0.0, 9.0]]])
    data = np.array([[0.0, 3.0]])

    errors = LastValue(normalization=2.0).calc(model, data, 0.1 * ms)

    np.testing.assert_allclose(errors, [1.0, 3.0])  # |5 - 3| / 2 and |9 - 3| / 2


def test_a_metric_of_whole_traces_is_given_them_uncut_and_unscaled() -> None:
    metric = WholeLength(t_start=0.1 * ms, normalization=2.0)

    errors = metric.calc(np.ones((1, 1, 4)), np.ones((1, 4)), 0.1 * ms)

    np.testing.assert_array_equal(errors, [4.0])


def test_a_spike_metric_of_a_user_is_given_spikes_from_t_start_on() -> None:
    metric = FirstSpike(t_start=10 * ms, normalization=2.0)

    errors = metric.calc([[[5, 12] * ms]], [[10, 20] * ms], 0.1 * ms)

    np.testing.assert_allclose(errors, [1e-3])  # (12 ms - 10 ms) / 2


def test_a_spike_metric_wants_one_train_per_trace() -> None:
    with pytest.raises(InvalidValueError, match=r"that is 2, but sample 1 of `model_spikes` has 1"):
        FirstSpike().calc([[[0.1], [0.1]], [[0.1]]], [[0.1], [0.1]], 1e-4)


def test_a_transposed_recording_is_recognised() -> None:
    with pytest.raises(InvalidValueError, match=r"Did you mean `data.T`\?"):
        LastValue().calc(np.zeros((3, 2, 5)), np.zeros((5, 2)), 1e-4)


def test_an_output_without_the_axis_of_samples_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="three axes"):
        LastValue().calc(np.zeros((2, 5)), np.zeros((2, 5)), 1e-4)


def test_t_start_must_be_a_time() -> None:
    with pytest.raises(UnitMismatchError, match="`t_start` must have the unit s, but has V"):
        MSEMetric(t_start=3 * mV)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"t_start": -1 * ms}, "`t_start` must be a time of 0 s or later"),
        ({"normalization": 0.0}, "`normalization` must be positive"),
        ({"normalization": np.nan}, "`normalization` must be positive"),
        ({"t_start": 1 * ms, "t_weights": [1.0]}, "either `t_start` or `t_weights`"),
    ],
)
def test_values_that_cannot_be_used_are_refused(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidValueError, match=complaint):
        MSEMetric(**arguments)


def test_misspelt_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="tstart"):
        MSEMetric(tstart=5 * ms)  # type: ignore[call-arg]


def test_a_normalization_with_the_unit_of_the_output_makes_the_error_a_number() -> None:
    metric = MSEMetric(normalization=2 * mV)

    assert metric.get_dimensions(dimensions_of(volt)) == dimensions_of(volt**2)
    assert metric.get_normalized_dimensions(dimensions_of(volt)) == DIMENSIONLESS


def test_weights_are_divided_by_their_mean() -> None:
    np.testing.assert_allclose(normalize_weights([0.0, 1.0, 2.0, 5.0]), [0.0, 0.5, 1.0, 2.5])


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        ([1.0, -1.0], "not negative"),
        ([1.0, np.inf], "finite"),
        ([0.0, 0.0], "not be zero everywhere"),
        ([[1.0, 2.0]], "one axis"),
        ([], "one axis"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights: Any, complaint: str) -> None:
    with pytest.raises(InvalidValueError, match=complaint):
        normalize_weights(weights)


def test_importing_the_metrics_leaves_slow_packages_unloaded() -> None:
    code = (
        "import sys, brianfit.metrics; "
        "print([name for name in ('numba', 'pandas', 'efel') if name in sys.modules])"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "[]"

"""What every metric must satisfy, as tests that authors of metrics inherit.

    class TestMyMetric(TraceMetricContract, AccumulatorContract):
        @pytest.fixture
        def make_metric(self):
            return partial(MyMetric, delta=2 * ms)

`MetricContract` holds for all metrics; the others derive from it and test what a metric offers
beyond that. `make_metric` returns a function that makes the metric and accepts `t_start` and
`normalization`. The examples have `N_TRACES` traces of `DURATION` seconds with steps of `DT`
seconds, stimulated from `STIMULUS[0]` to `STIMULUS[1]`.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import sympy

from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    SupportsDurations,
    SupportsTraceSelection,
    lowest_error_of,
)

N_TRACES = 2
DURATION = 0.1
DT = 1e-4
STIMULUS = (0.005, 0.095)

_T_START = 0.02
_RECORDED = ((0.031, 0.052, 0.075), (0.040, 0.068))
# The outputs of the samples: the recording, a bad copy, silence, one spike, a burst.
_OUTPUTS = (
    _RECORDED,
    ((0.033, 0.050, 0.079, 0.085), (0.044,)),
    ((), ()),
    ((0.060,), (0.060,)),
    ((0.050, 0.053, 0.056, 0.059), (0.050, 0.053, 0.056, 0.059)),
)

MetricMaker = Callable[..., AbstractMetric]


@pytest.mark.filterwarnings("ignore::UserWarning")  # a metric may say that a feature is missing
class MetricContract:
    """Tests of a metric; derive from it and give it the fixture `make_metric`."""

    @pytest.fixture
    def make_metric(self) -> MetricMaker:
        """Return a function that makes the metric; accepts `t_start` and `normalization`."""
        raise NotImplementedError("A subclass of MetricContract gives the fixture `make_metric`.")

    def test_compares_traces_or_spikes(self, make_metric: MetricMaker) -> None:
        metric = make_metric()

        assert isinstance(metric, AbstractTraceMetric | AbstractSpikeMetric)

    def test_gives_one_finite_error_per_sample(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)

        errors = metric.calc(output, recording, DT)

        assert errors.shape == (len(_OUTPUTS),)
        assert np.all(np.isfinite(errors))

    def test_no_error_is_below_the_lowest_that_it_declares(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        shuffled = output[:, ::-1] if isinstance(output, np.ndarray) else [s[::-1] for s in output]
        lowest = lowest_error_of(metric)

        errors = [metric.calc(model, recording, DT) for model in (output, shuffled)]

        assert lowest is None or np.min(errors) >= lowest

    def test_gives_finite_errors_for_a_silent_recording(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, _ = _example(metric)
        silent = _outputs(metric, [[()] * N_TRACES])[0]

        errors = metric.calc(output, silent, DT)

        assert np.all(np.isfinite(errors))

    def test_no_output_is_better_than_the_recording_itself(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)

        errors = metric.calc(output, recording, DT)

        assert np.argmin(errors) == 0
        assert np.any(errors[1:] > errors[0])

    def test_the_error_of_a_sample_does_not_depend_on_the_others(
        self, make_metric: MetricMaker
    ) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        together = metric.calc(output, recording, DT)

        alone = [metric.calc(output[k : k + 1], recording, DT)[0] for k in range(len(output))]

        np.testing.assert_allclose(alone, together, rtol=1e-12)

    def test_leaves_output_and_recording_as_they_were(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        before = deepcopy((output, recording))

        metric.calc(output, recording, DT)

        assert _same(output, before[0])
        assert _same(recording, before[1])

    def test_a_pickled_metric_gives_the_same_errors(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        errors = metric.calc(output, recording, DT)

        copied = pickle.loads(pickle.dumps(metric))  # noqa: S301 - of our own making

        np.testing.assert_array_equal(copied.calc(output, recording, DT), errors)

    def test_what_happens_before_t_start_does_not_count(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric(t_start=_T_START))
        output, recording = _example(metric)
        early = tuple(tuple((0.007, 0.012, *train) for train in sample) for sample in _OUTPUTS)

        errors = metric.calc(_outputs(metric, early), recording, DT)

        np.testing.assert_array_equal(errors, metric.calc(output, recording, DT))

    def test_normalization_scales_the_error_to_the_declared_power(
        self, make_metric: MetricMaker
    ) -> None:
        plain, normalized = _ready(make_metric()), _ready(make_metric(normalization=4.0))
        output, recording = _example(plain)

        errors = normalized.calc(output, recording, DT)

        expected = plain.calc(output, recording, DT) / 4.0**plain.normalization_power
        np.testing.assert_allclose(errors, expected, rtol=1e-9)
        np.testing.assert_allclose(
            normalized.revert_normalization(errors), plain.calc(output, recording, DT), rtol=1e-9
        )

    def test_refuses_an_argument_that_it_does_not_know(self, make_metric: MetricMaker) -> None:
        with pytest.raises(TypeError, match="tstart"):
            make_metric(tstart=_T_START)


class DataCheckContract(MetricContract):
    """Tests of a metric that checks recordings before anything is simulated."""

    def test_accepts_the_recording_of_the_example(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())

        metric.check_data(_example(metric)[1], DT)


class TraceMetricContract(MetricContract):
    """Tests of a metric that compares traces."""

    def test_a_trace_that_diverged_gives_no_finite_error(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        output[1, 0, 600:] = np.nan

        errors = metric.calc(output, recording, DT)

        assert not np.isfinite(errors[1])
        assert np.all(np.isfinite(np.delete(errors, 1)))

    def test_what_was_not_measured_does_not_count(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        recording[0, 900:] = np.nan
        changed = output.copy()
        changed[:, 0, 900:] += 0.05

        errors = metric.calc(changed, recording, DT)

        np.testing.assert_array_equal(errors, metric.calc(output, recording, DT))


class AccumulatorContract(MetricContract):
    """Tests of a trace metric that offers its features as a running sum."""

    def test_its_running_sum_equals_its_features(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric(t_start=_T_START, normalization=3.0))
        output, recording = _example(metric)
        recording[0, 300:320] = np.nan

        accumulator = metric.accumulator("v", recording, DT)

        names = [*accumulator.variables, *accumulator.timed]
        values = [output] * len(accumulator.variables) + list(accumulator.timed.values())
        sums = sympy.lambdify(names, accumulator.expression, "numpy")(*values).sum(axis=-1)
        assert all(np.all(np.isfinite(timed)) for timed in accumulator.timed.values())
        np.testing.assert_allclose(
            sums, metric.features_of(output, recording, DT), rtol=1e-9, atol=1e-20
        )


class ResidualsContract(MetricContract):
    """Tests of a trace metric that is a weighted sum of squares."""

    def test_its_weighted_residuals_equal_its_error(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric(t_start=_T_START, normalization=3.0))
        output, recording = _example(metric)
        recording[0, 300:320] = np.nan

        weights = metric.residual_weights(recording, DT)

        assert np.all(weights[0, 300:320] == 0)
        residuals = weights * (output - np.nan_to_num(recording))
        np.testing.assert_allclose(
            (residuals**2).sum(axis=(1, 2)), metric.calc(output, recording, DT), rtol=1e-9
        )


class TraceErrorsContract(MetricContract):
    """Tests of a metric that tells the errors of traces beside its features."""

    def test_gives_an_error_for_every_trace(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)

        errors = metric.get_trace_errors(metric.features_of(output, recording, DT))

        assert errors.shape == (len(_OUTPUTS), N_TRACES)
        assert np.all(np.isfinite(errors))


class SpikeTrainsContract(MetricContract):
    """Tests of a spike metric that works on the trains of all samples at once."""

    def test_trains_have_the_features_of_nested_trains(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric(t_start=_T_START))
        output, recording = _example(metric)
        trains = spike_trains_from_nested(output, n_traces=N_TRACES)

        features = metric.features_of_trains(trains, [[train] for train in recording], DT)

        np.testing.assert_array_equal(features, metric.features_of(output, recording, DT))

    def test_a_recorded_train_is_compared_with_the_trains_of_its_own_trace(
        self, make_metric: MetricMaker
    ) -> None:
        metric = _ready(make_metric())
        if metric.of_sets:
            pytest.skip("It has one feature for all trains of a trace.")
        output, recording = _example(metric)
        trains = spike_trains_from_nested(output, n_traces=N_TRACES)
        recorded = [[recording[1], recording[0]], [recording[0]]]
        pairs = [(0, recording[1]), (0, recording[0]), (1, recording[0])]

        features = _narrowed(metric, [0, 0, 1]).features_of_trains(trains, recorded, DT)

        for column, (trace, train) in zip(features.T, pairs, strict=True):
            alone = [[sample[trace]] for sample in output]
            expected = _narrowed(metric, [trace]).features_of(alone, [train], DT)
            np.testing.assert_allclose(column, expected[:, 0], rtol=1e-12)

    def test_the_order_of_repeats_does_not_matter(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        model = [[list(sample), list(sample)] for sample in output]
        data = [list(recording), list(recording)]

        errors = metric.calc(model, data, DT)

        turned = [[repeats[::-1] for repeats in sample] for sample in model]
        other = metric.calc(turned, [repeats[::-1] for repeats in data], DT)
        np.testing.assert_allclose(other, errors, rtol=1e-12)
        assert np.all(np.isfinite(errors))


class TraceSelectionContract(MetricContract):
    """Tests of a metric that holds one value per trace."""

    def test_can_be_narrowed_to_one_trace(self, make_metric: MetricMaker) -> None:
        metric = _ready(make_metric())
        output, recording = _example(metric)
        second = [[sample[1]] for sample in output]

        errors = metric.select_traces([1]).calc(second, recording[1:], DT)

        assert errors.shape == (len(_OUTPUTS),)
        assert errors[0] == np.min(errors)


def _narrowed(metric: Any, traces: Sequence[int]) -> Any:
    return metric.select_traces(traces) if isinstance(metric, SupportsTraceSelection) else metric


def _ready(metric: AbstractMetric) -> Any:
    """Return the metric as a fitter uses it: with the durations of the traces."""
    if isinstance(metric, SupportsDurations):
        return metric.with_durations(np.full(N_TRACES, DURATION))
    return metric


def _example(metric: AbstractMetric) -> tuple[Any, Any]:
    """Return the outputs of all samples and the recording, as the kind of metric takes them."""
    return _outputs(metric, _OUTPUTS), _outputs(metric, [_RECORDED])[0]


def _outputs(metric: AbstractMetric, trains: Sequence[Sequence[Sequence[float]]]) -> Any:
    if isinstance(metric, AbstractSpikeMetric):
        return [[np.array(train, dtype=np.float64) for train in sample] for sample in trains]
    return np.array([[_voltage(train) for train in sample] for sample in trains])


def _voltage(spikes: Sequence[float]) -> np.ndarray:
    """Return a voltage [V] that is lifted by the stimulus and has spikes 2 ms wide."""
    times = np.arange(round(DURATION / DT)) * DT
    stimulated = (times >= STIMULUS[0]) & (times < STIMULUS[1])
    voltage = np.where(stimulated, -0.060, -0.070)
    for spike in spikes:
        voltage = np.maximum(voltage, -0.060 + 0.090 * (1 - np.abs(times - spike) / 1e-3))
    return voltage


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=True))
    return all(_same(one, other) for one, other in zip(first, second, strict=True))

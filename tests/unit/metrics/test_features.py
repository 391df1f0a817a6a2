"""Differences of features; with simple functions by hand, with eFEL on made-up spikes."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit._foundation.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingPackageError,
    UnitMismatchError,
)
from brianfit.metrics import FeatureMetric, calc_eFEL

DT = 1e-3
NAN = np.nan
STIMULUS = [(0.0, 1.0)]
needs_efel = pytest.mark.needs_package("efel")


def mean(trace: np.ndarray, dt: float) -> float:
    return float(trace.mean())


def duration(trace: np.ndarray, dt: float) -> float:
    return trace.size * dt


def first_positive(trace: np.ndarray, dt: float) -> float | None:
    above = np.flatnonzero(trace > 0)
    return float(above[0]) if above.size else None


def spiking(*peaks: float) -> np.ndarray:
    """Return 100 ms of voltage [V] in steps of 0.1 ms; -70 mV with spikes at `peaks` [ms]."""
    times = np.arange(1000) * 0.1
    voltage = np.full(times.size, -0.070)
    for peak in peaks:
        voltage = np.maximum(voltage, -0.070 + 0.100 * (1 - np.abs(times - peak)))
    return voltage


def efel_metric(*names: str, **arguments: Any) -> FeatureMetric:
    return FeatureMetric([(10 * ms, 90 * ms)], list(names), **arguments)


def efel_error(metric: FeatureMetric, model: Sequence[float], data: Sequence[float]) -> float:
    output, recording = spiking(*model)[np.newaxis, np.newaxis], spiking(*data)[np.newaxis]
    return float(metric.calc(output, recording, 0.1 * ms)[0])


class TestWithFunctions:
    def test_sums_the_differences_over_features_and_traces(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean, {"last": lambda trace, dt: trace[-1]}])
        model = np.array([[[1.0, 3.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 4.0]]])
        data = np.array([[0.0, 0.0], [0.0, 1.0]])

        features = metric.get_features(model, data, DT)
        errors = metric.get_errors(features)

        np.testing.assert_allclose(features[0]["mean"], [2.0, 0.5])
        np.testing.assert_allclose(features[0]["last"], [3.0, 1.0])
        np.testing.assert_allclose(errors, [6.5, 4.5])
        np.testing.assert_allclose(metric.get_trace_errors(features), [[5.0, 1.5], [0.0, 4.5]])

    def test_weights_count_a_feature_several_times(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean, duration], weights={"mean": 3.0})

        errors = metric.calc(np.full((1, 2, 4), 2.0), np.zeros((2, 4)), DT)

        np.testing.assert_allclose(errors, [12.0])

    def test_combine_is_given_output_then_recording(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean], combine=lambda x, y: 10 * x + y)

        errors = metric.calc(np.full((1, 1, 4), 2.0), np.full((1, 4), 3.0), DT)

        np.testing.assert_allclose(errors, [23.0])

    def test_normalization_divides_the_error_and_not_the_trace(self) -> None:
        metric = FeatureMetric(
            STIMULUS, {"square": lambda trace, dt: trace[0] ** 2}, normalization=2.0
        )

        errors = metric.calc(np.full((1, 1, 4), 4.0), np.zeros((1, 4)), DT)

        np.testing.assert_allclose(errors, [8.0])
        np.testing.assert_allclose(metric.revert_normalization(errors), [16.0])

    def test_functions_see_the_trace_from_t_start_on(self) -> None:
        seen = []
        metric = FeatureMetric(
            STIMULUS, {"f": lambda trace, dt: seen.append(trace) or 0.0}, t_start=2 * ms
        )

        metric.calc(np.array([[[5.0, 6.0, 7.0, 8.0]]]), np.array([[1.0, 2.0, 3.0, 4.0]]), DT)

        np.testing.assert_array_equal(seen, [[3.0, 4.0], [7.0, 8.0]])

    def test_traces_are_compared_where_the_recording_was_measured(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean, duration])
        data = np.array([[NAN, 1.0, 1.0, NAN], [0.0, 0.0, 0.0, 0.0]])
        model = np.array([[[50.0, 2.0, 4.0, 50.0], [0.0, 0.0, 0.0, 0.0]]])

        errors = metric.calc(model, data, DT)

        np.testing.assert_allclose(errors, [2.0])  # mean 3 against 1; durations are the same

    def test_a_gap_is_bridged_in_both_traces(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean])

        errors = metric.calc(np.array([[[2.0, 50.0, 4.0]]]), np.array([[0.0, NAN, 2.0]]), DT)

        np.testing.assert_allclose(errors, [2.0])  # means 3 and 1

    def test_a_trace_that_was_not_measured_counts_nothing(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean])

        errors = metric.calc(np.ones((1, 2, 3)), np.array([[0.0] * 3, [NAN] * 3]), DT)

        np.testing.assert_allclose(errors, [1.0])

    def test_two_traces_that_lack_a_feature_agree(self) -> None:
        metric = FeatureMetric(STIMULUS, [first_positive])

        errors = metric.calc(np.full((1, 1, 3), -1.0), np.full((1, 3), -2.0), DT)

        np.testing.assert_array_equal(errors, [0.0])

    def test_a_feature_that_only_one_trace_has_costs_the_penalty_and_warns_once(self) -> None:
        metric = FeatureMetric(STIMULUS, [first_positive], missing=50.0)
        model = np.array([[[-1.0, -1.0]], [[-1.0, 1.0]]])

        with pytest.warns(UserWarning, match="'first_positive' has no value on an output"):
            errors = metric.calc(model, np.array([[1.0, 1.0]]), DT)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            again = metric.calc(model, np.array([[1.0, 1.0]]), DT)

        np.testing.assert_array_equal(errors, [50.0, 1.0])
        np.testing.assert_array_equal(again, errors)

    def test_the_penalty_is_99_unless_told_otherwise(self) -> None:
        metric = FeatureMetric(STIMULUS, [first_positive])

        with pytest.warns(UserWarning, match="no value on a recording"):
            errors = metric.calc(np.ones((1, 1, 3)), np.full((1, 3), -1.0), DT)

        np.testing.assert_array_equal(errors, [99.0])

    def test_features_of_a_recording_are_computed_once(self) -> None:
        calls = []
        metric = FeatureMetric(STIMULUS, {"f": lambda trace, dt: calls.append(trace[0]) or 0.0})
        data = np.zeros((1, 3))

        for _ in range(3):
            metric.calc(np.ones((1, 1, 3)), data, DT)

        assert calls.count(0.0) == 1
        assert calls.count(1.0) == 3

    def test_a_changed_recording_is_noticed(self) -> None:
        metric = FeatureMetric(STIMULUS, [mean])
        data = np.zeros((1, 3))
        metric.calc(np.ones((1, 1, 3)), data, DT)
        data[:] = 1.0

        errors = metric.calc(np.ones((1, 1, 3)), data, DT)

        np.testing.assert_array_equal(errors, [0.0])

    def test_a_selection_of_traces_keeps_their_stimuli(self) -> None:
        metric = FeatureMetric([(0.0, 0.1), (0.0, 0.2), (0.0, 0.3)], [mean])

        assert metric.select_traces([2, 0]).stim_times == [(0.0, 0.3), (0.0, 0.1)]

    def test_a_function_must_return_one_number(self) -> None:
        metric = FeatureMetric(STIMULUS, {"all": lambda trace, dt: trace})

        with pytest.raises(InvalidValueError, match=r"'all' must be a single number"):
            metric.check_data(np.zeros((1, 3)), DT)

    def test_a_stimulus_outside_the_compared_time_is_refused(self) -> None:
        metric = FeatureMetric([(0.0, 2 * ms)], [mean], t_start=5 * ms)

        with pytest.raises(InvalidValueError, match=r"lasts from 0 s to 0\.002 s, but"):
            metric.check_data(np.zeros((1, 20)), DT)

    @pytest.mark.parametrize("data", [np.full((1, 5), NAN), np.zeros((1, 2))])
    def test_a_recording_without_measured_steps_is_refused(self, data: np.ndarray) -> None:
        metric = FeatureMetric(STIMULUS, [mean], t_start=3 * ms)

        with pytest.raises(InvalidValueError, match="nothing to compare"):
            metric.check_data(data, DT)

    def test_another_number_of_stimuli_is_refused(self) -> None:
        metric = FeatureMetric([(0.0, 0.1), (0.0, 0.1)], [mean])

        with pytest.raises(InvalidValueError, match="each of the 3 traces"):
            metric.check_data(np.zeros((3, 5)), DT)


class TestArguments:
    @pytest.mark.parametrize(
        "times",
        [
            (10 * ms, 60 * ms),
            [10, 60] * ms,
            [[0.01, 0.06]],
            [(10 * ms, 60 * ms)],
            np.array([[0.01, 0.06]]),
        ],
    )
    def test_stimuli_may_be_written_in_many_ways(self, times: Any) -> None:
        metric = FeatureMetric(times, [mean])

        np.testing.assert_allclose(metric.stim_times, [(0.01, 0.06)])

    def test_stimuli_of_the_user_are_left_as_they_were(self) -> None:
        times = [[10 * ms, 60 * ms]]
        metric = FeatureMetric(times, [mean])

        metric.calc(np.ones((1, 2, 20)), np.zeros((2, 20)), DT)

        assert len(times) == 1
        assert times[0][0] == 10 * ms

    @pytest.mark.parametrize(
        ("times", "complaint"),
        [
            ([(60 * ms, 10 * ms)], "with the start first"),
            ([10 * ms], "pair"),
            ([[1, 2, 3]], "pair"),
        ],
    )
    def test_other_stimuli_are_refused(self, times: Any, complaint: str) -> None:
        with pytest.raises(InvalidValueError, match=complaint):
            FeatureMetric(times, [mean])

    def test_stimuli_in_another_unit_are_refused(self) -> None:
        with pytest.raises(UnitMismatchError, match="`stim_times` must have the unit s"):
            FeatureMetric([(1 * mV, 2 * mV)], [mean])

    def test_weights_must_be_a_dictionary(self) -> None:
        with pytest.raises(InvalidTypeError, match="`weights` must be a dictionary"):
            FeatureMetric(STIMULUS, [mean], weights=[1.0])

    @pytest.mark.parametrize(
        ("weights", "complaint"),
        [({"meen": 1.0}, "Did you mean 'mean'"), ({"mean": -1.0}, "not negative")],
    )
    def test_wrong_weights_are_refused(self, weights: dict[str, float], complaint: str) -> None:
        with pytest.raises(InvalidValueError, match=complaint):
            FeatureMetric(STIMULUS, [mean], weights=weights)

    def test_combine_must_be_a_function(self) -> None:
        with pytest.raises(InvalidTypeError, match="`combine` must be a function"):
            FeatureMetric(STIMULUS, [mean], combine="abs")

    @pytest.mark.parametrize("missing", [-1.0, NAN])
    def test_the_penalty_must_be_a_number(self, missing: float) -> None:
        with pytest.raises(InvalidValueError, match="`missing` must be finite"):
            FeatureMetric(STIMULUS, [mean], missing=missing)

    @pytest.mark.parametrize("features", [3, [3], [{"x": "y"}]])
    def test_features_of_another_kind_are_refused(self, features: Any) -> None:
        with pytest.raises(InvalidTypeError, match="`feat_list` must hold names"):
            FeatureMetric(STIMULUS, features)

    def test_no_features_and_two_of_one_name_are_refused(self) -> None:
        with pytest.raises(InvalidValueError, match="at least one"):
            FeatureMetric(STIMULUS, [])
        with pytest.raises(InvalidValueError, match="two features called 'mean'"):
            FeatureMetric(STIMULUS, [mean, {"mean": duration}])

    @pytest.mark.parametrize("processes", [-2, -10])
    def test_a_negative_number_of_processes_is_refused(self, processes: int) -> None:
        with pytest.raises(InvalidValueError, match="-1 for one per CPU"):
            FeatureMetric(STIMULUS, [mean], parallel_processes=processes)

    def test_functions_do_not_need_efel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "efel", None)

        FeatureMetric(STIMULUS, [mean])
        with pytest.raises(MissingPackageError, match=r"pip install 'brianfit\[efel\]'"):
            FeatureMetric(STIMULUS, ["voltage_base"])


@needs_efel
class TestWithEfel:
    def test_counts_spikes(self) -> None:
        assert efel_error(efel_metric("Spikecount"), [30, 50, 70], [40]) == 2.0

    def test_times_are_in_milliseconds_from_the_start_of_the_stimulus(self) -> None:
        (values,) = calc_eFEL([spiking(30)], [(10, 90)], ["time_to_first_spike"], 0.1 * ms)

        np.testing.assert_allclose(values["time_to_first_spike"], [20.0])

    @pytest.mark.parametrize("t_start", [0, 5, 15, 25])
    def test_t_start_does_not_shift_the_stimulus(self, t_start: float) -> None:
        metric = efel_metric(
            "time_to_first_spike", t_start=t_start * ms, combine=lambda x, y: 1000 * x + y
        )

        assert efel_error(metric, [30], [40]) == pytest.approx(20_030.0)

    def test_normalization_does_not_lose_spikes(self) -> None:
        metric = efel_metric("Spikecount", normalization=2.0)

        assert efel_error(metric, [30, 50], [40]) == 0.5

    def test_two_silent_cells_agree_and_a_silent_one_differs_from_a_spiking_one(self) -> None:
        metric = efel_metric("time_to_first_spike")

        assert efel_error(metric, [], []) == 0.0
        with pytest.warns(UserWarning, match="'time_to_first_spike' has no value on an output"):
            assert efel_error(metric, [], [40]) == 99.0

    def test_functions_stand_beside_names(self) -> None:
        metric = efel_metric("Spikecount", {"peak": lambda trace, dt: trace.max() * 1000})

        # one spike more; the peak of no spike is -70 mV, that of a spike 30 mV
        assert efel_error(metric, [50], []) == pytest.approx(1 + 100)

    @pytest.mark.parametrize("data", [[], [40], [40, 60]])
    def test_features_with_one_value_per_spike_are_refused_at_the_door(
        self, data: list[float]
    ) -> None:
        metric = efel_metric("AP_amplitude")

        with pytest.raises(InvalidValueError, match="'AP_amplitude' has many values"):
            metric.check_data(spiking(*data)[np.newaxis], 1e-4)

    def test_unknown_features_are_refused_with_the_nearest_name(self) -> None:
        with pytest.raises(InvalidValueError, match="Did you mean 'voltage_base'"):
            efel_metric("voltag_base")

    def test_what_efel_cannot_compute_is_refused_at_the_door(self) -> None:
        metric = FeatureMetric([(10 * ms, 100 * ms)], ["depol_block"])

        with pytest.raises(InvalidValueError, match="eFEL could not compute depol_block"):
            metric.check_data(spiking(40)[np.newaxis], 1e-4)

    def test_a_trace_that_diverged_is_not_given_to_efel(self) -> None:
        model = np.stack([spiking(40), spiking(40)])[:, np.newaxis]
        model[0, 0, 500:] = NAN

        errors = efel_metric("Spikecount").calc(model, spiking(40)[np.newaxis], 1e-4)

        np.testing.assert_array_equal(errors, [NAN, 0.0])

    def test_worker_processes_give_the_same_numbers_and_are_gone_afterwards(self) -> None:
        model = np.stack([spiking(30), spiking(30, 50), spiking()])[:, np.newaxis]
        arguments = [("Spikecount", "voltage_base"), model, spiking(40)[np.newaxis], 1e-4]
        names, *rest = arguments

        errors = efel_metric(*names, parallel_processes=2).calc(*rest)

        np.testing.assert_array_equal(errors, efel_metric(*names).calc(*rest))
        assert multiprocessing.active_children() == []

    def test_times_with_units_and_in_milliseconds_are_the_same(self) -> None:
        traces = [spiking(30), spiking(40)]

        plain = calc_eFEL(traces, [[10, 90]], ["time_to_first_spike"], 1e-4)
        with_units = calc_eFEL(traces, [[10, 90] * ms] * 2, ["time_to_first_spike"], 0.1 * ms)

        assert [values["time_to_first_spike"][0] for values in plain] == pytest.approx([20, 30])
        assert [values["time_to_first_spike"][0] for values in with_units] == pytest.approx(
            [20, 30]
        )

    def test_what_a_trace_does_not_have_is_none(self) -> None:
        (values,) = calc_eFEL([spiking()], [(10, 90)], ["time_to_first_spike"], 1e-4)

        assert values == {"time_to_first_spike": None}

    def test_calc_efel_checks_its_arguments(self) -> None:
        with pytest.raises(InvalidValueError, match="-1 for one per CPU"):
            calc_eFEL([spiking()], [(10, 90)], ["Spikecount"], 1e-4, parallel_processes=-2)
        with pytest.raises(InvalidValueError, match="each of the 1 traces"):
            calc_eFEL([spiking()], [(10, 90)] * 2, ["Spikecount"], 1e-4)


@pytest.mark.parametrize(
    ("name", "instead"), [("feat_to_err", "combine=f"), ("check_values", "missing=...")]
)
def test_a_hook_that_older_scripts_override_is_refused(name: str, instead: str) -> None:
    def hook(self: Any, *arguments: Any) -> float:
        return 0.0

    with pytest.raises(InvalidTypeError, match=f"`{name}` of Mine would never.*{instead}"):
        type("Mine", (FeatureMetric,), {name: hook})

"""Model, data, metrics and engine as one function of samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.metrics import MSEMetric
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective import Objective, SpikeOutput, TraceOutput, build_objective
from tests.unit.objective.stand_ins import (
    N_STEPS,
    N_TRACES,
    CountDifference,
    LastDifference,
    LineEngine,
    LineSimulation,
    WrongShape,
    task,
)

COLUMNS = ParameterColumns(free=("a", "b"), fixed={}, tied={})
ZEROS = np.zeros((N_TRACES, N_STEPS))
SAMPLES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])


def objective(*outputs: Any, **options: Any) -> Objective:
    fields = {"engine": LineEngine(), "columns": COLUMNS, **options}
    return build_objective(task(), outputs, **fields)


def evaluate(built: Objective, samples: np.ndarray = SAMPLES) -> Any:
    return built.evaluate(samples, iteration=3, seed=11)


def calls(built: Objective) -> list[dict[str, Any]]:
    simulation = built.simulation
    assert isinstance(simulation, LineSimulation)
    return simulation.calls


class TestWhatIsSimulated:
    def test_running_sums_replace_traces_where_the_metric_has_them(self) -> None:
        built = objective(TraceOutput(name="v", metric=MSEMetric(), data=ZEROS))

        assert built.task.recorded == ()
        assert [sum_.name for sum_ in built.task.accumulators] == ["brianfit_sum_v"]
        assert not built.task.record_spikes

    def test_traces_are_recorded_where_they_are_needed(self) -> None:
        built = objective(TraceOutput(name="v", metric=LastDifference(), data=ZEROS))

        assert built.task.recorded == ("v",)
        assert built.task.accumulators == ()

    def test_spikes_and_final_values_are_asked_for(self) -> None:
        trains = (np.array([1e-3]),) * N_TRACES
        output = SpikeOutput(
            metric=CountDifference(),
            data=trains,
            trace_of_train=(0, 1),
            durations=np.full(N_TRACES, 4e-3),
        )

        built = objective(output, penalty="v")

        assert built.task.record_spikes
        assert built.task.final == ("v",)

    def test_columns_are_those_of_all_parameters(self) -> None:
        columns = ParameterColumns(free=("a",), fixed={}, tied={"b": lambda known: known["a"]})

        built = objective(
            TraceOutput(name="v", metric=LastDifference(), data=ZEROS), columns=columns
        )

        assert built.task.parameter_names == ("a", "b")
        # v = a + trace + a*step: 4a + trace at the last step
        found = evaluate(built, np.array([[1.0], [2.0]]))
        np.testing.assert_allclose(found.errors, [4.5, 8.5])


class TestErrors:
    def test_by_running_sum_equal_those_by_trace(self) -> None:
        data = np.arange(8.0).reshape(N_TRACES, N_STEPS)
        data[1, 2] = np.nan
        output = TraceOutput(name="v", metric=MSEMetric(), data=data)
        whole = MSEMetric().calc(
            np.stack([a + np.arange(2)[:, None] + b * np.arange(4) for a, b in SAMPLES]), data, 1e-3
        )

        found = evaluate(objective(output))

        np.testing.assert_allclose(found.errors, whole)
        np.testing.assert_allclose(found.trace_errors[:, 0].mean(axis=1), whole)

    def test_are_the_weighted_sum_over_the_outputs(self) -> None:
        outputs = [
            TraceOutput(name="v", metric=LastDifference(), data=ZEROS, weight=weight)
            for weight in (2.0, 10.0)
        ]

        found = evaluate(objective(*outputs))

        # the mean of |a + trace + 3b| over the two traces
        np.testing.assert_allclose(found.output_errors, [[0.5] * 2, [1.5] * 2, [6.5] * 2])
        np.testing.assert_allclose(found.errors, 12 * np.array([0.5, 1.5, 6.5]))

    def test_are_told_with_and_without_normalization(self) -> None:
        metric = MSEMetric(normalization=2.0)

        found = evaluate(objective(TraceOutput(name="v", metric=metric, data=ZEROS)))

        # sample 0: v = trace, mean square 0.5; divided by 2**2
        assert found.output_errors[0, 0] == pytest.approx(0.125)
        assert found.raw_output_errors[0, 0] == pytest.approx(0.5)
        np.testing.assert_allclose(found.trace_errors[0, 0], [0, 0.25])

    def test_grow_by_the_penalty_at_the_end(self) -> None:
        built = objective(TraceOutput(name="v", metric=LastDifference(), data=ZEROS), penalty="v")

        # v at the end is the distance from zero itself
        np.testing.assert_allclose(evaluate(built).errors, 2 * np.array([0.5, 1.5, 6.5]))

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_of_a_sample_that_diverged_are_infinite_and_counted(self, bad: float) -> None:
        samples = SAMPLES.copy()
        samples[1, 0] = bad
        built = objective(TraceOutput(name="v", metric=MSEMetric(), data=ZEROS))

        with np.errstate(invalid="ignore", over="ignore"):
            found = evaluate(built, samples)

        np.testing.assert_array_equal(np.isinf(found.errors), [False, True, False])
        assert found.n_failed == 1
        assert not np.any(np.isnan(found.output_errors))
        assert np.all(found.errors[1] > 0)

    def test_of_a_weight_of_zero_still_show_that_a_sample_diverged(self) -> None:
        built = objective(TraceOutput(name="v", metric=MSEMetric(), data=ZEROS, weight=0.0))

        with np.errstate(invalid="ignore"):
            found = evaluate(built, np.array([[np.nan, 0.0], [0.0, 0.0]]))

        np.testing.assert_array_equal(found.errors, [np.inf, 0.0])

    def test_of_another_shape_name_the_metric(self) -> None:
        built = objective(TraceOutput(name="v", metric=WrongShape(), data=ZEROS))

        with pytest.raises(InvalidValueError, match=r"metric WrongShape.*\(3,\).*shape \(3, 2\)"):
            evaluate(built)


class TestSpikes:
    def output(self, **changes: Any) -> SpikeOutput:
        fields: dict[str, Any] = {
            "metric": CountDifference(),
            "data": [np.array([1e-3])] * N_TRACES,
            "trace_of_train": (0, 1),
            "durations": np.full(N_TRACES, 10.0),
        }
        return SpikeOutput(**{**fields, **changes})

    def test_are_compared_trace_by_trace(self) -> None:
        found = evaluate(objective(self.output()))

        np.testing.assert_array_equal(found.errors, 1.0)  # two spikes instead of one
        np.testing.assert_array_equal(found.trace_errors[:, 0], 1.0)

    def test_after_the_end_of_their_trace_do_not_count(self) -> None:
        # the second spike comes at 3 ms + a: at 3 ms, 1.003 s and 3 ms
        found = evaluate(objective(self.output(durations=np.array([0.5, 2.0]))))

        np.testing.assert_array_equal(found.trace_errors[:, 0], [[1, 1], [0, 1], [1, 1]])

    def test_are_compared_with_every_repeat_of_a_stimulus(self) -> None:
        trains = [np.array([]), np.array([1e-3]), np.array([1e-3, 2e-3])]
        output = self.output(data=trains, trace_of_train=(0, 0, 1))

        found = evaluate(objective(output))

        np.testing.assert_allclose(found.errors, (2 + 1 + 0) / 3)
        np.testing.assert_allclose(found.trace_errors[0, 0], [1.5, 0])

    def test_of_a_normalized_metric_are_told_normalized_by_trace(self) -> None:
        found = evaluate(objective(self.output(metric=CountDifference(normalization=4.0))))

        np.testing.assert_allclose(found.errors, 0.25)
        np.testing.assert_allclose(found.raw_output_errors, 1.0)
        np.testing.assert_allclose(found.trace_errors, 0.25)


class TestParts:
    def test_a_round_is_simulated_at_once_where_memory_allows(self) -> None:
        built = objective(TraceOutput(name="v", metric=LastDifference(), data=ZEROS))

        evaluate(built)

        assert calls(built) == [{"n": 3, "iteration": 3, "seed": 11, "first": 0}]

    def test_parts_keep_the_memory_limit_and_the_number_of_the_sample(self) -> None:
        bytes_of_sample = 8 * N_TRACES * N_STEPS
        output = TraceOutput(name="v", metric=LastDifference(), data=ZEROS)
        whole = evaluate(objective(output))
        built = objective(output, memory_limit=2 * bytes_of_sample)

        found = built.evaluate(SAMPLES, iteration=3, seed=11, first_sample=100)

        assert [(call["n"], call["first"]) for call in calls(built)] == [(2, 100), (1, 102)]
        np.testing.assert_array_equal(found.errors, whole.errors)
        np.testing.assert_array_equal(found.trace_errors, whole.trace_errors)

    def test_a_sample_larger_than_the_limit_is_simulated_alone(self) -> None:
        built = objective(
            TraceOutput(name="v", metric=LastDifference(), data=ZEROS), memory_limit=1
        )

        evaluate(built)

        assert [call["n"] for call in calls(built)] == [1, 1, 1]

    def test_running_sums_need_no_parts(self) -> None:
        built = objective(TraceOutput(name="v", metric=MSEMetric(), data=ZEROS), memory_limit=1)

        evaluate(built)

        assert [call["n"] for call in calls(built)] == [3]

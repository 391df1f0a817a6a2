"""The mean squared error; numbers computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms

from brianfit._foundation.errors import InvalidValueError
from brianfit.metrics import MSEMetric

DT = 1e-3
NAN = np.nan


def test_is_the_mean_over_steps_and_traces() -> None:
    model = np.array([[[1.0, 2.0], [0.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]])
    data = np.array([[0.0, 0.0], [0.0, 1.0]])

    features = MSEMetric().get_features(model, data, DT)
    errors = MSEMetric().calc(model, data, DT)

    # First sample: the mean of 1 and 4, that of 0 and 9; second: of 0 and 0, of 0 and 1.
    np.testing.assert_allclose(features, [[2.5, 4.5], [0.0, 0.5]])
    np.testing.assert_allclose(errors, [3.5, 0.25])


def test_steps_before_t_start_do_not_count() -> None:
    model = np.array([[[100.0, 100.0, 1.0, 2.0]]])

    errors = MSEMetric(t_start=2 * ms).calc(model, np.zeros((1, 4)), DT)

    np.testing.assert_allclose(errors, [2.5])


def test_steps_count_by_their_weight() -> None:
    model = np.array([[[1.0, 2.0, 3.0]]])

    errors = MSEMetric(t_weights=[1, 0, 3]).calc(model, np.zeros((1, 3)), DT)

    np.testing.assert_allclose(errors, [7.0])  # (1 * 1 + 3 * 9) / 4


def test_normalization_divides_the_traces() -> None:
    metric = MSEMetric(normalization=2.0)

    errors = metric.calc(np.array([[[4.0, 0.0]]]), np.array([[0.0, 2.0]]), DT)

    np.testing.assert_allclose(errors, [2.5])  # (2**2 + 1**2) / 2
    np.testing.assert_allclose(metric.revert_normalization(errors), [10.0])


def test_a_step_that_was_not_measured_is_left_out_of_the_mean() -> None:
    model = np.array([[[1.0, 7.0, 3.0]]])

    errors = MSEMetric().calc(model, np.array([[0.0, NAN, 0.0]]), DT)

    np.testing.assert_allclose(errors, [5.0])  # (1 + 9) / 2


def test_weights_are_shared_out_among_the_measured_steps() -> None:
    model = np.array([[[1.0, 7.0, 3.0]]])

    errors = MSEMetric(t_weights=[1, 5, 3]).calc(model, np.array([[0.0, NAN, 0.0]]), DT)

    np.testing.assert_allclose(errors, [7.0])  # (1 * 1 + 3 * 9) / 4


def test_a_trace_that_ends_earlier_counts_as_much_as_the_others() -> None:
    model = np.array([[[2.0, 2.0, 2.0, 2.0], [4.0, 50.0, 50.0, 50.0]]])
    data = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, NAN, NAN, NAN]])

    errors = MSEMetric().calc(model, data, DT)

    np.testing.assert_allclose(errors, [10.0])  # (4 + 16) / 2


def test_a_trace_without_any_measured_step_is_left_out_of_the_mean_over_traces() -> None:
    model = np.array([[[2.0, 2.0], [50.0, 50.0], [4.0, 4.0]]])
    data = np.array([[0.0, 0.0], [NAN, NAN], [0.0, 0.0]])

    features = MSEMetric().get_features(model, data, DT)
    errors = MSEMetric().calc(model, data, DT)

    np.testing.assert_allclose(errors, [10.0])  # (4 + 16) / 2
    np.testing.assert_allclose(features, [[6.0, 0.0, 24.0]])  # times 3 / 2


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_an_output_that_diverged_is_not_scored(value: float) -> None:
    model = np.array([[[1.0, value, 3.0]], [[1.0, 0.0, 3.0]]])

    errors = MSEMetric().calc(model, np.zeros((1, 3)), DT)

    assert not np.isfinite(errors[0])
    np.testing.assert_allclose(errors[1], 10 / 3)


@pytest.mark.parametrize(
    ("metric", "data", "complaint"),
    [
        (MSEMetric(t_start=5 * ms), np.zeros((2, 5)), "`t_start` = 0.005 s lies beyond the end"),
        (MSEMetric(), np.full((2, 5), NAN), "not measured"),
        (MSEMetric(t_start=3 * ms), np.array([[0, 0, 0, NAN, NAN]]), "before `t_start`"),
        (MSEMetric(t_weights=[1, 0, 0, 0, 0]), np.array([[NAN, 0, 0, 0, 0]]), "zero"),
        (
            MSEMetric(t_weights=[1, 2]),
            np.zeros((2, 5)),
            r"Expected `t_weights` to have shape \(n_steps\) = \(5,\) but it has shape \(2,\)",
        ),
    ],
)
def test_refuses_at_the_door_what_leaves_nothing_to_compare(
    metric: MSEMetric, data: np.ndarray, complaint: str
) -> None:
    with pytest.raises(InvalidValueError, match=complaint):
        metric.check_data(data, DT)
    with pytest.raises(InvalidValueError, match=complaint):
        metric.accumulator("v", data, DT)
    with pytest.raises(InvalidValueError, match=complaint):
        metric.residual_weights(data, DT)


def test_the_running_sum_is_written_in_the_variables_of_the_model() -> None:
    accumulator = MSEMetric(t_start=1 * ms, normalization=2.0).accumulator(
        "v", np.array([[1.0, 2.0, NAN, 3.0]]), DT
    )

    assert accumulator.name == "brianfit_sum_v"
    assert accumulator.expression == "brianfit_w_v * (v - brianfit_d_v)**2"
    assert accumulator.variables == ("v",)
    # two measured steps from t_start on, each divided by normalization squared
    np.testing.assert_allclose(accumulator.timed["brianfit_w_v"], [[0.0, 0.125, 0.0, 0.125]])
    np.testing.assert_allclose(accumulator.timed["brianfit_d_v"], [[1.0, 2.0, 0.0, 3.0]])


def test_t_start_between_two_steps_begins_at_the_later_one() -> None:
    model = np.array([[[9.0, 9.0, 1.0, 1.0]]])

    errors = MSEMetric(t_start=1.5 * ms).calc(model, np.zeros((1, 4)), DT)

    np.testing.assert_allclose(errors, [1.0])

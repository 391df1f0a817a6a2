"""The firing pattern, against hand calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import mV, second
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit.metrics import FiringPattern

DT = 1e-4
COUNT, LATENCY, COURSE = (1, 0, 0), (0, 1, 0), (0, 0, 1)

trains = st.lists(st.floats(0.001, 1.0), max_size=6, unique=True).map(
    lambda times: np.sort(np.array(times, dtype=np.float64))
)


def _error(model: Any, data: Any, **arguments: Any) -> float:
    metric = FiringPattern(**arguments)
    return float(
        metric.calc([[np.array(model, dtype=float)]], [np.array(data, dtype=float)], DT)[0]
    )


def test_the_count_term_is_what_the_smaller_count_lacks() -> None:
    error = _error([0.1, 0.2, 0.3], [0.1, 0.2, 0.3, 0.4], weights=COUNT)

    assert error == pytest.approx(1 / 4, rel=1e-12)


def test_the_latency_term_counts_from_the_onset() -> None:
    error = _error([0.14], [0.12], t_start=0.1 * second, weights=LATENCY)

    # 40 ms against 20 ms.
    assert error == pytest.approx(1 / 2, rel=1e-9)


def test_the_course_term_compares_intervals_at_the_middle_of_the_recorded_ones() -> None:
    # Recorded: 0.2 s around 0.2 s, 0.1 s around 0.35 s. Model: 0.1 s around 0.15 s, 0.3 s around
    # 0.35 s; on the line between them 0.15 s at 0.2 s.
    error = _error([0.1, 0.2, 0.5], [0.1, 0.3, 0.4], weights=COURSE)

    assert error == pytest.approx(((0.2 - 0.15) / 0.2 + (0.3 - 0.1) / 0.3) / 2, rel=1e-9)


def test_beyond_the_middle_of_its_last_interval_the_model_keeps_it() -> None:
    # The model's only interval, 0.1 s, stands for all of the recording's: 0.1 s and 0.2 s.
    error = _error([0.0, 0.1], [0.5, 0.6, 0.8], weights=COURSE)

    assert error == pytest.approx((0 + 1 / 2) / 2, rel=1e-9, abs=1e-12)


def test_the_course_is_right_for_many_intervals() -> None:
    rng = np.random.default_rng(1)
    model, data = np.cumsum(rng.exponential(size=40)), np.cumsum(rng.exponential(size=30))

    error = _error(model, data, weights=COURSE)

    middles = (model[1:] + model[:-1]) / 2
    expected = np.interp((data[1:] + data[:-1]) / 2, middles, np.diff(model))
    ratio = np.minimum(expected, np.diff(data)) / np.maximum(expected, np.diff(data))
    assert error == pytest.approx(np.mean(1 - ratio), rel=1e-9)


def test_the_error_is_the_weighted_mean_of_the_terms() -> None:
    model, data = [0.1, 0.2, 0.5], [0.2, 0.3]

    terms = [_error(model, data, weights=weights) for weights in (COUNT, LATENCY, COURSE)]
    error = _error(model, data, weights=(1, 2, 5))

    assert error == pytest.approx((terms[0] + 2 * terms[1] + 5 * terms[2]) / 8, rel=1e-12)


def test_spikes_before_the_onset_do_not_count() -> None:
    error = _error([0.05, 0.2, 0.3], [0.01, 0.02, 0.2, 0.3], t_start=0.1 * second)

    assert error == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "data", "expected"),
    [
        pytest.param([], [], 0, id="both silent"),
        pytest.param([], [0.1, 0.2], 1, id="model silent"),
        pytest.param([0.1], [], 1 / 3, id="recording silent: only the count differs"),
        pytest.param([0.1], [0.1], 0, id="one spike each"),
        pytest.param([0.1], [0.1, 0.2], (1 / 2 + 0 + 1) / 3, id="model without interval"),
        pytest.param([0.1, 0.2], [0.1], (1 / 2 + 0 + 0) / 3, id="recording without interval"),
    ],
)
def test_is_defined_for_trains_with_few_spikes(
    model: list[float], data: list[float], expected: float
) -> None:
    assert _error(model, data) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(model=trains, data=trains)
def test_lies_between_zero_and_one(model: np.ndarray, data: np.ndarray) -> None:
    assert 0 <= _error(model, data) <= 1


@given(train=trains)
def test_is_zero_for_the_same_train(train: np.ndarray) -> None:
    assert _error(train, train) == pytest.approx(0, abs=1e-9)


def test_takes_the_mean_over_the_traces() -> None:
    metric = FiringPattern(weights=COUNT)
    silent, one = np.empty(0), np.array([0.1])

    errors = metric.calc([[one, one], [silent, one]], [one, one], DT)

    np.testing.assert_allclose(errors, [0, 1 / 2])


@pytest.mark.parametrize("weights", [(1, 1), (0, 0, 0), (1, -1, 1), (1, np.inf, 1)])
def test_refuses_weights_that_are_none(weights: tuple[float, ...]) -> None:
    with pytest.raises(InvalidValueError, match="`weights` must be three numbers"):
        FiringPattern(weights=weights)


def test_refuses_an_onset_that_is_no_time() -> None:
    with pytest.raises(UnitMismatchError, match="t_start"):
        FiringPattern(t_start=1 * mV)

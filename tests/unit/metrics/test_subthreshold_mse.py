"""The mean squared error between spikes, against hand calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit._foundation.units import dimensions_of
from brianfit.metrics import SubthresholdMSE

DT = 1e-3


def _flat(n: int = 20, value: float = -0.07) -> np.ndarray:
    return np.full((1, n), value)


def _with_spike(step: int, n: int = 20, value: float = -0.07) -> np.ndarray:
    trace = _flat(n, value)
    trace[0, step] = 0.03
    return trace


def _metric(**changes: Any) -> SubthresholdMSE:
    given: dict[str, Any] = {"threshold": 0 * mV, "before": 2 * ms, "after": 3 * ms}
    return SubthresholdMSE(**{**given, **changes})


def test_what_lies_around_recorded_spikes_does_not_count() -> None:
    model = _flat(value=-0.06)[np.newaxis]
    model[0, 0, 8:14] = -0.01  # from 2 steps before step 10 to 3 after it

    error = _metric().calc(model, _with_spike(10), DT)[0]

    assert error == pytest.approx(0.01**2, rel=1e-9)


def test_spikes_of_the_model_elsewhere_count_as_they_are() -> None:
    model = _with_spike(5)[np.newaxis]

    error = _metric().calc(model, _flat(), DT)[0]

    assert error == pytest.approx(0.1**2 / 20, rel=1e-9)


def test_a_spike_that_the_voltage_hides_costs_as_if_it_lasted_a_millisecond() -> None:
    data = _with_spike(10)  # 14 of 20 steps are compared
    trains = spike_trains_from_nested([[np.array([0.002])], [np.array([0.009])]], n_traces=1)

    costs = _metric().cost_of_spikes(trains, data, DT)

    assert costs[0, 0] == pytest.approx(0.07**2 / 14, rel=1e-9)
    assert costs[1, 0] == 0  # beside a recorded spike


def test_spikes_are_seen_between_values_of_a_longer_step() -> None:
    data = _with_spike(10)
    data[0, 1::2] = np.nan
    model = _flat(value=-0.06)[np.newaxis]
    model[0, 0, 8:14] = -0.01

    error = _metric().calc(model, data, DT)[0]

    assert error == pytest.approx(0.01**2, rel=1e-9)


def test_a_crossing_that_lasts_is_one_spike() -> None:
    data = _with_spike(10)
    data[0, 11] = 0.01
    model = _flat(value=-0.06)[np.newaxis]

    error = _metric(before=0 * ms, after=0 * ms).calc(model, data, DT)[0]

    # Only step 10 is cut out; step 11 is compared.
    assert error == pytest.approx((18 * 0.01**2 + 0.07**2) / 19, rel=1e-9)


def test_spikes_before_t_start_do_not_matter() -> None:
    model = _flat(value=-0.06)[np.newaxis]

    error = _metric(t_start=5 * ms).calc(model, _with_spike(2), DT)[0]

    assert error == pytest.approx(0.01**2, rel=1e-9)


def test_weights_of_steps_count() -> None:
    model = _flat(4)[np.newaxis].copy()
    model[0, 0, 1], model[0, 0, 2] = -0.06, -0.05

    error = _metric(t_weights=[1, 1, 3, 0]).calc(model, _flat(4), DT)[0]

    assert error == pytest.approx((0.01**2 + 3 * 0.02**2) / 5, rel=1e-9)


def test_gaps_do_not_count_and_traces_without_a_value_are_left_out_of_the_mean() -> None:
    data = np.full((2, 20), -0.07)
    data[0, :10], data[1] = np.nan, np.nan
    model = np.full((1, 2, 20), -0.06)
    model[0, 0, :10] = -0.02

    error = _metric().calc(model, data, DT)[0]

    assert error == pytest.approx(0.01**2, rel=1e-9)


def test_normalization_divides_twice() -> None:
    model = _flat(value=-0.06)[np.newaxis]

    error = _metric(normalization=10 * mV).calc(model, _with_spike(10), DT)[0]

    assert error == pytest.approx(1.0, rel=1e-9)


def test_its_unit_is_that_of_the_output_squared() -> None:
    volts = dimensions_of(1 * volt)

    assert _metric().get_dimensions(volts) == volts**2


def test_refuses_a_recording_of_which_nothing_is_left() -> None:
    with pytest.raises(InvalidValueError, match="Nothing of the recording is left"):
        _metric(after=1).check_data(_with_spike(1), DT)


def test_accepts_a_recording_of_which_something_is_left() -> None:
    _metric().check_data(_with_spike(10), DT)


@pytest.mark.parametrize("window", [{"before": -1 * ms}, {"after": np.inf}])
def test_refuses_a_window_that_is_none(window: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="`before` and `after` must be times"):
        _metric(**window)

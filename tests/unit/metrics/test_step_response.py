"""The response to a step of current, against hand calculation on drawn voltages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit.metrics import StepResponse

DT, N_STEPS = 1e-3, 500
START, STOP = 100, 400


def _voltage(spikes: Any, *, trough: float = -0.060, rest: float = -0.070) -> np.ndarray:
    """Return a voltage that is flat but for the step and for spikes of one value."""
    voltage = np.full(N_STEPS, rest)
    voltage[START:STOP] = trough
    voltage[list(spikes)] = 0.03
    return voltage


def _metric(**changes: Any) -> StepResponse:
    given: dict[str, Any] = {"start": START * ms, "stop": STOP * ms, "windows": (0.5,)}
    return StepResponse(-20 * mV, **{**given, **changes})


def _parts(model: np.ndarray, data: np.ndarray, **changes: Any) -> np.ndarray:
    return np.asarray(
        _metric(**changes).get_features(model[np.newaxis, np.newaxis], data[np.newaxis], DT)[0, 0]
    )


REGULAR = range(110, 400, 20)


def test_the_recording_itself_has_no_error() -> None:
    voltage = _voltage(REGULAR)

    np.testing.assert_array_equal(_parts(voltage, voltage), np.zeros(4))


def test_trains_that_have_slipped_but_keep_their_rate_differ_in_latency_alone() -> None:
    slipped = _voltage([110, *range(119, 400, 20)])

    parts = _parts(_voltage(range(112, 400, 20)), _voltage(REGULAR))

    assert parts[1] == parts[2] == 0
    assert parts[3] == pytest.approx((np.log(12 / 10) / 0.12) ** 2)
    assert _parts(slipped, _voltage(REGULAR))[1] == 0


def test_a_trough_that_is_too_deep_costs_its_square() -> None:
    deeper = _voltage(REGULAR, trough=-0.066)

    parts = _parts(deeper, _voltage(REGULAR))

    assert parts[1] == pytest.approx((6 / 2) ** 2, rel=1e-9)


def test_the_voltage_before_the_first_spike_and_after_the_step_is_compared() -> None:
    data = _voltage(REGULAR)
    model = data.copy()
    model[:START] += 0.004  # 100 of the 108 steps up to 2 ms before the first spike
    model[STOP:] += 0.002

    parts = _parts(model, data)

    assert parts[0] == pytest.approx(100 / 108 * (4 / 2) ** 2 + 0.3, rel=1e-9)


def test_rates_are_compared_by_window() -> None:
    adapting = _voltage([*range(110, 250, 20), *range(270, 400, 40)])

    parts = _parts(adapting, _voltage(REGULAR))

    # 7 spikes in the first window as recorded; 4 for 8 in the second, intervals 40 ms for 20 ms,
    # but the first of these is 20 ms long and begins in the first window.
    counts = np.log(4.5 / 8.5) ** 2 / (0.03**2 + (0.5 / 8.5) ** 2)
    intervals = np.log(2) ** 2 / (0.03**2 + 0.15**2 / 7)
    assert parts[2] == pytest.approx((counts + intervals) / 2, rel=0.15)


def test_spikes_outside_the_step_cost_one_each() -> None:
    model = _voltage([*REGULAR, 20, 40, 450])
    model[[20, 40, 450]] = -0.070

    metric = _metric()
    train = np.array([20, 40, 450, *REGULAR]) * DT - DT
    trains = spike_trains_from_nested([[np.sort(train)]], n_traces=1)
    data = _voltage(REGULAR)[np.newaxis]
    parts = metric.features_with_spikes(model[np.newaxis, np.newaxis], trains, data, DT)[0, 0]

    assert parts[0] == pytest.approx(3.0)


def test_spikes_that_a_reset_hides_are_heeded_where_they_are_given() -> None:
    data = _voltage(REGULAR)[np.newaxis]
    flat = _voltage([])[np.newaxis, np.newaxis]
    trains = spike_trains_from_nested([[np.array(REGULAR) * DT - DT]], n_traces=1)

    told = _metric().features_with_spikes(flat, trains, data, DT)
    untold = _metric().get_features(flat, data, DT)

    np.testing.assert_array_equal(told[0, 0], np.zeros(4))
    assert untold[0, 0, 1] == 25


def test_what_was_not_measured_is_left_out_on_both_sides() -> None:
    data = _voltage(REGULAR)
    data[200:260] = np.nan
    model = _voltage([k for k in REGULAR if not 200 <= k < 260])

    np.testing.assert_array_equal(_parts(model, data), np.zeros(4))


def test_a_recording_with_a_longer_step_than_the_simulation_shows_all_its_spikes() -> None:
    dt = 1e-4
    data = np.repeat(_voltage(range(112, 400, 20)), 10)
    sparse = np.full_like(data, np.nan)
    sparse[::5] = data[::5]

    features = _metric().get_features(data[np.newaxis, np.newaxis], sparse[np.newaxis], dt)

    assert features[0, 0, 1] == pytest.approx(0, abs=1e-20)
    assert features[0, 0, 2] == pytest.approx(0, abs=1e-20)
    # The line to the first value above the level crosses it up to half a millisecond early.
    assert features[0, 0, 3] < (np.log(12 / 11.5) / 0.12) ** 2


def test_short_intervals_leave_less_to_the_spikes() -> None:
    fast = range(110, 400, 6)  # the 7 ms that belong to a spike are longer than an interval

    parts = _parts(_voltage(fast, trough=-0.064), _voltage(fast))

    assert parts[1] == pytest.approx((4 / 2) ** 2, rel=1e-9)


def test_its_parts_add_up_to_its_error() -> None:
    model = _voltage(range(112, 400, 24))[np.newaxis, np.newaxis]
    metric = _metric(weights=(1, 2, 3, 4), normalization=2.0)
    features = metric.get_features(model, _voltage(REGULAR)[np.newaxis], DT)

    parts = metric.get_part_errors(features)

    assert parts.shape == (1, len(metric.part_names))
    assert parts.sum() == pytest.approx(metric.get_errors(features)[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": 500 * ms}, "before `stop`"),
        ({"windows": (0.5, 0.2)}, "rising fractions"),
        ({"weights": (1, 1)}, "`weights` must be 4 numbers"),
        ({"scale": 0 * mV}, "`scale` must be positive"),
    ],
)
def test_refuses_arguments_that_make_no_sense(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        _metric(**changes)


def test_refuses_a_recording_without_spikes_or_shorter_than_the_step() -> None:
    with pytest.raises(InvalidValueError, match="No recorded voltage crosses"):
        _metric().check_data(_voltage([])[np.newaxis], DT)
    with pytest.raises(InvalidValueError, match="Check `stop`"):
        _metric().check_data(_voltage(REGULAR)[np.newaxis, :300], DT)

"""Spike detection."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA, second

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit.data.preprocessing import detect_spikes


def test_places_a_spike_between_two_values_where_the_line_crosses() -> None:
    trace = np.array([-60.0, -40.0, 0.0, -60.0]) * mV

    times = detect_spikes(trace, 1 * ms, -30 * mV)

    # From -40 mV at 1 ms to 0 mV at 2 ms: -30 mV after a quarter of the way.
    np.testing.assert_allclose(times / ms, [1.25], rtol=1e-12)


def test_finds_one_spike_for_each_upward_crossing() -> None:
    trace = np.array([-60.0, 20.0, -60.0, -60.0, 20.0, 20.0, -60.0]) * mV

    times = detect_spikes(trace, 2 * ms, -20 * mV)

    np.testing.assert_allclose(times / ms, [1.0, 7.0], rtol=1e-12)


def test_a_spike_under_way_at_the_start_is_not_counted() -> None:
    times = detect_spikes(np.array([20.0, 10.0, -60.0]) * mV, 1 * ms, -20 * mV)

    assert len(times) == 0


def test_a_gap_is_no_spike() -> None:
    times = detect_spikes(np.array([-60.0, np.nan, 20.0, -60.0]) * mV, 1 * ms, -20 * mV)

    assert len(times) == 0


def test_a_trace_that_touches_the_threshold_has_no_spike() -> None:
    times = detect_spikes(np.array([-60.0, -20.0, -60.0]) * mV, 1 * ms, -20 * mV)

    assert len(times) == 0


def test_the_times_have_the_unit_second() -> None:
    times = detect_spikes(np.array([-60.0, 20.0]) * mV, 1 * ms, -20 * mV)

    assert (times < 1 * second).all()


def test_refuses_a_threshold_in_another_unit() -> None:
    with pytest.raises(UnitMismatchError, match="threshold"):
        detect_spikes(np.zeros(3) * mV, 1 * ms, 1 * nA)


def test_refuses_several_traces() -> None:
    with pytest.raises(InvalidValueError, match=r"one axis, but has shape \(2, 3\)"):
        detect_spikes(np.zeros((2, 3)) * mV, 1 * ms, -20 * mV)


def test_refuses_a_sampling_step_of_zero() -> None:
    with pytest.raises(InvalidValueError, match="positive and finite"):
        detect_spikes(np.zeros(3) * mV, 0 * ms, -20 * mV)

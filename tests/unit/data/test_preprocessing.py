"""Spike detection."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA, pA, second

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit.data import RecordingSet
from brianfit.data.preprocessing import detect_spikes, until_first_spike


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


def _two_sweeps(spikes: list[list[float]] | None) -> RecordingSet:
    times = None if spikes is None else [np.array(train) * ms for train in spikes]
    return RecordingSet.from_arrays(
        dt=1 * ms,
        inputs={"I": np.ones((2, 10)) * pA},
        traces={"v": np.arange(20.0).reshape(2, 10) * mV},
        spikes=times,
    )


def test_traces_end_a_margin_before_the_first_spike() -> None:
    recordings = _two_sweeps([[6.5, 9], [8]])

    kept = until_first_spike(recordings, margin=2 * ms)

    # 6.5 ms - 2 ms: values at 0 to 4 ms stay; 8 ms - 2 ms: those at 0 to 5 ms.
    measured = [int(np.isfinite(recording.traces["v"]).sum()) for recording in kept]
    assert measured == [5, 6]
    np.testing.assert_array_equal(
        kept.recordings[0].traces["v"][:5], recordings.recordings[0].traces["v"][:5]
    )


def test_inputs_and_spikes_stay_whole_where_traces_end() -> None:
    recordings = _two_sweeps([[6.5, 9], [8]])

    kept = until_first_spike(recordings)

    assert [recording.spike_trains[0].size for recording in kept] == [2, 1]
    assert all(np.isfinite(recording.inputs["I"]).all() for recording in kept)


def test_a_sweep_without_a_spike_stays_whole() -> None:
    kept = until_first_spike(_two_sweeps([[], [8]]))

    assert np.isfinite(kept.recordings[0].traces["v"]).all()


def test_refuses_a_negative_margin() -> None:
    with pytest.raises(InvalidValueError, match="margin"):
        until_first_spike(_two_sweeps([[], [8]]), margin=-1 * ms)


def test_says_what_to_do_where_spike_times_are_not_known() -> None:
    with pytest.raises(InvalidValueError, match="detect_spikes"):
        until_first_spike(_two_sweeps(None))

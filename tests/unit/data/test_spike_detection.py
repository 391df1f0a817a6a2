"""Spikes found by a level, a slope, or both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nA, volt

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit.data import RecordingSet, detect_spikes, with_spikes

# A slow wave that crosses -40 mV at 1.5 ms, and a spike whose upstroke begins at step 5.
TRACE = np.array([-70, -50, -30, -50, -70, -70, 30, -20, -70, -70.0]) * mV
DT = 1 * ms


def _times(**criteria: Any) -> list[float]:
    return [round(float(time / ms), 6) for time in detect_spikes(TRACE, DT, **criteria)]


def test_a_level_alone_finds_every_crossing() -> None:
    assert _times(threshold=-40 * mV) == [1.5, 5.3]


def test_a_level_and_a_slope_leave_slow_crossings_out() -> None:
    assert _times(threshold=-40 * mV, rise=30 * mV / ms) == [5.3]


def test_a_slope_alone_finds_where_it_is_first_reached() -> None:
    assert _times(rise=30 * mV / ms) == [5.0]


def test_what_follows_within_the_refractory_time_is_not_a_spike() -> None:
    assert _times(threshold=-40 * mV, refractory=5 * ms) == [1.5]
    assert _times(threshold=-40 * mV, refractory=3 * ms) == [1.5, 5.3]


def test_a_gap_is_no_spike() -> None:
    trace = TRACE.copy()
    trace[5] = np.nan * volt

    assert len(detect_spikes(trace, DT, rise=30 * mV / ms)) == 0
    assert len(detect_spikes(trace, DT, -40 * mV, rise=1 * mV / ms)) == 1


def test_recordings_are_given_their_spikes_with_the_criteria_noted() -> None:
    recordings = RecordingSet.from_arrays(
        dt=DT, inputs={"I": np.zeros((1, 10)) * nA}, traces={"v": TRACE[np.newaxis]}
    )

    found = with_spikes(recordings, rise=30 * mV / ms)

    np.testing.assert_allclose(found.recordings[0].spike_trains[0], [5e-3])
    assert found.history[-1].startswith("spikes were detected where 'v' rises by")


def test_asks_for_a_criterion() -> None:
    with pytest.raises(InvalidValueError, match="A spike needs a criterion"):
        detect_spikes(TRACE, DT)


def test_refuses_a_slope_that_is_none() -> None:
    with pytest.raises(UnitMismatchError, match="rise"):
        detect_spikes(TRACE, DT, rise=30 * mV)

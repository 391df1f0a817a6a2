"""Recordings are compared by value, chosen by numbers, and masked values are not measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nA

from brianfit import RecordingSet, cut
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import Recording

CURRENT = np.zeros((1, 3))


def made(voltage: Any = None, **more: Any) -> RecordingSet:
    given = np.array([[1.0, np.nan, 3.0]]) if voltage is None else voltage
    options: dict[str, Any] = {"dt": 1 * ms, "inputs": {"I": CURRENT * nA}} | more
    return RecordingSet.from_arrays(traces={"v": given}, **options)


def test_recordings_are_compared_by_value() -> None:
    first, second, other = made(), made(), made(np.ones((1, 3)))

    assert first == second
    assert first.recordings[0] == second.recordings[0]
    assert first != other
    assert first != 1


@pytest.mark.parametrize("chosen", ["a", 0.5, None, [0.5]])
def test_sweeps_are_chosen_by_numbers_only(chosen: Any) -> None:
    recordings = made()

    with pytest.raises(TypeError, match=r"\w"):
        recordings[chosen]


def test_cutting_something_else_is_a_clear_error() -> None:
    not_recordings: Any = "a"

    with pytest.raises(TypeError, match=r"recordings"):
        cut(not_recordings)


@pytest.mark.parametrize("as_list", [False, True])
def test_what_is_masked_in_an_output_was_not_measured(as_list: bool) -> None:
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0])

    recordings = made([masked] if as_list else masked)

    np.testing.assert_array_equal(recordings.recordings[0].traces["v"], [1, np.nan, 3])


def test_what_is_masked_in_an_input_is_refused() -> None:
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0])

    with pytest.raises(InvalidValueError, match="`I` has masked values"):
        made(inputs={"I": masked})


def test_a_recording_takes_masked_traces_and_refuses_masked_inputs() -> None:
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0])

    recording = Recording(dt=1e-3, inputs={}, traces={"v": masked}, duration=3e-3)

    np.testing.assert_array_equal(recording.traces["v"], [1, np.nan, 3])
    with pytest.raises(InvalidValueError, match="`I` has masked values"):
        Recording(dt=1e-3, inputs={"I": masked}, duration=3e-3)


def test_a_voltage_with_unit_keeps_its_values() -> None:
    assert made(np.ones((1, 3)) * mV).recordings[0].traces["v"][0] == pytest.approx(1e-3)

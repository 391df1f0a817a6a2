"""The recording that ships with brianfit."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import amp, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit.data import example_recording


def test_cell_b6_has_five_sweeps_of_three_seconds() -> None:
    recordings = example_recording("B6")

    assert len(recordings) == 5
    np.testing.assert_allclose(recordings.durations, 3.0, rtol=1e-9)


def test_cell_b6_has_its_spike_counts() -> None:
    recordings = example_recording("B6")

    counts = [recording.spike_trains[0].size for recording in recordings]

    # Upward crossings of -10 mV in the original files.
    assert counts == [26, 50, 68, 82, 89]


def test_cell_b6_has_current_steps_in_ampere_on_a_holding_current() -> None:
    recordings = example_recording("B6")

    t = np.arange(12000) * 0.25e-3
    during, before = (t > 0.75) & (t < 2.65), t < 0.65
    steps = [recording.inputs["I"][during].mean() for recording in recordings]
    holding = [recording.inputs["I"][before].mean() for recording in recordings]
    # Known to about a picoampere: the amplitudes differ by the noise of the current.
    np.testing.assert_allclose(steps, [106e-12, 163e-12, 225e-12, 284e-12, 341e-12], atol=1.5e-12)
    np.testing.assert_allclose(holding, -12.5e-12, atol=0.5e-12)


def test_cell_b6_rests_near_minus_seventy_millivolt() -> None:
    recordings = example_recording("B6")

    rest = [recording.traces["v"][:2000].mean() for recording in recordings]

    np.testing.assert_allclose(rest, -0.070, atol=0.002)


def test_cell_b6_carries_units_and_labels() -> None:
    recordings = example_recording("B6")

    assert recordings.dimensions == {"I": amp.dim, "v": volt.dim}
    assert [recording.label for recording in recordings] == [f"sweep {k}" for k in range(181, 186)]


def test_an_unknown_recording_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="'B6'"):
        example_recording("B7")

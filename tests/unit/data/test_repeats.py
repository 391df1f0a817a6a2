"""Sweeps that repeat one stimulus."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, nA, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit.data import RecordingSet, equal_stimuli, merge_repeats

CURRENT = np.array([[1.0] * 10, [2.0] * 10, [1.0] * 10]) * nA


def test_sweeps_with_equal_inputs_belong_together() -> None:
    recordings = RecordingSet.from_arrays(dt=1 * ms, inputs={"I": CURRENT}, spikes=[[1e-3]] * 3)

    assert equal_stimuli(recordings) == [[0, 2], [1]]


def test_sweeps_without_input_stand_alone() -> None:
    recordings = RecordingSet.from_arrays(dt=1 * ms, inputs={}, traces={"v": np.zeros((2, 5))})

    assert equal_stimuli(recordings) == [[0], [1]]


def test_merged_sweeps_hold_all_trains_of_a_stimulus() -> None:
    recordings = RecordingSet.from_arrays(
        dt=1 * ms,
        inputs={"I": CURRENT},
        traces={"v": np.zeros((3, 10)) * volt},
        spikes=[[1e-3], [2e-3], [[3e-3], [4e-3]]],
    )

    merged = merge_repeats(recordings)

    times = [[train.tolist() for train in sweep.spike_trains] for sweep in merged]
    assert times == [[[1e-3], [3e-3], [4e-3]], [[2e-3]]]
    assert merged.trace_names == ()
    assert merged.input_names == ("I",)


def test_only_spikes_can_be_merged() -> None:
    recordings = RecordingSet.from_arrays(dt=1 * ms, inputs={"I": CURRENT})

    with pytest.raises(InvalidValueError, match="no trains to merge"):
        merge_repeats(recordings)

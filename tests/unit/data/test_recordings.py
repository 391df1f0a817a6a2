"""Recordings are read with their units, checked, and chosen from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import amp, ms, mV, nA, second, volt
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import BrianfitError, InvalidValueError, UnitMismatchError
from brianfit.data import Recording, RecordingSet

CURRENT = np.arange(6.0).reshape(2, 3) * nA
VOLTAGE = -np.arange(6.0).reshape(2, 3) * mV


def two_sweeps(**changes: Any) -> RecordingSet:
    fields: dict[str, Any] = {"dt": 0.1 * ms, "inputs": {"I": CURRENT}, "traces": {"v": VOLTAGE}}
    return RecordingSet.from_arrays(**{**fields, **changes})


class TestReading:
    def test_arrays_become_si_numbers_sweep_by_sweep(self) -> None:
        found = two_sweeps()

        assert len(found) == 2
        np.testing.assert_allclose(found.recordings[1].inputs["I"], [3e-9, 4e-9, 5e-9])
        np.testing.assert_allclose(found.recordings[1].traces["v"], [-3e-3, -4e-3, -5e-3])
        assert found.dimensions == {"I": amp.dim, "v": volt.dim}
        assert found.input_names == ("I",)
        assert found.trace_names == ("v",)
        assert not found.has_spikes

    def test_the_arrays_are_copied(self) -> None:
        current = np.zeros((2, 3))
        found = two_sweeps(inputs={"I": current})

        current[:] = 7.0

        np.testing.assert_array_equal(found.recordings[0].inputs["I"], 0.0)

    def test_a_single_sweep_may_have_one_axis(self) -> None:
        found = two_sweeps(inputs={"I": CURRENT[0]}, traces={"v": VOLTAGE[0]})

        assert len(found) == 1

    def test_sweeps_may_differ_in_length_and_sampling_step(self) -> None:
        found = two_sweeps(
            dt=[0.1, 0.2] * ms,
            inputs={"I": [[1, 2, 3] * nA, [4, 5] * nA]},
            traces={"v": [[1, 2] * mV, [3, 4] * mV]},
        )

        np.testing.assert_allclose(found.durations, [0.3e-3, 0.4e-3])
        assert found.recordings[1].inputs["I"].size == 2

    def test_lists_of_quantities_are_read_as_well(self) -> None:
        found = two_sweeps(inputs={"I": [[1 * nA, 2 * nA], [3 * nA, 4 * nA]]}, traces={})

        np.testing.assert_allclose(found.recordings[1].inputs["I"], [3e-9, 4e-9])
        assert found.dimensions["I"] is amp.dim

    def test_spikes_are_sorted_times_with_one_train_for_every_repeat(self) -> None:
        found = two_sweeps(spikes=[[3, 1] * ms, [np.array([1.0, 2.0]), np.array([])]])

        assert found.has_spikes
        np.testing.assert_allclose(found.recordings[0].spike_trains[0], [1e-3, 3e-3])
        assert [train.size for train in found.recordings[1].spike_trains] == [2, 0]

    def test_a_sweep_without_spikes_is_an_empty_train(self) -> None:
        found = two_sweeps(spikes=[[], [0.1] * ms])

        assert found.has_spikes
        assert found.recordings[0].spike_trains[0].size == 0

    def test_gaps_in_a_trace_are_kept(self) -> None:
        found = two_sweeps(traces={"v": [[np.nan, 1, 2], [3, 4, np.nan]] * mV})

        assert np.isnan(found.recordings[0].traces["v"][0])

    def test_sweeps_have_names(self) -> None:
        found = [recording.label for recording in two_sweeps()]
        given_names = [recording.label for recording in two_sweeps(labels=["low", "high"])]

        assert len(set(found)) == 2
        assert given_names == ["low", "high"]

    @given(st.lists(st.lists(st.floats(-1, 1), min_size=1, max_size=5), min_size=1, max_size=4))
    def test_every_list_of_sweeps_comes_back(self, sweeps: list[list[float]]) -> None:
        found = RecordingSet.from_arrays(
            dt=1 * ms, inputs={"I": [np.array(sweep) * amp for sweep in sweeps]}
        )

        assert [list(r.inputs["I"]) for r in found.recordings] == sweeps
        np.testing.assert_allclose(found.durations, [1e-3 * len(sweep) for sweep in sweeps])


class TestChoosing:
    @pytest.mark.parametrize(
        ("chosen", "labels"),
        [
            (1, ["b"]),
            (-1, ["c"]),
            (slice(0, 2), ["a", "b"]),
            ([2, 0], ["c", "a"]),
            ([True, False, True], ["a", "c"]),
        ],
    )
    def test_sweeps_are_chosen_by_number(self, chosen: Any, labels: list[str]) -> None:
        three = RecordingSet.from_arrays(
            dt=1 * ms, inputs={"I": np.zeros((3, 2)) * nA}, labels=["a", "b", "c"]
        )

        found = three[chosen]

        assert [recording.label for recording in found.recordings] == labels
        assert found.dimensions == three.dimensions

    def test_choosing_none_is_refused(self) -> None:
        with pytest.raises(InvalidValueError, match="at least one recording"):
            two_sweeps()[2:]


class TestRefusing:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"inputs": {"I": CURRENT[:1]}}, "same number of traces.*`I` 1, `v` 2"),
            ({"spikes": [[1] * ms]}, "`spikes` 1"),
            ({"inputs": {"I": np.zeros((2, 3, 1)) * nA}}, r"shape \(2, 3, 1\)"),
            ({"inputs": {"I": [[] * nA, [1] * nA]}}, "at least one value per sweep"),
            ({"inputs": {"I": []}}, "at least one value per sweep"),
            ({"inputs": {"I": [[np.nan, 0, 0]] * 2 * nA}}, "input `I` has values that are not fin"),
            ({"traces": {"v": [[np.inf, 0, 0]] * 2 * mV}}, "Mark what was not measured as nan"),
            ({"spikes": [[np.nan] * ms, [1] * ms]}, "not finite numbers"),
            ({"dt": [0.1, 0.1, 0.1] * ms}, "one for each of the 2 sweeps"),
            ({"dt": 0 * ms}, "sampling step must be positive"),
            ({"dt": -1 * ms}, "sampling step must be positive"),
            ({"labels": ["only one"]}, "`labels` must name each of the 2 sweeps, but holds 1"),
            ({"labels": ["a", "b", "c"]}, "`labels` must name each of the 2 sweeps, but holds 3"),
            ({"traces": {"I": CURRENT}}, "'I' is both an input and a trace"),
            ({"inputs": {}, "traces": {}}, "at least one input or trace"),
            ({"inputs": {}, "traces": {}, "spikes": [[1] * ms]}, "at least one input or trace"),
        ],
    )
    def test_what_does_not_belong_together(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError, match=message):
            two_sweeps(**changes)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"dt": 0.1}, "`dt` must have the unit s"),
            ({"dt": 1 * mV}, "`dt` must have the unit s"),
            ({"inputs": {"I": [[1, 2] * nA, [1, 2] * mV]}, "traces": {}}, r"`I\[1\]`.*unit A"),
            ({"spikes": [[1] * mV, [1] * ms]}, r"`spikes\[0\]`.*unit s"),
        ],
    )
    def test_wrong_units(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(UnitMismatchError, match=message):
            two_sweeps(**changes)

    def test_all_problems_are_listed(self) -> None:
        with pytest.raises(
            BrianfitError, match="(?s)2 problems were found.*Recording 0.*Recording 1"
        ):
            two_sweeps(inputs={"I": [[np.nan, 0, 0]] * 2 * nA}, dt=[1, 1] * ms)

    def test_sweeps_of_different_variables(self) -> None:
        first = Recording(dt=1e-3, inputs={"I": np.zeros(2)}, duration=2e-3)
        second_ = Recording(dt=1e-3, inputs={"J": np.zeros(2)}, duration=2e-3)

        with pytest.raises(InvalidValueError, match=r"Recording 1 has the inputs \['J'\]"):
            RecordingSet(recordings=(first, second_), dimensions={"I": amp.dim})

    def test_spikes_for_some_sweeps_only(self) -> None:
        first = Recording(
            dt=1e-3, inputs={"I": np.zeros(2)}, duration=2e-3, spike_trains=(np.array([1e-3]),)
        )
        second_ = Recording(dt=1e-3, inputs={"I": np.zeros(2)}, duration=2e-3)

        with pytest.raises(InvalidValueError, match="for all recordings or for none"):
            RecordingSet(recordings=(first, second_), dimensions={"I": amp.dim})


def test_a_set_describes_itself() -> None:
    found = str(two_sweeps(spikes=[[0.1] * ms, []], labels=["low", "high"], dt=0.5 * ms))

    lines = [" ".join(line.split()) for line in found.splitlines()]
    assert lines[0] == "2 sweeps of I [A], v [V]"
    assert lines[1] == "sweep duration step I v spikes"
    assert lines[2].startswith("low 1.5 ms 0.5 ms ")
    assert lines[2].endswith(" 1")
    assert lines[3].endswith(" 0")


def test_plain_numbers_are_si_numbers() -> None:
    found = two_sweeps(inputs={"I": np.ones((2, 3))}, dt=1 * second)

    np.testing.assert_array_equal(found.recordings[0].inputs["I"], 1.0)

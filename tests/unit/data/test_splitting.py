"""Recordings split into what is fitted and what is held out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, nA, second, volt

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.data import RecordingSet, folds, split, with_spike_rate


def _recordings(n: int = 3, **more: Any) -> RecordingSet:
    inputs = {"I": np.arange(n * 100.0).reshape(n, 100) * nA}
    spikes = [[np.array([0.02, 0.07]), np.array([0.03]), np.array([])] for _ in range(n)]
    return RecordingSet.from_arrays(dt=1 * ms, inputs=inputs, **{"spikes": spikes, **more})


def test_by_time_the_later_part_is_the_test() -> None:
    train, test = split(_recordings(), by="time", test=60 * ms)

    assert train.durations == pytest.approx([0.06] * 3)
    assert test.durations == pytest.approx([0.04] * 3)
    np.testing.assert_allclose(train.recordings[0].spike_trains[0], [0.02])
    np.testing.assert_allclose(test.recordings[0].spike_trains[0], [0.01])
    np.testing.assert_allclose(test.recordings[0].inputs["I"][0], 60e-9)


def test_by_sweep_the_named_ones_are_the_test() -> None:
    train, test = split(_recordings(), by="sweep", test=[0])

    assert [sweep.label for sweep in train] == ["sweep 1", "sweep 2"]
    assert [sweep.label for sweep in test] == ["sweep 0"]


def test_by_repeat_every_sweep_keeps_some_trains() -> None:
    train, test = split(_recordings(), by="repeat", test=[1])

    assert [len(sweep.spike_trains) for sweep in train] == [2, 2, 2]
    np.testing.assert_allclose(test.recordings[2].spike_trains[0], [0.03])


@pytest.mark.parametrize("by", ["sweep", "repeat"])
def test_every_second_one_is_the_test_unless_told(by: str) -> None:
    train, test = split(_recordings(), by=by)

    sizes = [len(part) if by == "sweep" else len(next(iter(part)).spike_trains)
             for part in (train, test)]  # fmt: skip
    assert sizes == [2, 1]


@pytest.mark.parametrize(("by", "n_folds"), [("sweep", 3), ("repeat", 2), ("time", 4)])
def test_folds_hold_everything_out_once(by: str, n_folds: int) -> None:
    recordings = _recordings()

    parts = folds(recordings, by=by, n_folds=n_folds)

    held_out = [sum(train.size for sweep in test for train in sweep.spike_trains)
                for _, test in parts]  # fmt: skip
    assert len(parts) == n_folds
    assert sum(held_out) == 9


def test_a_stretch_of_time_leaves_two_sweeps_to_fit() -> None:
    train, test = folds(_recordings(1), by="time", n_folds=5)[2]

    assert train.durations == pytest.approx([0.04, 0.04])
    assert test.durations == pytest.approx([0.02])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "sweep", "test": [3]}, r"names the sweeps \[3\], but there are 3"),
        ({"by": "sweep", "test": [0, 1, 2]}, "Both parts need at least one sweep"),
        ({"by": "sweep", "test": []}, "Both parts need at least one sweep"),
        ({"by": "time", "test": 1 * second}, "`start` must not be below 0"),
        ({"by": "day"}, "`by` must be one of 'time', 'sweep', 'repeat'"),
    ],
)
def test_refuses_parts_that_do_not_exist(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        split(_recordings(), **arguments)


def test_refuses_numbers_that_are_no_list() -> None:
    with pytest.raises(InvalidTypeError, match="`test` must be a list of numbers"):
        split(_recordings(), by="sweep", test=1)


def test_refuses_to_split_traces_by_repeat() -> None:
    recordings = _recordings(traces={"v": np.zeros((3, 100)) * volt})

    with pytest.raises(InvalidValueError, match="Only spike trains can be split by repeat"):
        split(recordings, by="repeat")


@pytest.mark.parametrize("n_folds", [1, 4])
def test_refuses_numbers_of_folds_that_cannot_be(n_folds: int) -> None:
    with pytest.raises(InvalidValueError, match="`n_folds` must be"):
        folds(_recordings(), by="sweep", n_folds=n_folds)


def test_rates_remember_what_was_done_to_the_recordings_before() -> None:
    recordings = _recordings(1)
    before = recordings.changed(recordings.recordings, "spikes detected")

    rates = with_spike_rate(before, 0.5 * ms)

    assert rates.history == (
        *recordings.history,
        "spikes detected",
        "spikes became rates 'hazard' in steps of 0.5 ms",
    )


def test_spikes_become_a_rate_in_every_step_of_one_sweep_per_train() -> None:
    rates = with_spike_rate(_recordings(1), 0.5 * ms)

    assert len(rates) == 3
    rate = rates.recordings[0].traces["hazard"]
    np.testing.assert_array_equal(np.flatnonzero(rate), [40, 140])
    np.testing.assert_allclose(rate[[40, 140]] * 0.5e-3, 1)
    np.testing.assert_allclose(rates.recordings[0].inputs["I"][:4], [0, 0, 1e-9, 1e-9])
    assert rates.trace_names == ("hazard",)

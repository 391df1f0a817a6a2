"""Split recordings into a part that is fitted and a part that is predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from brianfit._foundation.arguments import check_choice, check_positive_integer, checked
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.data.preprocessing import cut
from brianfit.data.recordings import Recording, RecordingSet

WAYS = ("time", "sweep", "repeat")


@checked
def split(
    recordings: RecordingSet, *, by: str, test: TimeLike | Sequence[int] | None = None
) -> tuple[RecordingSet, RecordingSet]:
    """Return the recordings to be fitted, and those to be predicted.

    Parameters
    ----------
    by
        'time': every sweep is cut in two; the later part is the test. Its time counts from the
        cut, where the model starts anew from its initial state: let the metric begin somewhat
        later (`t_start`). 'sweep': some sweeps are the test. 'repeat': of every sweep, some of the
        repeated spike trains are the test; the stimulus is the same, so this measures how much was
        fitted to the noise of the recording, not whether the model generalises.
    test
        By time, when the test begins [s]; half of the shortest sweep unless told. By sweep or
        repeat, the numbers of those that are the test; every second one, from 1 on, unless told.

    Returns
    -------
    train, test : RecordingSet

    Raises
    ------
    InvalidValueError
        If one of the two parts would be empty, or a number does not exist.
    """
    check_choice("by", by, WAYS)
    if by == "time":
        shortest = float(recordings.durations.min())
        border = shortest / 2 if test is None else scalar_si("test", test, SECOND)
        return cut(recordings, stop=border), cut(recordings, start=border)
    count = _count(recordings, by)
    chosen = list(range(1, count, 2)) if test is None else _numbers(test, count, by)
    rest = [number for number in range(count) if number not in chosen]
    if not chosen or not rest:
        raise InvalidValueError(
            f"Both parts need at least one {by}, but of {count} the test would have {len(chosen)}."
        )
    return _part(recordings, by, rest), _part(recordings, by, chosen)


@checked
def folds(
    recordings: RecordingSet, *, by: str, n_folds: int | None = None
) -> list[tuple[RecordingSet, RecordingSet]]:
    """Return (train, test) several times, so that everything is the test once.

    Parameters
    ----------
    by
        As in `split`. By time, each fold is one stretch of every sweep; what lies before and after
        it is fitted as sweeps of their own.
    n_folds
        How many; by sweep or repeat as many as there are unless told, by time 5.

    Raises
    ------
    InvalidValueError
        If there are fewer than two folds, or more than sweeps or repeats.
    """
    check_choice("by", by, WAYS)
    if by == "time":
        wanted = 5 if n_folds is None else check_positive_integer("n_folds", n_folds, minimum=2)
        return [_stretch(recordings, number, wanted) for number in range(wanted)]
    count = _count(recordings, by)
    wanted = count if n_folds is None else check_positive_integer("n_folds", n_folds, minimum=2)
    if not 2 <= wanted <= count:
        raise InvalidValueError(
            f"`n_folds` must be from 2 to the number of {by}s, which is {count}, but is {wanted}."
        )
    return [
        split(recordings, by=by, test=list(range(first, count, wanted))) for first in range(wanted)
    ]


def _count(recordings: RecordingSet, by: str) -> int:
    if by == "sweep":
        return len(recordings)
    if not recordings.has_spikes or recordings.trace_names:
        raise InvalidValueError(
            "Only spike trains can be split by repeat; a trace belongs to a sweep. Leave the "
            "traces out, or split by sweep."
        )
    return min(len(recording.spike_trains) for recording in recordings)


def _numbers(test: Any, count: int, by: str) -> list[int]:
    if isinstance(test, str) or not isinstance(test, Sequence | np.ndarray):
        raise InvalidTypeError(f"`test` must be a list of numbers of {by}s, but is {test!r}.")
    numbers = [check_positive_integer("test", number, minimum=0) for number in test]
    missing = [number for number in numbers if number >= count]
    if missing:
        raise InvalidValueError(
            f"`test` names the {by}s {missing}, but there are {count}, counted from 0."
        )
    return sorted(set(numbers))


def _part(recordings: RecordingSet, by: str, numbers: Sequence[int]) -> RecordingSet:
    if by == "sweep":
        return recordings[list(numbers)]
    kept = [_with_repeats(recording, numbers) for recording in recordings]
    return recordings.changed(kept, f"only the repeats {list(numbers)} were kept")


def _with_repeats(recording: Recording, numbers: Sequence[int]) -> Recording:
    trains = tuple(recording.spike_trains[number] for number in numbers)
    return replace(recording, spike_trains=trains)


def _stretch(
    recordings: RecordingSet, number: int, n_folds: int
) -> tuple[RecordingSet, RecordingSet]:
    border = np.linspace(0.0, float(recordings.durations.min()), n_folds + 1)
    start, stop = float(border[number]), float(border[number + 1])
    is_first, is_last = number == 0, number == n_folds - 1
    before = [] if is_first else list(cut(recordings, stop=start))
    after = [] if is_last else list(cut(recordings, start=stop))
    test = cut(recordings, start=start, stop=None if is_last else stop)
    step = f"the stretch from {start:g} s to {stop:g} s was left out"
    return recordings.changed([*before, *after], step), test

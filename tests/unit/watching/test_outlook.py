"""What rounds tell of those to come."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brianfit._foundation.store_file.notes import ADDED, CALL
from brianfit.watching import outlook
from brianfit.watching.rounds import Rounds
from brianfit.watching.store_view import Look, State


def rounds_of(best: list[float], *, seconds: float = 0.5, size: int = 10) -> Rounds:
    """Return rounds with these lowest errors."""
    n_rounds = len(best)
    counts = np.zeros(n_rounds, dtype=np.int64)
    return Rounds(
        sizes=np.full(n_rounds, size),
        lowest=np.array(best, dtype=np.float64),
        seconds=np.full(n_rounds, seconds),
        is_search=np.ones(n_rounds, dtype=bool),
        failed=counts,
        bound=counts,
        repeated=counts,
        failed_by_output=np.zeros((n_rounds, 1), dtype=np.int64),
    )


def look_of(rounds: Rounds, call: dict, added: dict[int, dict] | None = None) -> Look:
    """Return a look at a fit whose call may go so far."""
    notes = {CALL: {0: {"at": 1.0, "since": 0, **call}}, ADDED: added or {}}
    return Look(path=Path("x.fit"), time=0.0, state=State.RUNNING, rounds=rounds, notes=notes)


def test_the_pace_is_that_of_the_last_rounds() -> None:
    assert outlook.pace(look_of(rounds_of([1.0] * 30), {})) == pytest.approx(20.0)
    assert outlook.pace(look_of(rounds_of([]), {})) is None


def test_time_between_rounds_counts() -> None:
    # 10 rounds of 0.5 s that took 20 s since the call began at 1 s.
    look = replace(look_of(rounds_of([1.0] * 10), {"rounds": 15, "seconds": 7.0}), written=21.0)

    assert outlook.pace(look) == pytest.approx(5.0)
    assert outlook.seconds_left(look) == pytest.approx(2.0 * 4)


@pytest.mark.parametrize(
    ("call", "left"),
    [
        ({"rounds": 30}, 20 * 0.5),
        ({"seconds": 8.0}, 3.0),
        ({"evaluations": 140}, 4 * 0.5),
        ({"rounds": 30, "seconds": 8.0}, 3.0),
        ({}, None),
        ({"rounds": 5}, 0.0),
    ],
)
def test_the_time_left_is_that_of_the_nearest_limit(call: dict, left: float | None) -> None:
    found = outlook.seconds_left(look_of(rounds_of([1.0] * 10), call))

    assert found == (None if left is None else pytest.approx(left))


def test_what_was_added_counts_unless_an_earlier_call_had_it() -> None:
    added = {2: {"rounds": 5}, 8: {"rounds": 7, "seconds": 3.0}}
    call = {"rounds": 30, "seconds": 9.0, "since": 4}

    found = outlook.budget(look_of(rounds_of([1.0] * 10), call, added))

    assert found == {"rounds": 37.0, "seconds": 12.0}


def test_a_fit_without_improvement_for_long_may_be_stuck() -> None:
    falling = [1.0 / (1 + k) for k in range(30)]

    assert not outlook.is_stuck(rounds_of(falling))
    assert outlook.is_stuck(rounds_of(falling + [1.0] * 20))
    assert "may be stuck" in outlook.sentence(rounds_of(falling + [1.0] * 20))
    assert outlook.rounds_since_improvement(np.array([3.0, 1.0, 1.0, 0.9995])) == 2


def test_every_course_has_a_sentence() -> None:
    courses = {
        "No round is done": [],
        "has only begun": [1.0] * 3,
        "No sample could be scored": [np.inf] * 3,
        "first samples were scored": [np.inf] * 12 + [1.0],
        "fell by 50 %": [2.0] * 4 + [1.0] * 8,
        "hardly improves": [1.0] * 15,
    }

    for words, course in courses.items():
        assert words in outlook.sentence(rounds_of(course))


def test_the_trend_ends_where_a_geometric_fall_has_become_flat() -> None:
    # ln(error) falls by 0.8, then 0.4 a window of 10 rounds: by 0.01 after ln(40)/ln(2) windows.
    logs = np.concatenate([np.linspace(0, -0.8, 11), np.linspace(-0.8, -1.2, 11)[1:]])

    found = outlook.seconds_until_flat(rounds_of([9.0] * 20 + np.exp(logs).tolist(), seconds=2.0))

    assert found == pytest.approx(np.log(40) / np.log(2) * 20.0)


def test_without_a_trend_there_is_no_end_of_it() -> None:
    assert outlook.seconds_until_flat(rounds_of([1.0] * 5)) is None
    assert outlook.seconds_until_flat(rounds_of([1.0] * 50)) == 0.0
    faster = np.exp(-0.001 * np.arange(50) ** 2).tolist()
    assert outlook.seconds_until_flat(rounds_of(faster)) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "0.25 s"),
        (42.4, "42 s"),
        (200.0, "3 min 20 s"),
        (18600.0, "5 h 10 min"),
        (9e4, "1 d 1 h"),
    ],
)
def test_a_time_is_said_as_a_person_would(seconds: float, text: str) -> None:
    assert outlook.duration(seconds) == text

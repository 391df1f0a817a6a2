"""One line for every fit of a study."""

from __future__ import annotations

import pytest

from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.studies.side_by_side import side_by_side


def halved(number: int) -> float:
    """Return half of a number, or refuse it."""
    if number < 0:
        raise InvalidValueError("It is negative.")
    return number / 2


def words(number: int, outcome: float | str) -> str:
    """Return what came of a number."""
    return f"{number} is {outcome}"


def test_every_piece_is_told_once_with_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    found = side_by_side(halved, [4, -1, 6], None, words=words)

    lines = capsys.readouterr().err.splitlines()
    assert found == [2.0, "InvalidValueError: It is negative.", 3.0]
    assert [line.partition(", ")[0] for line in lines] == [
        "1 of 3: 4 is 2.0",
        "2 of 3: -1 is InvalidValueError: It is negative.",
        "3 of 3: 6 is 3.0",
    ]
    assert [" left" in line for line in lines] == [True, True, False]


def test_nothing_is_told_unless_it_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    side_by_side(halved, [4], None)

    assert capsys.readouterr().err == ""

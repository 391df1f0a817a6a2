"""Screens fit their terminals, and what is written in a store steers nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brianfit.watching import Frame, State, Watched
from brianfit.watching.screen import Look, screen
from tests.unit.watching.written import round_of, write_store


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    store = tmp_path_factory.mktemp("watched") / "cell.fit"
    errors = [[1.0 / (1 + k), 2.0, 3.0, np.inf] for k in range(30)]
    write_store(
        store,
        [round_of(one, k) for k, one in enumerate(errors)],
        at_bound={"C": "upper"},
    )
    return Watched([store]).frames()[0]


def text_of(frames: list[Frame], **look: object) -> list[str]:
    """Return the lines of a screen."""
    chosen = {"width": 80, "height": 24, "footer": "q quit", **look}
    return [line.plain for line in screen(frames, Look(**chosen))]


@pytest.mark.parametrize(
    ("width", "height", "n_fits", "is_plain"),
    [
        (80, 24, 0, False),
        (80, 24, 1, True),
        (80, 24, 40, False),
        (200, 50, 3, False),
        (20, 5, 1, False),
        (20, 5, 3, True),
    ],
)
def test_a_screen_is_as_large_as_its_terminal(
    frame: Frame, width: int, height: int, n_fits: int, is_plain: bool
) -> None:
    look = {"width": width, "height": height, "is_plain": is_plain, "selected": n_fits - 1}

    lines = text_of([frame] * n_fits, **look)

    assert len(lines) == height
    assert max(len(line) for line in lines) <= width
    assert lines[-1] == "q quit"
    assert not is_plain or "".join(lines).isascii()


def test_80_by_24_has_room_for_all_that_is_asked(frame: Frame) -> None:
    shown = "\n".join(text_of([frame]))

    for words in (
        "ended", "error 0.0333", "120 evaluations", "evaluations/s", "g_L", "10 nS",
        "AT ITS UPPER BOUND", "fixed or tied: E_L -70 mV", "At the end: it improves", "because",
    ):  # fmt: skip
        assert words in shown


def test_failed_samples_are_told_by_output(frame: Frame) -> None:
    assert frame.failed == (
        ("v could not be scored (diverged)", 30),
        ("spikes could not be scored (diverged)", 30),
    )


def test_several_fits_have_a_line_each_and_one_time_for_all(frame: Frame) -> None:
    running = replace(frame, state=State.RUNNING, seconds_left=90.0)

    shown = text_of([frame, running, replace(running, seconds_left=30.0)], width=200, height=50)

    assert "3 fits, 2 running, all done in about 1 min 30 s" in shown
    assert sum("cell.fit" in line for line in shown[:3]) == 3


def test_texts_of_a_store_do_not_steer_the_terminal(frame: Frame) -> None:
    odd = replace(frame, path=Path("a\x1b[2J.fit"), cell="c\x07", why="\x1b]0;x\x07", words="w\x9b")

    shown = "".join(text_of([odd, odd], width=200, height=50))

    assert not any(sign in shown for sign in "\x1b\x07\x9b")


def test_a_frame_for_machines_has_no_infinities(tmp_path: Path) -> None:
    write_store(tmp_path / "cell.fit", [round_of([np.inf] * 4)], best_values={}, is_over=False)

    plain = Watched([tmp_path]).frames()[0].as_plain()

    assert plain["error"] is None
    assert plain["state"] == "killed"
    assert plain["course"]["errors"] == [None]
    assert plain["n_evaluations"] == 4

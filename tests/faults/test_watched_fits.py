"""A fit that is killed and goes on while it is watched ends with the undisturbed numbers."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from brianfit.results import load
from brianfit.watching import State, Watched
from brianfit.watching.screen import Look, screen
from tests.faults.cell import assert_same_numbers, fit

N_ROUNDS = 40


def slow_fit(store: Path) -> None:
    """Fit with a pause after every round, so that it can be killed on the way."""
    fit(store, n_rounds=N_ROUNDS, callback=lambda *_: time.sleep(0.02))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="fits are killed in forked processes")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_fit_that_is_killed_while_it_is_watched_goes_on_exactly(tmp_path: Path) -> None:
    store, generator = tmp_path / "cell.fit", np.random.default_rng(1)
    expected = fit(n_rounds=N_ROUNDS)
    seen: list[State] = []
    is_over = threading.Event()
    watching = threading.Thread(target=_watch, args=(tmp_path, seen, is_over))
    watching.start()

    for _ in range(3):
        process = multiprocessing.get_context("fork").Process(target=partial(slow_fit, store))
        process.start()
        time.sleep(generator.uniform(0.2, 0.6))
        process.kill()
        process.join()
    found = fit(store, n_rounds=N_ROUNDS)
    is_over.set()
    watching.join()

    assert_same_numbers(found, expected)
    assert_same_numbers(load(store).result, expected)
    assert Watched([store]).frames()[0].state is State.ENDED
    assert State.UNREADABLE not in seen
    assert seen
    assert [path.name for path in tmp_path.iterdir()] == ["cell.fit"]


def _watch(folder: Path, seen: list[State], is_over: threading.Event) -> None:
    watched = Watched([folder])
    while not is_over.wait(0.01):
        frames = watched.frames()
        screen(frames, Look(width=80, height=24))
        seen.extend(frame.state for frame in frames)

"""Looks into stores: they show what `load` reads, whatever state the store is in."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from brianfit.results import load, open_store
from brianfit.results.store.database import connect_to_write
from brianfit.watching import State
from brianfit.watching.frame import frame_of
from brianfit.watching.store_view import StoreView
from tests.unit.watching.written import round_of, write_store

OLD = Path(__file__).parents[2] / "faults" / "version_1.fit"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "cell.fit"


def test_a_look_shows_what_the_store_holds(store: Path) -> None:
    write_store(store)
    history = load(store).result.history

    look = StoreView(store).look()

    assert look.state is State.ENDED
    assert look.words == ""
    np.testing.assert_array_equal(look.rounds.best, history.best_per_round)
    assert look.rounds.sizes.tolist() == [4, 4]
    assert look.rounds.failed.tolist() == [0, 1]
    assert look.rounds.seconds.sum() == history.seconds
    assert look.best is not None
    assert look.best.values == load(store).result.best_values


def test_a_store_of_the_first_version_is_shown(tmp_path: Path) -> None:
    path = shutil.copy(OLD, tmp_path / "old.fit")
    history = load(path).result.history

    look = StoreView(path).look()

    assert look.state is State.ENDED
    np.testing.assert_array_equal(look.rounds.best, history.best_per_round)
    assert int(look.rounds.sizes.sum()) == history.n_evaluations


def test_what_was_read_is_not_read_again(store: Path) -> None:
    write_store(store)
    view = StoreView(store)
    before = view.look()
    with closing(connect_to_write(store)) as database:
        database.connection.execute("UPDATE rounds SET samples = x'00' WHERE number = 0")
    with open_store(store) as writer:
        writer.add(0, 2, [round_of([0.5, 2.0, 3.0, 4.0], 2)])

    after = view.look()

    assert before.rounds.n_rounds == 2
    assert after.rounds.lowest.tolist() == [1.0, 1.02, 0.5]


@pytest.mark.parametrize("content", [b"", b"no store at all, but a text of some length"])
def test_what_is_no_store_yet_or_at_all_is_said(store: Path, content: bytes) -> None:
    store.write_bytes(content)

    look = StoreView(store).look()

    assert look.state in {State.WAITING, State.UNREADABLE}
    assert look.words


def test_a_store_that_is_not_there_is_waited_for_and_one_that_was_is_missed(store: Path) -> None:
    view = StoreView(store)

    before = view.look().state
    write_store(store)
    then = view.look().state
    store.unlink()
    after = [view.look().state, view.look().state]

    assert (before, then, after) == (State.WAITING, State.ENDED, [State.REMOVED, State.REMOVED])


def test_a_fit_runs_while_somebody_writes_and_was_killed_if_nobody_does(store: Path) -> None:
    write_store(store, is_over=False)
    view = StoreView(store)

    killed = view.look().state
    with open_store(store):
        running = view.look().state

    assert (killed, running) == (State.KILLED, State.RUNNING)


def test_a_fit_that_is_begun_anew_in_the_same_file_is_shown_alone(store: Path) -> None:
    write_store(store)
    view = StoreView(store)
    view.look()
    write_store(store, [round_of([7.0, 8.0, 9.0, 9.5])])

    look = view.look()

    assert look.fit == 1
    assert look.rounds.best.tolist() == [7.0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE rounds SET samples = zeroblob(200) WHERE number = 1", "round 1 .*damaged"),
        ("DELETE FROM rounds WHERE number = 0", "round 0 .*missing"),
        ("DELETE FROM rounds WHERE number = 1", "last rounds are missing"),
        ("UPDATE fits SET problem = '{}'", "problem of fit 0 is damaged"),
        ("UPDATE fits SET summary = 'x'", "summary of fit 0 is damaged"),
        ("DELETE FROM heads", "count of its rounds is missing"),
        ("CREATE VIEW odd AS SELECT 1", "is none of a store"),
    ],
)
def test_damage_is_said_and_ends_nothing(store: Path, statement: str, words: str) -> None:
    write_store(store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(statement)
        connection.commit()

    frame = frame_of(StoreView(store).look())

    assert frame.state is State.UNREADABLE
    assert re.search(words, frame.words)
    assert "brianfit check" in frame.words


def test_the_round_of_the_best_sample_is_checked(store: Path) -> None:
    write_store(store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE rounds SET iteration = 9 WHERE number = 0")
        connection.commit()

    look = StoreView(store).look()

    assert "Round 0, that of the best sample, is damaged" in look.words


def test_looking_leaves_no_files_behind(store: Path) -> None:
    write_store(store)
    before = sorted(path.name for path in store.parent.iterdir())

    StoreView(store).look()

    assert sorted(path.name for path in store.parent.iterdir()) == before == ["cell.fit"]

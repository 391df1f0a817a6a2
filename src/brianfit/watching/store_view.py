"""Look into a store again and again; what was read is remembered."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.store_file.digests import digest_of
from brianfit._foundation.store_file.holding import is_held
from brianfit._foundation.store_file.notes import ADDED, CALL, END, RESTART, notes_of
from brianfit.watching.described import Best, Problem, best_of, problem_of, text_of
from brianfit.watching.opening import CannotLook, opened
from brianfit.watching.rounds import Rounds, read_rounds

_CONTENT = "number, kind, iteration, seconds, samples, trace_errors, part_errors, answers"


class State(Enum):
    """What a fit does at a moment."""

    WAITING = "not begun"
    RUNNING = "running"
    ENDED = "ended"
    KILLED = "killed"
    REMOVED = "removed"
    UNREADABLE = "unreadable"


@final
@dataclass(frozen=True, kw_only=True)
class Look:
    """What a store showed at a moment.

    Attributes
    ----------
    time
        When it was looked at [s since 1970].
    words
        Why nothing more can be seen; empty if all was.
    fit
        The number of the fit, the last one of the store; problem, best and rounds are its.
    notes
        By kind and number of the round; see `_foundation/store_file/notes`.
    written
        When something was written last [s since 1970].
    """

    path: Path
    time: float
    state: State
    words: str = ""
    fit: int = 0
    problem: Problem | None = None
    best: Best | None = None
    rounds: Rounds = field(default_factory=lambda: Rounds.none(0))
    notes: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    written: float | None = None


@final
class StoreView:
    """Looks into one store; a look reads what is new since the last one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None
        self._last: Look | None = None
        self._texts: dict[str, str] = {}
        self._start = b""
        self._checked: tuple[int, str] = (-1, "")
        self._was_there = False

    def look(self) -> Look:
        """Return what the store shows now; never raises for what is wrong with it."""
        now = time.time()
        identity = self._identity_now()
        if identity is None:
            self._forget()
            state = State.REMOVED if self._was_there else State.WAITING
            return Look(path=self.path, time=now, state=state)
        if identity != self._identity:
            self._forget()
            self._identity, self._was_there = identity, True
        is_running = is_held(self.path)
        try:
            with opened(self.path) as (connection, version):
                self._last = self._read(connection, version, now, is_running=is_running)
        except CannotLook as problem:
            return self._clouded(problem, now, is_running=is_running)
        return self._last

    def _clouded(self, problem: CannotLook, now: float, *, is_running: bool) -> Look:
        """Return what is known of a store that cannot be read now."""
        if problem.is_damage and not is_running:
            words = f"{problem}. `brianfit check` tells more"
            return Look(path=self.path, time=now, state=State.UNREADABLE, words=words)
        state = State.RUNNING if is_running else State.WAITING
        if self._last is None:
            return Look(path=self.path, time=now, state=state, words=str(problem))
        return self._last

    def _read(
        self, connection: sqlite3.Connection, version: int, now: float, *, is_running: bool
    ) -> Look:
        last = connection.execute("SELECT MAX(number) FROM fits").fetchone()[0]
        if not isinstance(last, int):
            raise CannotLook("it has no fit yet")
        before = self._last if self._last is not None and self._last.fit == last else None
        problem = self._problem(connection, version, last, before)
        count = _count(connection, version, last)
        known = Rounds.none(problem.shape.n_outputs) if before is None else before.rounds
        if known.n_rounds > count:
            known = Rounds.none(problem.shape.n_outputs)
        if known.n_rounds < count:
            new = read_rounds(connection, version, last, first=known.n_rounds, shape=problem.shape)
            known = Rounds.joined([known, new])
        if known.n_rounds != count:
            raise CannotLook("its last rounds are missing", is_damage=True)
        best = self._best(connection, version, last, before)
        kinds = (CALL, ADDED, RESTART, END) if version > 1 else ()
        notes = {kind: notes_of(connection, kind, last) for kind in kinds}
        return Look(
            path=self.path,
            time=now,
            state=State.RUNNING if is_running else _rest(notes, best, known.n_rounds),
            words=self._check_best(connection, version, last, known, best),
            fit=last,
            problem=problem,
            best=best,
            rounds=known,
            notes=notes,
            written=self._written(),
        )

    def _problem(
        self, connection: sqlite3.Connection, version: int, fit: int, before: Look | None
    ) -> Problem:
        if before is not None and before.problem is not None:
            return before.problem
        text, self._start = text_of(connection, version, fit, "problem")
        return problem_of(text)

    def _best(
        self, connection: sqlite3.Connection, version: int, fit: int, before: Look | None
    ) -> Best:
        text, _ = text_of(connection, version, fit, "summary")
        if before is not None and before.best is not None and self._texts.get("summary") == text:
            return before.best
        self._texts["summary"] = text
        return best_of(text, connection)

    def _check_best(
        self,
        connection: sqlite3.Connection,
        version: int,
        fit: int,
        rounds: Rounds,
        best: Best,
    ) -> str:
        """Return what is wrong with the round of the best sample; empty if nothing is.

        Its digest covers the round before as well. All others are checked by `brianfit check`.
        """
        if version == 1 or rounds.n_rounds == 0 or not np.isfinite(rounds.best[-1]):
            return ""
        number = int(np.argmin(rounds.lowest))
        if best.error > rounds.best[-1]:
            return "Its result contradicts its rounds: `brianfit check` tells more."
        if number != self._checked[0]:
            self._checked = number, _damage_of(connection, fit, number, self._start)
        return self._checked[1]

    def _identity_now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _written(self) -> float | None:
        times = []
        for path in (self.path, self.path.with_name(self.path.name + "-wal")):
            try:
                times.append(path.stat().st_mtime)
            except OSError:
                continue
        return max(times, default=None)

    def _forget(self) -> None:
        self._identity, self._last, self._texts, self._checked = None, None, {}, (-1, "")


def _count(connection: sqlite3.Connection, version: int, fit: int) -> int:
    """Return how many rounds a fit has, as the store counts them."""
    statement = (
        "SELECT n_rounds FROM heads WHERE fit = ?"
        if version > 1
        else "SELECT COUNT(*) FROM rounds WHERE fit = ?"
    )
    row = connection.execute(statement, (fit,)).fetchone()
    if row is None or not isinstance(row[0], int):
        raise CannotLook("the count of its rounds is missing", is_damage=True)
    return row[0]


def _damage_of(connection: sqlite3.Connection, fit: int, number: int, start: bytes) -> str:
    row = connection.execute(
        f"SELECT {_CONTENT}, digest FROM rounds WHERE fit = ? AND number = ?", (fit, number)
    ).fetchone()
    before = connection.execute(
        "SELECT digest FROM rounds WHERE fit = ? AND number = ?", (fit, number - 1)
    ).fetchone()
    chained = start if before is None else before[0]
    if digest_of(row[:-1], chained) == row[-1]:
        return ""
    return f"Round {number}, that of the best sample, is damaged: `brianfit check` tells more."


def _rest(notes: Mapping[str, Mapping[int, Any]], best: Best, n_rounds: int) -> State:
    """Return whether a fit that nobody continues ended, or was killed."""
    began = max((_at(note) for note in notes.get(CALL, {}).values()), default=None)
    ended = max((_at(note) for note in notes.get(END, {}).values()), default=None)
    if began is None:  # an older brianfit wrote it
        return State.KILLED if best.stop_reason.startswith("no round") and n_rounds else State.ENDED
    return State.KILLED if ended is None or ended < began else State.ENDED


def _at(note: Any) -> float:
    found = note.get("at")
    return float(found) if isinstance(found, int | float) else 0.0

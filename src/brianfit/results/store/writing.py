"""Write a fit to a store, round by round."""

from __future__ import annotations

import json
import logging
import os
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, final

from brianfit._foundation.errors import InvalidTypeError, StoreError
from brianfit._foundation.store_file.notes import notes_of
from brianfit._foundation.types import PathName
from brianfit.results.fit_result import FitResult
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.store.arrays import keep_in
from brianfit.results.store.database import Database, clear_errors, connect_to_write, transaction
from brianfit.results.store.fits import (
    append_rounds,
    insert_fit,
    number_of_fits,
    replace_summary,
    say_unchecked,
    sign,
)
from brianfit.results.store.journal import is_damaged
from brianfit.results.store.lock import StoreLock
from brianfit.results.store.place import StorePlace
from brianfit.results.store.reading import StoredFit, read_fit
from brianfit.results.store.rows import StoredRound, content_of
from brianfit.results.store.texts import problem_text, summary_text
from brianfit.results.store.upgrading import upgraded

_logger = logging.getLogger(__name__)


@contextmanager
def open_store(path: PathName) -> Iterator[StoreWriter]:
    """Open a store for writing, or make it; nobody else writes to it until the block is left.

    Raises
    ------
    StoreError
        If it is in use, cannot be written, is damaged, or is no store.
    """
    place = checked_path(path)
    lock = StoreLock(place)
    try:
        if is_damaged(place):
            _logger.warning(
                "The journal of the store '%s' is damaged: its last rounds are lost, and are done "
                "again.",
                place,
            )
        database = connect_to_write(place)
        try:
            say_unchecked(database)
            writer = StoreWriter(upgraded(database), lock)
            writer.sign()
        except BaseException:
            database.close()
            raise
        try:
            yield writer
        finally:
            writer.close()
    finally:
        lock.release()


def checked_path(path: Any) -> Path:
    """Return where a store is to be.

    Raises
    ------
    InvalidTypeError
        If `path` is not a path.
    StoreError
        If there is no such folder.
    """
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise InvalidTypeError(f"`store` must be the path of a file, but is {path!r}.")
    if "\x00" in str(path):
        raise InvalidTypeError(f"`store` must be the path of a file, but is {str(path)!r}.")
    place = Path(path)
    if place.is_dir():
        raise StoreError(f"The store '{place}' is a folder; name a file.")
    if not place.absolute().parent.is_dir():
        raise StoreError(
            f"Cannot open the store '{place}': there is no folder '{place.absolute().parent}'. "
            "Make it first."
        )
    return place


@final
class StoreWriter:
    """An open store; make one with `open_store`."""

    def __init__(self, database: Database, lock: StoreLock) -> None:
        self.path = database.path
        self._lock = lock
        self._place = StorePlace(database)

    @property
    def _database(self) -> Database:
        return self._place.database

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._place.database.connection

    def close(self) -> None:
        """Close the file, with all that is in its journal in it, whoever looks at it meanwhile."""
        self._place.stay(self._lock)
        with clear_errors(self.path, "close"):
            with suppress(sqlite3.OperationalError):  # not while rows are being read
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._database.close()

    def sign(self) -> None:
        """Note who writes to the store."""
        entries = {
            "writer": f"process {os.getpid()} on {socket.gethostname()}",
            "brianfit": version("brianfit"),
            "opened": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        }
        with self._transaction("write to"):
            sign(self._connection, entries.items())

    def note(self, key: str, content: Mapping[str, Any]) -> None:
        """Keep a note about a fit; see `_foundation/store_file/notes`."""
        with self._transaction("write to"):
            sign(self._connection, [(key, json.dumps(content, allow_nan=False))])

    def notes(self, kind: str, fit: int) -> dict[int, Any]:
        """Return the notes of a kind about a fit, by the number of the round."""
        return notes_of(self._connection, kind, fit)

    @property
    def n_fits(self) -> int:
        """The number of fits in the store."""
        return number_of_fits(self._database)

    def fit(self, number: int) -> StoredFit:
        """Return a fit of the store, with all its rounds."""
        return read_fit(self._database, number)

    def begin_fit(self, problem: ProblemRecord, result: FitResult) -> int:
        """Add a fit without rounds; return its number."""
        with self._transaction("begin a fit in"):
            keep = keep_in(self._connection)
            number = number_of_fits(self._database)
            texts = (problem_text(problem, keep), summary_text(result, keep))
            insert_fit(self._connection, number, *texts)
        return number

    def add(
        self,
        fit: int,
        first: int,
        rounds: Sequence[StoredRound],
        result: FitResult | None = None,
    ) -> None:
        """Add rounds to a fit, all or none.

        Parameters
        ----------
        first
            The number of the first of the rounds; those before must be there.
        result
            The result as it now is; None: it is as before, but for the history.

        Raises
        ------
        StoreError
            If they cannot be written, or another process has written them.
        """
        doing = f"write round {first + len(rounds) - 1} to" if rounds else "write to"
        with self._transaction(doing):
            self._check_next(fit, first)
            contents = [content_of(first + k, stored) for k, stored in enumerate(rounds)]
            append_rounds(self._connection, fit, contents)
            if result is not None:
                text = summary_text(result, keep_in(self._connection))
                replace_summary(self._connection, fit, text)

    def _check_next(self, fit: int, first: int) -> None:
        row = self._connection.execute(
            "SELECT n_rounds FROM heads WHERE fit = ?", (fit,)
        ).fetchone()
        found = 0 if row is None else row[0]
        if row is None or found != first:
            raise StoreError(
                f"The store '{self.path}' was changed by another process: expected {first} rounds, "
                f"found {found}. Name another file as `store`."
            )

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[None]:
        self._place.stay(self._lock)
        with clear_errors(self.path, doing), transaction(self._connection):
            yield

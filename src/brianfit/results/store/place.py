"""Where an open store stands: whether somebody took its file away, and what to do then."""

from __future__ import annotations

import logging
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import final

from brianfit._foundation.errors import StoreError
from brianfit.results.store.database import Database, clear_errors, connect_to_write
from brianfit.results.store.journal import journal_of
from brianfit.results.store.lock import StoreLock

_logger = logging.getLogger(__name__)


@final
class StorePlace:
    """The place of an open store.

    An open file can be removed or moved without whoever writes to it noticing: all goes on, and in
    the end there is nothing. So before every round the file is looked for; if it is gone, all that
    it held is written into a new file in its place.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._identity = _identity(database.path)
        self._journal_size = 0
        self._is_lost = False

    def stay(self, lock: StoreLock) -> None:
        """See that the store is where it was, or write it there again.

        Raises
        ------
        StoreError
            If another file stands in its place, or it cannot be written; the message says where all
            that it held was written.
        """
        if self._is_lost:
            return
        path = self.database.path
        now = _identity(path)
        if now is None:
            self._write_again(path)
        elif now != self._identity:
            raise self._saved_elsewhere(
                f"Another file was put in the place of the store '{path}' while a fit was writing "
                "to it"
            )
        else:
            self._see_to_the_journal()
        lock.keep()

    def _see_to_the_journal(self) -> None:
        try:
            size = journal_of(self.database.path).stat().st_size
        except OSError:
            self._reopen()
            return
        if size < self._journal_size:
            self._is_lost = True
            raise StoreError(
                f"The journal of the store '{self.database.path}' was cut short while a fit was "
                "writing to it, so that its last rounds are lost there. Name another file as "
                "`store`: the rounds done are written into it."
            )
        self._journal_size = size

    def _reopen(self) -> None:
        """Open the file again, whose journal was removed: what was in it is written before."""
        path = self.database.path
        _logger.warning("The journal of the store '%s' was removed; a new one is begun.", path)
        with clear_errors(path, "open again"):
            self._copy(path.with_name(path.name + "-whole"))
            self.database.close()
            path.with_name(path.name + "-whole").replace(path)
        self._open(path)

    def _write_again(self, path: Path) -> None:
        _logger.warning(
            "The store '%s' was removed or moved while a fit was writing to it. All its rounds are "
            "written into a new file there; the fit goes on.",
            path,
        )
        try:
            self._copy(path)
        except StoreError as error:
            raise self._saved_elsewhere(f"The store '{path}' is gone ({error})") from error
        self.database.close()
        self._open(path)

    def _saved_elsewhere(self, what: str) -> StoreError:
        """Write all that the store held to another file; return the error that says where."""
        self._is_lost = True
        for path in _other_places(self.database.path):
            try:
                self._copy(path)
            except StoreError:
                continue
            return StoreError(f"{what}. All rounds done are in '{path}': go on with it as `store`.")
        return StoreError(f"{what}, and its rounds cannot be written anywhere else.")

    def _copy(self, target: Path) -> None:
        with clear_errors(target, "write"), closing(sqlite3.connect(target)) as copy:
            self.database.connection.backup(copy)

    def _open(self, path: Path) -> None:
        opened = connect_to_write(path)
        self.database = opened
        self._identity = _identity(path)
        self._journal_size = 0


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _other_places(store: Path) -> Iterator[Path]:
    beside = (store.with_name(f"{store.name}-saved{number}") for number in range(1, 100))
    yield from (path for path in beside if not path.exists())
    yield Path(tempfile.mkdtemp(prefix="brianfit-")) / store.name

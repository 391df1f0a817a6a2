"""Begin a store anew without losing the old one: it stands aside until the new one has a round."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import final

from brianfit._foundation.errors import StoreError
from brianfit._foundation.store_file import layout
from brianfit.results.store.database import check_is_file, clear_errors, connect_to_read
from brianfit.results.store.lock import StoreLock
from brianfit.results.store.reading import has_rounds

_HEADER_BYTES, _IDENTITY = 100, slice(68, 72)  # https://www.sqlite.org/fileformat2.html
_MAGIC = b"SQLite format 3\x00"
_ENDS = ("", "-wal")
"""A store and its journal: all that holds rounds."""


@contextmanager
def set_aside(store: Path) -> Iterator[OldStore | None]:
    """Move a store aside while a new one is begun in its place; yield the old one, if there is one.

    The old one is removed by `OldStore.forget_once_replaced`, or at the end of the block, if the
    new one has a round; else it is put back.

    Raises
    ------
    StoreError
        If another fit writes to it, or the file is no store: nothing else is moved or removed.
    """
    if not store.exists():
        yield None
        return
    check_is_store(store)
    with _held(store):
        _clear_journal(store)
        old = OldStore(store)
    try:
        yield old
    finally:
        if has_rounds(store):
            old.forget()
        else:
            with _held(store):
                old.put_back()


@final
class OldStore:
    """A store that stands aside."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self.path = _free_name(store)
        _move(store, self.path)

    def forget(self) -> None:
        """Remove it: the new one has a round."""
        with clear_errors(self.path, "remove"):
            for end in _ENDS:
                _beside(self.path, end).unlink(missing_ok=True)

    def forget_once_replaced(self) -> None:
        """Remove it if the new one has a round; called after every round."""
        if self.path.exists() and has_rounds(self._store):
            self.forget()

    def put_back(self) -> None:
        """Put it back where it was."""
        if self.path.exists():
            for end in _ENDS:
                _beside(self._store, end).unlink(missing_ok=True)
            _move(self.path, self._store)


def check_is_store(path: Path) -> None:
    """Check that a file is a store, however damaged.

    Raises
    ------
    StoreError
        If it is not.
    """
    check_is_file(path)
    with clear_errors(path, "read"), path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    identity = int.from_bytes(header[_IDENTITY], "big")
    is_database = header.startswith(_MAGIC)
    is_empty = is_database and identity == 0 and _has_no_tables(path)
    if header and identity != layout.APPLICATION_ID and not is_empty:
        raise StoreError(
            f"The file '{path}' is not a store of brianfit, so that it is not removed. Name "
            "another file, or remove it yourself."
        )


def _has_no_tables(path: Path) -> bool:
    name = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(name, uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except sqlite3.Error:
        return False


def _clear_journal(store: Path) -> None:
    """Take what is in the journal into the store, if that can be read."""
    try:
        connect_to_read(store).close()
    except StoreError:
        return


@contextmanager
def _held(store: Path) -> Iterator[None]:
    """Hold the right to write to a store."""
    lock = StoreLock(store)
    try:
        yield
    finally:
        lock.release()


def _free_name(store: Path) -> Path:
    names = ("-old", *(f"-old{number}" for number in range(2, 100)))
    free = (_beside(store, end) for end in names)
    found = next((path for path in free if not path.exists()), None)
    if found is None:
        raise StoreError(f"There are too many old stores beside '{store}'; remove some.")
    return found


def _move(source: Path, target: Path) -> None:
    with clear_errors(source, "move"):
        for end in reversed(_ENDS):  # the store last: while it is there, so is all of it
            if _beside(source, end).exists():
                _beside(source, end).rename(_beside(target, end))
        _beside(source, "-shm").unlink(missing_ok=True)


def _beside(store: Path, end: str) -> Path:
    return store.with_name(store.name + end)

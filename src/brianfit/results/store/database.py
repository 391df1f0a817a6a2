"""The database file: how it is opened, and what its errors mean to a user.

The file is in WAL mode: it can be read while a fit writes to it, and a process that is killed
leaves nothing half done. Whatever a stranger put into a file, reading it runs nothing, ends, and
does not fill the memory; see `layout` and `_foundation/strangers/limits`.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from textwrap import shorten
from typing import Any, final
from urllib.parse import quote

from brianfit._foundation.errors import StoreError
from brianfit._foundation.store_file import layout
from brianfit._foundation.strangers.limits import STORE_SECONDS, STORE_VALUE_BYTES

_HEADER = b"SQLite format 3\x00"

_STEPS_BETWEEN_LOOKS = 10_000  # instructions of SQLite from one look at the clock to the next

_DAMAGED = "it is damaged. brianfit.recover(damaged, new) saves the rounds that can be read"

_ADVICE = {
    "full": "the disk is full. Free some space and call fit again with the same store: it goes on",
    "readonly": "it cannot be written. Choose a file in a folder in which you may write",
    "unable to open": "it cannot be opened. Check that its folder exists and that you may write "
    "there",
    "locked": "another process is writing to it. Wait until that is done, or name another file",
    "not a database": "it is damaged, or no store at all",
    "malformed": _DAMAGED,
    "no such table": _DAMAGED,
    "no such column": _DAMAGED,
    "too big": f"it holds a longer value than is allowed. If you trust the file, raise the limit "
    f"{STORE_VALUE_BYTES.variable} (bytes)",
    "interrupted": f"reading it takes too long. If you trust the file, raise the limit "
    f"{STORE_SECONDS.variable} (for one row)",
    "could not decode": _DAMAGED,
    "disk i/o error": "the disk cannot be read or written. Check that it is there and not full",
}
"""What a message of SQLite means: part of the message, and the words for a user."""


@contextmanager
def clear_errors(path: Path, doing: str) -> Iterator[None]:
    """Turn what SQLite says into a `StoreError` that says what to do.

    Parameters
    ----------
    doing
        What was tried, such as "write round 12 to".
    """
    try:
        yield
    except sqlite3.Error as error:
        said = shorten(str(error), 100)
        advice = next((words for part, words in _ADVICE.items() if part in said.lower()), said)
        raise StoreError(f"Cannot {doing} the store '{path}': {advice} ({said}).") from error
    except (OSError, MemoryError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"Cannot {doing} the store '{path}': {error}.") from error


@final
@dataclass(frozen=True, kw_only=True)
class Database:
    """An open store.

    Attributes
    ----------
    version
        Of its layout.
    """

    connection: sqlite3.Connection
    path: Path
    version: int
    _clock: _Clock

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows that a statement finds.

        Raises
        ------
        StoreError
            If they cannot be read.
        """
        with clear_errors(self.path, "read"), self._clock.running():
            found = self.connection.execute(statement, values)
            for row in found:
                self._clock.stop()
                yield row
                self._clock.start()

    def begin_reading(self) -> None:
        """Read all of the store as it is at this moment, whoever goes on writing to it."""
        with clear_errors(self.path, "read"):
            self.connection.execute("BEGIN")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


@final
@dataclass(kw_only=True)
class _Clock:
    """Breaks off a statement that reads and has given no row for too long; writing takes its time.

    SQLite counts the steps of a statement over all its runs, so that a clock that ran on would
    break off the writing of some round of a long fit.
    """

    limit: int = field(default_factory=lambda: STORE_SECONDS.value)
    end: float = math.inf

    def start(self) -> None:
        """Give the next row its time."""
        self.end = time.monotonic() + self.limit

    def stop(self) -> None:
        """Break off nothing."""
        self.end = math.inf

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run while the block does."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def is_over(self) -> bool:
        """Return whether the time is over."""
        return time.monotonic() > self.end


def connect_to_write(path: Path) -> Database:
    """Return a store that exists or is made now, open for writing.

    Raises
    ------
    StoreError
        If the file is no store, is of a newer version, or cannot be written.
    """
    check_file(path)
    with clear_errors(path, "open"):
        connection, clock = _connect(path, "rwc")
    try:
        with clear_errors(path, "open"):
            connection.execute("PRAGMA journal_mode = WAL")
            # In WAL mode, NORMAL keeps every finished round when a process is killed; when the
            # power fails, the last rounds may be lost, but the file stays whole.
            connection.execute("PRAGMA synchronous = NORMAL")
            _make_layout(connection)
            connection.execute("PRAGMA wal_autocheckpoint = 1000")
        with clock.running():
            version = _checked_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return Database(connection=connection, path=path, version=version, _clock=clock)


def connect_to_read(path: Path) -> Database:
    """Return a store that is open for reading: nothing in it can be changed.

    Raises
    ------
    StoreError
        If there is no such file, it is no store, or it is of a newer version.
    """
    if not path.exists():
        raise StoreError(f"There is no store '{path}'.")
    check_file(path)
    with clear_errors(path, "read"):
        connection, clock = _connect_readable(path)
    try:
        with clock.running():
            version = _checked_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return Database(connection=connection, path=path, version=version, _clock=clock)


def check_file(path: Path) -> None:
    """Check that a file, if there is one, is a file and starts as a database does.

    Raises
    ------
    StoreError
        If it does not.
    """
    with clear_errors(path, "read"):
        if not path.exists():
            return
        check_is_file(path)
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    if header and header != _HEADER:
        raise StoreError(
            f"The file '{path}' is not a store of brianfit, or its beginning is damaged. If it was "
            "one, brianfit.recover(damaged, new) may save rounds of it; to begin a new store, "
            "name another file."
        )


def check_is_file(path: Path) -> None:
    """Check that what is at a path is a file, neither a folder nor a pipe.

    Raises
    ------
    StoreError
        If it is something else.
    """
    if path.is_dir():
        raise StoreError(f"The store '{path}' is a folder; name a file.")
    with clear_errors(path, "read"):
        if not S_ISREG(path.stat().st_mode):
            raise StoreError(f"The store '{path}' is a device or a pipe; name a file.")


def _checked_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a store; raise if this brianfit cannot read it."""
    with clear_errors(path, "read"):
        identity = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        is_empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    if is_empty:  # whoever began it was killed at once
        raise StoreError(f"The store '{path}' has no fit yet.")
    if identity != layout.APPLICATION_ID:
        raise StoreError(f"The file '{path}' is a database, but no store of brianfit.")
    if version > layout.VERSION:
        raise StoreError(
            f"The store '{path}' has version {version}, written by {_writer(connection)}; this "
            f"brianfit reads versions up to {layout.VERSION}. Install a newer one: "
            "pip install --upgrade brianfit"
        )
    if version not in layout.LAYOUTS:
        raise StoreError(f"The store '{path}' has no version {version}: {_DAMAGED}.")
    with clear_errors(path, "read"):
        problem = layout.problem_of_layout(connection, version)
    if problem is not None:
        raise StoreError(f"The file '{path}' is no store that can be read: {problem}.")
    return int(version)


def _writer(connection: sqlite3.Connection) -> str:
    """Return which brianfit wrote a store of a newer version, as far as it tells."""
    try:
        row = connection.execute(
            "SELECT substr(value, 1, 40) FROM about WHERE key = 'brianfit'"
        ).fetchone()
    except sqlite3.Error:
        row = None
    return "a newer brianfit" if row is None else f"brianfit {row[0]}"


def _connect(path: Path, mode: str) -> tuple[sqlite3.Connection, _Clock]:
    name = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(
        name, uri=True, isolation_level=None, timeout=10.0, check_same_thread=False
    )
    clock = _Clock()
    connection.set_progress_handler(clock.is_over, _STEPS_BETWEEN_LOOKS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, STORE_VALUE_BYTES.value)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection, clock


def _connect_readable(path: Path) -> tuple[sqlite3.Connection, _Clock]:
    # Whoever reads a database in WAL mode must be able to make files beside it, and to remove them
    # afterwards. Where nothing may be written, it can be read as long as nobody writes to it.
    modes = ("rw", "ro", "ro&immutable=1")
    for mode in modes:
        connection, clock = _connect(path, mode)
        try:
            connection.execute("PRAGMA query_only = ON")
            with clock.running():
                connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if mode == modes[-1]:
                raise
        else:
            break
    return connection, clock


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that the block writes, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make_layout(connection: sqlite3.Connection) -> None:
    """Make the tables of a new store, all or none."""
    with transaction(connection):
        if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
            layout.make_layout(connection)

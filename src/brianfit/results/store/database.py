"""The database file: how it is opened, how it is laid out, what its errors mean to a user.

========  ======================================================================================
table     holds
========  ======================================================================================
about     key and value: when and by what the file was made, who writes to it now
arrays    arrays in npy form, by name (a hash of their content)
fits      a fit each: the problem and the summary of the result, as JSON (see `_foundation/plain`)
rounds    a round each: samples and errors in npy form, a checksum
========  ======================================================================================

The version of the layout is SQLite's ``user_version``; ``application_id`` tells the file apart
from other databases. The file is in WAL mode: it can be read while a fit writes to it, and a
process that is killed leaves nothing half done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from urllib.parse import quote

from brianfit._foundation.errors import StoreError

VERSION = 1
"""Version of the layout that this code writes; older ones are read as well."""

APPLICATION_ID = 0x62726669
"""Marks a database as a store: "brfi"."""

_HEADER = b"SQLite format 3\x00"

_LAYOUT = f"""
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE arrays (name TEXT PRIMARY KEY, npy BLOB NOT NULL);
CREATE TABLE fits (number INTEGER PRIMARY KEY, problem TEXT NOT NULL, summary TEXT NOT NULL);
CREATE TABLE rounds (
    fit INTEGER NOT NULL,
    number INTEGER NOT NULL,
    iteration INTEGER NOT NULL,
    seconds REAL NOT NULL,
    samples BLOB NOT NULL,
    trace_errors BLOB,
    part_errors BLOB,
    answers BLOB,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (fit, number)
);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""

_DAMAGED = "it is damaged. brianfit.recover(damaged, new) saves the rounds that can be read"

_ADVICE = {
    "full": "the disk is full. Free some space and call fit again with the same store: it goes on",
    "readonly": "it cannot be written. Choose a file in a folder in which you may write",
    "unable to open": "it cannot be opened. Check that its folder exists and that you may write "
    "there",
    "locked": "another process is writing to it. Wait until that is done, or name another file",
    "not a database": "it is damaged, or no store at all",
    "malformed": _DAMAGED,
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


def connect_to_write(path: Path) -> sqlite3.Connection:
    """Return a connection to a store that exists or is made now.

    Raises
    ------
    StoreError
        If the file is no store, is of a newer version, or cannot be written.
    """
    _check_header(path)
    with clear_errors(path, "open"):
        connection = _connect(path, "rwc")
    try:
        with clear_errors(path, "open"):
            connection.execute("PRAGMA journal_mode = WAL")
            # In WAL mode, NORMAL keeps every finished round when a process is killed; when the
            # power fails, the last rounds may be lost, but the file stays whole.
            connection.execute("PRAGMA synchronous = NORMAL")
            _make_layout(connection)
            connection.execute("PRAGMA wal_autocheckpoint = 1000")
        check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot change anything.

    Raises
    ------
    StoreError
        If there is no such file, it is no store, or it is of a newer version.
    """
    if not path.is_file():
        raise StoreError(f"There is no store '{path}'.")
    _check_header(path)
    with clear_errors(path, "read"):
        connection = _connect_readable(path)
    try:
        check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Check that a database is a store that this version of brianfit can read.

    Raises
    ------
    StoreError
        If it is not.
    """
    with clear_errors(path, "read"):
        identity = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if is_empty:  # whoever began it was killed at once
        raise StoreError(f"The store '{path}' has no fit yet.")
    if identity != APPLICATION_ID:
        raise StoreError(f"The file '{path}' is a database, but no store of brianfit.")
    if version > VERSION:
        with clear_errors(path, "read"):
            row = connection.execute("SELECT value FROM about WHERE key = 'brianfit'").fetchone()
        writer = "a newer brianfit" if row is None else f"brianfit {row[0]}"
        raise StoreError(
            f"The store '{path}' has version {version}, written by {writer}; this brianfit reads "
            f"versions up to {VERSION}. Install a newer one: pip install --upgrade brianfit"
        )


def _check_header(path: Path) -> None:
    """Check that a file, if there is one, starts as a database does."""
    if not path.exists():
        return
    if path.is_dir():
        raise StoreError(f"The store '{path}' is a folder; name a file.")
    with clear_errors(path, "read"), path.open("rb") as file:
        header = file.read(len(_HEADER))
    if header and header != _HEADER:
        raise StoreError(
            f"The file '{path}' is not a store of brianfit, or its beginning is damaged. If it was "
            "one, brianfit.recover(damaged, new) may save rounds of it; to begin a new store, "
            "name another file."
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    name = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(
        name, uri=True, isolation_level=None, timeout=10.0, check_same_thread=False
    )


def _connect_readable(path: Path) -> sqlite3.Connection:
    # Whoever reads a database in WAL mode must be able to make files beside it, and to remove them
    # afterwards. Where nothing may be written, it can be read as long as nobody writes to it.
    modes = ("rw", "ro", "ro&immutable=1")
    for mode in modes:
        connection = _connect(path, mode)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if mode == modes[-1]:
                raise
        else:
            break
    return connection


def _make_layout(connection: sqlite3.Connection) -> None:
    """Make the tables of a new store, all or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in _LAYOUT.split(";"):
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

"""Open a store to look into it: nothing is written, and whoever writes to it is not in the way."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import final
from urllib.parse import quote

from brianfit._foundation.store_file.layout import (
    APPLICATION_ID,
    LAYOUTS,
    VERSION,
    problem_of_layout,
)

_MOST_SECONDS = 10.0  # for one look
_LONGEST_VALUE = 256 * 2**20  # bytes
_STEPS_BETWEEN_LOOKS = 10_000


@final
class CannotLook(Exception):  # noqa: N818 - it is no defect: the next look may succeed
    """Says in words why a store shows nothing now.

    Attributes
    ----------
    is_damage
        Whether it will stay so.
    """

    def __init__(self, words: str, *, is_damage: bool = False) -> None:
        super().__init__(words)
        self.is_damage = is_damage


@contextmanager
def opened(path: Path) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Yield a connection to a store as it is at this moment, and the version of its layout.

    Raises
    ------
    CannotLook
        If it cannot be read now.
    """
    try:
        connection = _connected(path)
    except sqlite3.Error as error:
        raise CannotLook(f"it cannot be opened ({error})") from error
    try:
        with _as_words():
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection, _version(connection)
    finally:
        connection.close()


@contextmanager
def _as_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CannotLook(f"it cannot be read now ({error})") from error
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        raise CannotLook(f"it is damaged ({error})", is_damage=True) from error


def _connected(path: Path) -> sqlite3.Connection:
    """Return a connection that leaves no files behind.

    Whoever reads a database with a journal makes files beside it; without a journal there is
    nothing to wait for, and the file is read as it stands.
    """
    try:
        has_journal = path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        has_journal = False
    mode = "ro" if has_journal else "ro&immutable=1"
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=1.0,
        check_same_thread=False,
    )
    end = time.monotonic() + _MOST_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
        raise CannotLook("it has no fit yet")
    if identity != APPLICATION_ID:
        raise CannotLook("it is no store of brianfit", is_damage=True)
    if version > VERSION:
        raise CannotLook("a newer brianfit wrote it: pip install --upgrade brianfit")
    problem = problem_of_layout(connection, version) if version in LAYOUTS else "no such version"
    if problem is not None:
        raise CannotLook(f"it is damaged: {problem}", is_damage=True)
    return version

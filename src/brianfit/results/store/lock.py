"""One writer at a time: a lock beside the store that vanishes with the process that holds it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import final

from brianfit._foundation.errors import StoreError
from brianfit._foundation.store_file.holding import SECONDS_TO_WAIT, lock_of
from brianfit.results.store.database import clear_errors


@final
class StoreLock:
    """The right to write to a store.

    It is an exclusive transaction on an empty database ``<store>-lock``, which the operating system
    gives up when the process ends, however it ends; the file itself means nothing.

    Raises
    ------
    StoreError
        If another fit, in this process or another one, is writing to the store.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._path = lock_of(store)
        self._connection = self._taken(store)
        self._held = self._identity()

    def keep(self) -> None:
        """Take the right again if somebody removed the file.

        Raises
        ------
        StoreError
            If another fit has taken it since.
        """
        if self._identity() != self._held:
            self._connection.close()
            self._connection = self._taken(self._store)
            self._held = self._identity()

    def release(self) -> None:
        """Give the right back."""
        self._path.unlink(missing_ok=True)
        self._connection.close()

    def _taken(self, store: Path) -> sqlite3.Connection:
        while True:
            with clear_errors(store, "lock"):
                connection = sqlite3.connect(
                    self._path,
                    isolation_level=None,
                    timeout=SECONDS_TO_WAIT,
                    check_same_thread=False,
                )
            try:
                before = self._identity()
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                connection.close()
                if "locked" not in str(error):
                    with clear_errors(store, "lock"):
                        raise
                raise StoreError(
                    f"The store '{store}' is in use: another fit is writing to it{_holder(store)}. "
                    "Wait until it is done, stop it, or name another file as `store`."
                ) from error
            # The last holder may have removed the file between our opening and locking it.
            if before is not None and before == self._identity():
                return connection
            connection.close()

    def _identity(self) -> int | None:
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return None


def _holder(store: Path) -> str:
    """Return ", process ... on ..." if the store tells who writes to it."""
    try:
        connection = sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)
    except sqlite3.Error:
        return ""
    try:
        row = connection.execute("SELECT value FROM about WHERE key = 'writer'").fetchone()
    except sqlite3.Error:
        return ""
    finally:
        connection.close()
    return "" if row is None else f", {row[0]}"

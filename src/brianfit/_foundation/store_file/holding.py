"""Whether somebody writes to a store at this moment."""

from __future__ import annotations

import sqlite3
from pathlib import Path

SECONDS_TO_WAIT = 0.25
"""How long whoever takes the right to write waits for those who only ask who has it."""


def lock_of(store: Path) -> Path:
    """Return the empty database whose exclusive transaction is the right to write to a store."""
    return store.with_name(store.name + "-lock")


def is_held(store: Path) -> bool:
    """Return whether somebody is writing to a store at this moment.

    To ask takes a shared lock for an instant: any number of processes may ask at once.
    """
    path = lock_of(store)
    if not path.is_file():
        return False
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0.0
        )
    except sqlite3.Error:
        return False
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return "locked" in str(error)
    finally:
        connection.close()
    return False

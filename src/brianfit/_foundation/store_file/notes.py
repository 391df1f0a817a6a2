"""What a store notes about the course of a fit beside its rounds: keys and values of ``about``.

===========================  =====================================================================
key                          value, as JSON
===========================  =====================================================================
``call <fit> <round>``       a call of `fit` began with so many rounds in the store: when, by which
                             process, since which round, and how far it may go
``added <fit> <round>``      rounds or time that a user asked for, given after this many rounds
``restart <fit> <round>``    the optimizer began anew elsewhere before this round
``end <fit> <round>``        a call ended: when, and why
===========================  =====================================================================

Numbers of rounds count those of the store. A key is written again when the same happens again.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from brianfit._foundation.store_file.digests import digest_of

CALL, ADDED, RESTART, END = "call", "added", "restart", "end"

_MOST = 5000  # notes of a kind
_LONGEST = 2000  # characters of one


def key_of(kind: str, fit: int, number: int) -> str:
    """Return the key of a note."""
    return f"{kind} {fit} {number}"


def notes_of(connection: sqlite3.Connection, kind: str, fit: int) -> dict[int, Any]:
    """Return the notes of a kind about a fit, by the number of the round; what is damaged is not.

    A store of the first version has none.
    """
    prefix = f"{kind} {fit} "
    found = connection.execute(
        "SELECT key, value, digest FROM about WHERE key >= ? AND key < ? "
        "AND length(value) <= ? LIMIT ?",
        (prefix, prefix + ":", _LONGEST, _MOST),  # ":" comes after every digit
    )
    notes = {}
    for key, value, digest in found:
        number = str(key)[len(prefix) :]
        if number.isdecimal() and digest_of([key, value]) == digest:
            notes[int(number)] = _parsed(value)
    return {number: notes[number] for number in sorted(notes) if isinstance(notes[number], dict)}


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None

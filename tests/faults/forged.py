"""Stores that somebody changed on purpose: every digest is that of what the rows now hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from brianfit._foundation.store_file.digests import digest_of
from brianfit.results.store.rows import CONTENT


def forge(store: Path, *statements: str) -> None:
    """Run statements on a store, then compute all digests of it anew."""
    with closing(sqlite3.connect(store)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
        reseal(connection)


def reseal(connection: sqlite3.Connection) -> None:
    """Give every row of a store the digest that it should have."""
    fits: list[Any] = connection.execute("SELECT number, problem, summary FROM fits").fetchall()
    for number, problem, summary in fits:
        digest = digest_of([problem])
        connection.execute(
            "UPDATE fits SET problem_digest = ?, summary_digest = ? WHERE number = ?",
            (digest, digest_of([summary]), number),
        )
        rounds = connection.execute(
            f"SELECT {CONTENT} FROM rounds WHERE fit = ? ORDER BY number", (number,)
        ).fetchall()
        for content in rounds:
            digest = digest_of(content, digest)
            connection.execute(
                "UPDATE rounds SET digest = ? WHERE fit = ? AND number = ?",
                (digest, number, content[0]),
            )
        connection.execute(
            "UPDATE heads SET digest = ?, n_rounds = ? WHERE fit = ?",
            (digest, len(rounds), number),
        )

"""The fits of a store, as rows: what is written, and what is checked when it is read."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from brianfit._foundation.errors import StoreError
from brianfit._foundation.store_file.digests import digest_of
from brianfit._foundation.strangers.limits import STORE_TEXT_BYTES
from brianfit.results.store.database import Database
from brianfit.results.store.rows import CONTENT, Content

_logger = logging.getLogger(__name__)

_N_CONTENT = CONTENT.count(",") + 1
_LARGEST_NUMBER_OF_FITS = 100_000


@final
@dataclass(frozen=True, kw_only=True)
class FitTexts:
    """The texts of a fit, as a store has them.

    Attributes
    ----------
    problem, summary
        As JSON; None where it is damaged.
    start
        The digest with which the chain of the rounds begins.
    """

    problem: str | None
    summary: str | None
    start: bytes


def number_of_fits(database: Database) -> int:
    """Return the number of fits in a store.

    Raises
    ------
    StoreError
        If one is missing, or there are too many.
    """
    count = _counted(database, "fits", "number")
    if database.version > 1 and _counted(database, "heads", "fit") != count:
        raise StoreError(f"A fit is missing in the store '{database.path}': it is damaged.")
    return count


def _counted(database: Database, table: str, column: str) -> int:
    count = 0
    for (found,) in database.rows(f"SELECT {column} FROM {table} ORDER BY {column}"):
        if found != count:
            raise StoreError(
                f"Fit {count} is missing in the store '{database.path}': it is damaged."
            )
        count += 1
        if count > _LARGEST_NUMBER_OF_FITS:
            raise StoreError(
                f"The store '{database.path}' has more than {_LARGEST_NUMBER_OF_FITS} fits."
            )
    return count


def texts_of(database: Database, number: int) -> FitTexts:
    """Return the texts of a fit; those that are damaged are None.

    Raises
    ------
    StoreError
        If there is no such fit, or a text is too long.
    """
    _check_lengths(database, number)
    digests = "NULL, NULL" if database.version == 1 else "problem_digest, summary_digest"
    row = next(
        database.rows(
            "SELECT CAST(problem AS BLOB), CAST(summary AS BLOB), "
            f"{digests} FROM fits WHERE number = ?",
            (number,),
        ),
        None,
    )
    if row is None:
        raise StoreError(f"Fit {number} is missing in the store '{database.path}': it is damaged.")
    return FitTexts(
        problem=_whole_text(row[0], row[2], is_old=database.version == 1),
        summary=_whole_text(row[1], row[3], is_old=database.version == 1),
        start=row[2] if isinstance(row[2], bytes) else b"",
    )


def _check_lengths(database: Database, number: int) -> None:
    lengths = next(
        database.rows(
            "SELECT length(problem), length(summary) FROM fits WHERE number = ?", [number]
        ),
        (0, 0),
    )
    for name, length in zip(("problem", "summary"), lengths, strict=True):
        if isinstance(length, int) and length > STORE_TEXT_BYTES.value:
            raise StoreError(
                STORE_TEXT_BYTES.exceeded(f"The {name} of a fit in '{database.path}'", length)
            )


def _whole_text(content: bytes | None, digest: object, *, is_old: bool) -> str | None:
    """Return a text that has the digest that it should have, else None; old texts have none."""
    try:
        text = (content or b"").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if is_old or digest_of([text]) == digest else None


def whole_texts_of(database: Database, number: int) -> tuple[str, str]:
    """Return problem and summary of a fit.

    Raises
    ------
    StoreError
        If one of them is damaged.
    """
    texts = texts_of(database, number)
    if texts.problem is None or texts.summary is None:
        what = "problem" if texts.problem is None else "result"
        raise StoreError(
            f"The {what} of fit {number} in the store '{database.path}' is damaged. "
            "brianfit.recover(damaged, new) saves the rounds."
        )
    return texts.problem, texts.summary


def say_unchecked(database: Database) -> None:
    """Note that the texts of an old store have no digest."""
    if database.version == 1:
        _logger.warning(
            "The store '%s' was written by an older brianfit: its rounds have checksums, but its "
            "texts (model, parameters, result) have none, so that damage to them is not noticed. "
            "A fit that goes on with it adds them.",
            database.path,
        )


def sign(connection: sqlite3.Connection, entries: Iterable[tuple[str, str]]) -> None:
    """Note what is known about a store, by key."""
    connection.executemany(
        "INSERT OR REPLACE INTO about VALUES (?, ?, ?)",
        [(key, value, digest_of([key, value])) for key, value in entries],
    )


def insert_fit(connection: sqlite3.Connection, number: int, problem: str, summary: str) -> bytes:
    """Add a fit without rounds; return the digest with which the chain of its rounds begins."""
    start = digest_of([problem])
    connection.execute(
        "INSERT INTO fits VALUES (?, ?, ?, ?, ?)",
        (number, problem, start, summary, digest_of([summary])),
    )
    connection.execute("INSERT INTO heads VALUES (?, 0, ?)", (number, start))
    return start


def replace_summary(connection: sqlite3.Connection, number: int, summary: str) -> None:
    """Write the summary of a fit anew."""
    connection.execute(
        "UPDATE fits SET summary = ?, summary_digest = ? WHERE number = ?",
        (summary, digest_of([summary]), number),
    )


def remove_rounds(connection: sqlite3.Connection, number: int) -> None:
    """Remove all rounds of a fit."""
    connection.execute("DELETE FROM rounds WHERE fit = ?", (number,))
    connection.execute(
        "UPDATE heads SET n_rounds = 0, digest = "
        "(SELECT problem_digest FROM fits WHERE number = heads.fit) WHERE fit = ?",
        (number,),
    )


def append_rounds(connection: sqlite3.Connection, number: int, contents: Iterable[Content]) -> None:
    """Add rounds to those that a fit has."""
    count, before = connection.execute(
        "SELECT n_rounds, digest FROM heads WHERE fit = ?", (number,)
    ).fetchone()
    places = ", ".join("?" * (_N_CONTENT + 2))
    for content in contents:
        before = digest_of(content, before)
        count += 1
        connection.execute(
            f"INSERT INTO rounds (fit, {CONTENT}, digest) VALUES ({places})",
            (number, *content, before),
        )
    connection.execute(
        "UPDATE heads SET n_rounds = ?, digest = ? WHERE fit = ?", (count, before, number)
    )

"""Copy fits from one store to another: merge several, or save what is left of a damaged one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from brianfit._foundation.errors import InvalidValueError, StoreError
from brianfit.results.store.database import clear_errors, connect_to_read, connect_to_write
from brianfit.results.store.reading import number_of_fits
from brianfit.results.store.rows import COLUMNS, PLACES, round_of
from brianfit.results.store.texts import get_from, problem_of_text

PathLike = str | os.PathLike[str]


def merge(paths: Sequence[PathLike], into: PathLike) -> None:
    """Copy the fits of several stores into a new one.

    Of fits with the same problem, settings and seed the one with more rounds is kept.

    Raises
    ------
    StoreError
        If one of the stores cannot be read.
    InvalidValueError
        If `into` exists already, or no stores are named.
    """
    if isinstance(paths, str | os.PathLike) or not paths:
        raise InvalidValueError(f"`paths` must be a list of stores, but is {paths!r}.")
    target = _new_file(into)
    with closing(connect_to_write(target)) as copy:
        for path in map(Path, paths):
            with closing(connect_to_read(path)) as source:
                with clear_errors(path, "read"):
                    source.execute("BEGIN")
                    count = number_of_fits(source)
                for number in range(count):
                    with clear_errors(path, "copy"):
                        _copy_longer(source, copy, number)


def recover(damaged: PathLike, new: PathLike) -> int:
    """Copy from a damaged store what can be read; return the number of rounds saved.

    Of every fit, the rounds before the first damaged one are saved, so that a fit can go on from
    `new`.

    Raises
    ------
    StoreError
        If nothing can be read.
    InvalidValueError
        If `new` exists already.
    """
    place, target = Path(damaged), _new_file(new)
    saved = 0
    with closing(connect_to_read(place)) as source, closing(connect_to_write(target)) as copy:
        with clear_errors(place, "read"):
            count = number_of_fits(source)
        for number in range(count):
            rows = list(_readable_rows(source, number))
            with clear_errors(place, "recover"):
                _add_fit(source, copy, number, rows)
            saved += len(rows)
    return saved


def _new_file(path: PathLike) -> Path:
    place = Path(path)
    if place.exists():
        raise InvalidValueError(f"The file '{place}' exists already; name a new one.")
    return place


def _copy_longer(source: sqlite3.Connection, copy: sqlite3.Connection, number: int) -> None:
    rows = source.execute(
        f"SELECT {COLUMNS} FROM rounds WHERE fit = ? ORDER BY number", (number,)
    ).fetchall()
    problem = source.execute("SELECT problem FROM fits WHERE number = ?", (number,)).fetchone()[0]
    same = copy.execute("SELECT number FROM fits WHERE problem = ?", (problem,)).fetchone()
    if same is None:
        _add_fit(source, copy, number, rows)
        return
    there = copy.execute("SELECT count(*) FROM rounds WHERE fit = ?", same).fetchone()[0]
    if len(rows) > there:
        summary = source.execute("SELECT summary FROM fits WHERE number = ?", (number,)).fetchone()
        copy.execute("BEGIN IMMEDIATE")
        _add_arrays(source, copy)
        copy.execute("DELETE FROM rounds WHERE fit = ?", same)
        copy.execute("UPDATE fits SET summary = ? WHERE number = ?", (*summary, *same))
        _add_rounds(copy, same[0], rows)
        copy.execute("COMMIT")


def _add_fit(
    source: sqlite3.Connection, copy: sqlite3.Connection, number: int, rows: Sequence[Any]
) -> None:
    texts = source.execute(
        "SELECT problem, summary FROM fits WHERE number = ?", (number,)
    ).fetchone()
    copy.execute("BEGIN IMMEDIATE")
    _add_arrays(source, copy)
    added = number_of_fits(copy)
    copy.execute("INSERT INTO fits VALUES (?, ?, ?)", (added, *texts))
    _add_rounds(copy, added, rows)
    copy.execute("COMMIT")


def _add_arrays(source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    copy.executemany(
        "INSERT OR IGNORE INTO arrays VALUES (?, ?)", source.execute("SELECT name, npy FROM arrays")
    )


def _add_rounds(copy: sqlite3.Connection, fit: int, rows: Sequence[Any]) -> None:
    copy.executemany(
        f"INSERT INTO rounds (fit, {COLUMNS}) VALUES (?, {PLACES})",
        [(fit, *row) for row in rows],
    )


def _readable_rows(source: sqlite3.Connection, fit: int) -> Iterator[Any]:
    """Yield the rows of a fit up to the first that cannot be read."""
    text = source.execute("SELECT problem FROM fits WHERE number = ?", (fit,)).fetchone()[0]
    problem = problem_of_text(text, get_from(source))
    n_parameters = sum(parameter.low is not None for parameter in problem.parameters)
    number = 0
    while True:
        try:
            row = source.execute(
                f"SELECT {COLUMNS} FROM rounds WHERE fit = ? AND number = ?", (fit, number)
            ).fetchone()
            if row is None:
                return
            round_of(row, n_parameters=n_parameters, n_outputs=len(problem.output_names))
        except (sqlite3.Error, StoreError):
            return
        yield row
        number += 1

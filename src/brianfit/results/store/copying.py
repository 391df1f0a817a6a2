"""Copy fits from one store to another: merge several, or save what is left of a damaged one."""

from __future__ import annotations

import json
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
from brianfit.results.store.truncated import filled_up

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
    `new`: the same call of `fit` with ``store=new``. Of a file that ends too early, what is before
    its end counts. Where the result of a fit is lost, `fit` must go on before `new` can be loaded.

    Raises
    ------
    StoreError
        If nothing can be read.
    InvalidValueError
        If `new` exists already.
    """
    place, target = Path(damaged), _new_file(new)
    try:
        with filled_up(place) as readable, closing(connect_to_read(readable)) as source:
            saved = _saved(source, target)
    except (StoreError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise StoreError(f"Nothing can be saved of the store '{place}': {error}") from error
    return saved


def _saved(source: sqlite3.Connection, target: Path) -> int:
    saved = 0
    with closing(connect_to_write(target)) as copy:
        for number in range(number_of_fits(source)):
            rows = list(_readable_rows(source, number))
            texts = (_problem_text(source, number), _readable_summary(source, number))
            _add_fit(source, copy, texts, rows)
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
    problem = _problem_text(source, number)
    same = copy.execute("SELECT number FROM fits WHERE problem = ?", (problem,)).fetchone()
    if same is None:
        _add_fit(source, copy, (problem, _summary_text(source, number)), rows)
        return
    there = copy.execute("SELECT count(*) FROM rounds WHERE fit = ?", same).fetchone()[0]
    if len(rows) > there:
        summary = _summary_text(source, number)
        copy.execute("BEGIN IMMEDIATE")
        _add_arrays(source, copy)
        copy.execute("DELETE FROM rounds WHERE fit = ?", same)
        copy.execute("UPDATE fits SET summary = ? WHERE number = ?", (summary, *same))
        _add_rounds(copy, same[0], rows)
        copy.execute("COMMIT")


def _problem_text(source: sqlite3.Connection, number: int) -> str:
    rows = source.execute("SELECT problem FROM fits WHERE number = ?", (number,))
    return str(rows.fetchone()[0])


def _summary_text(source: sqlite3.Connection, number: int) -> str:
    rows = source.execute("SELECT summary FROM fits WHERE number = ?", (number,))
    return str(rows.fetchone()[0])


def _readable_summary(source: sqlite3.Connection, number: int) -> str:
    """Return the summary of a fit; if it is lost an empty one, until the fit goes on."""
    try:
        summary = _summary_text(source, number)
        json.loads(summary)
    except (sqlite3.Error, json.JSONDecodeError):
        return "{}"
    return summary


def _add_fit(
    source: sqlite3.Connection,
    copy: sqlite3.Connection,
    texts: tuple[str, str],
    rows: Sequence[Any],
) -> None:
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
    problem = problem_of_text(_problem_text(source, fit), get_from(source))
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

"""Read a store, also while a fit writes to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from brianfit._foundation.errors import StoreError
from brianfit.results.fit_result import FitResult
from brianfit.results.history import History
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.store.database import clear_errors, connect_to_read
from brianfit.results.store.rows import COLUMNS, StoredRound, round_of
from brianfit.results.store.tables import evaluations_table, write_table
from brianfit.results.store.texts import get_from, problem_of_text, result_of_text

if TYPE_CHECKING:
    import pandas as pd


@final
@dataclass(frozen=True, kw_only=True)
class StoredFit:
    """One fit of a store.

    Attributes
    ----------
    problem
        What was asked for.
    problem_text
        The same as the store has it; two problems are the same if their texts are.
    rounds
        All finished ones, in order.
    """

    problem: ProblemRecord
    problem_text: str
    rounds: Sequence[StoredRound]

    @property
    def history(self) -> History:
        """The rounds as a history."""
        return History(
            parameter_names=_free_names(self.problem),
            output_names=self.problem.output_names,
            rounds=tuple(stored.round for stored in self.rounds),
        )


@final
@dataclass(frozen=True, kw_only=True)
class Store:
    """What a store held when it was read; see `load`.

    Attributes
    ----------
    path
        Where it is.
    results
        One for every fit, in the order in which they were begun: a fit that was restarted, or
        a merged store, has several.
    """

    path: Path
    results: tuple[FitResult, ...]

    @property
    def result(self) -> FitResult:
        """What the fit begun last has found."""
        return self.results[-1]

    @property
    def best(self) -> FitResult:
        """The result with the lowest error of all."""
        return min(self.results, key=lambda result: result.error)

    def table(self, *, by_trace: bool = False) -> pd.DataFrame:
        """Return every evaluation of every fit, one a row: plain SI numbers.

        Parameters
        ----------
        by_trace
            Whether the errors by trace are among the columns.
        """
        return evaluations_table(self.results, by_trace=by_trace)

    def export(self, path: str | os.PathLike[str], *, by_trace: bool = False) -> None:
        """Write `table` to a file; its name ends in ``.csv``, ``.csv.gz`` or ``.parquet``."""
        write_table(self.table(by_trace=by_trace), Path(path))


def load(path: str | os.PathLike[str]) -> Store:
    """Read a store, such as ``load('cell.fit').result``; a fit may be writing to it.

    Nothing in the file is run, and the file is not changed.

    Raises
    ------
    StoreError
        If it is no store, is damaged, has no fit yet, or is of a newer version.
    """
    place = Path(path)
    with closing(connect_to_read(place)) as connection:
        with clear_errors(place, "read"):
            connection.execute("BEGIN")  # all of it as it is at this moment
            count = number_of_fits(connection)
        results = tuple(_read_result(connection, place, number) for number in range(count))
    if not results:
        raise StoreError(f"The store '{place}' has no fit yet.")
    return Store(path=place, results=results)


def number_of_fits(connection: sqlite3.Connection) -> int:
    """Return the number of fits in a store."""
    return int(connection.execute("SELECT count(*) FROM fits").fetchone()[0])


def read_fit(connection: sqlite3.Connection, path: Path, number: int) -> StoredFit:
    """Return a fit of a store, with all its rounds."""
    with clear_errors(path, "read"):
        (problem_text,) = connection.execute(
            "SELECT problem FROM fits WHERE number = ?", (number,)
        ).fetchone()
        problem = problem_of_text(problem_text, get_from(connection))
        sizes = (len(_free_names(problem)), len(problem.output_names))
        rounds = list(_rounds(connection, path, number, sizes=sizes))
    return StoredFit(problem=problem, problem_text=problem_text, rounds=rounds)


def _read_result(connection: sqlite3.Connection, path: Path, number: int) -> FitResult:
    """Return what a fit has found so far."""
    stored = read_fit(connection, path, number)
    with clear_errors(path, "read"):
        (summary,) = connection.execute(
            "SELECT summary FROM fits WHERE number = ?", (number,)
        ).fetchone()
        return result_of_text(
            summary, get_from(connection), history=stored.history, problem=stored.problem
        )


def _free_names(problem: ProblemRecord) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in problem.parameters if parameter.low is not None)


def _rounds(
    connection: sqlite3.Connection, path: Path, fit: int, *, sizes: tuple[int, int]
) -> Iterator[StoredRound]:
    rows: Iterator[Any] = connection.execute(
        f"SELECT {COLUMNS} FROM rounds WHERE fit = ? ORDER BY number", (fit,)
    )
    for expected, row in enumerate(rows):
        if row[0] != expected:
            raise StoreError(
                f"Round {expected} is missing in the store '{path}': it is damaged. "
                "brianfit.recover(damaged, new) saves the rounds before it."
            )
        yield round_of(row, n_parameters=sizes[0], n_outputs=sizes[1], place=f"the store '{path}'")

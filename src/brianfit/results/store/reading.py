"""Read a store, also while a fit writes to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, final

from brianfit._foundation.arguments import check_positive_integer, checked
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    StoreError,
)
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.store_file.holding import is_held
from brianfit._foundation.store_file.notes import ADDED, notes_of
from brianfit._foundation.store_file.requests import (
    LARGEST_ROUNDS,
    LARGEST_SECONDS,
    Request,
    ask,
    request_of,
)
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.results.fit_result import FitResult
from brianfit.results.history import History
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.store.arrays import get_from
from brianfit.results.store.database import Database, clear_errors, connect_to_read
from brianfit.results.store.fits import (
    FitTexts,
    number_of_fits,
    say_unchecked,
    texts_of,
    whole_texts_of,
)
from brianfit.results.store.journal import check_journal
from brianfit.results.store.rows import StoredRound, checked_contents, round_of
from brianfit.results.store.tables import evaluations_table, write_table
from brianfit.results.store.texts import problem_of_text, result_of_text

if TYPE_CHECKING:
    import pandas as pd


@final
@compared_by_value
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
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Store:
    """What a store held when it was read; see `load`.

    ``Store('cell.fit')`` names a store without reading it: for requests to the fit that is writing
    to it, in whatever process.

    Attributes
    ----------
    path
        Where it is.
    results
        One for every fit, in the order in which they were begun: a fit that was restarted, or
        a merged store, has several.
    """

    path: Path = field(kw_only=False)
    results: tuple[FitResult, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", path_of(self.path))

    @property
    def is_in_use(self) -> bool:
        """Whether a fit is writing to the store at this moment."""
        return is_held(self.path)

    def ask_to_stop(self) -> None:
        """Ask the fit that is writing to the store to end after its round, as Ctrl-C does.

        Raises
        ------
        StoreError
            If there is no such fit.
        """
        self._ask(Request(stop=True))

    @checked
    def ask_for_rounds(self, n_rounds: int) -> None:
        """Ask that fit to do more rounds than it was begun with.

        Raises
        ------
        StoreError
            If there is no such fit.
        """
        check_positive_integer("n_rounds", n_rounds)
        if n_rounds > LARGEST_ROUNDS:
            raise InvalidValueError(f"`n_rounds` must be {LARGEST_ROUNDS} at most.")
        self._ask(Request(rounds=int(n_rounds)))

    @checked
    def ask_for_time(self, time: TimeLike) -> None:
        """Ask that fit to go on for longer than its limit of time, if it has one.

        Raises
        ------
        StoreError
            If there is no such fit.
        """
        seconds = scalar_si("time", time, SECOND)
        if not 0 < seconds <= LARGEST_SECONDS:
            raise InvalidValueError(
                f"`time` must be a time above zero, {LARGEST_SECONDS:g} s at most, but is {time}."
            )
        self._ask(Request(seconds=seconds))

    def _ask(self, request: Request) -> None:
        if not self.is_in_use:
            raise StoreError(
                f"No fit is writing to the store '{self.path}', so there is none to ask. To go on "
                "with a fit that ended, call fit again with this store."
            )
        with clear_errors(self.path, "ask the fit that writes to"):
            ask(self.path, request)

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


@checked
def load(path: str | os.PathLike[str]) -> Store:
    """Read a store, such as ``load('cell.fit').result``; a fit may be writing to it.

    Nothing in the file is run, and the file is not changed.

    Raises
    ------
    StoreError
        If it is no store, is damaged, has no fit yet, or is of a newer version.
    """
    with _opened(path) as database:
        results = tuple(read_result(database, number) for number in _all_fits(database))
    return Store(path=Path(path), results=results)


def load_problems(path: str | os.PathLike[str]) -> tuple[ProblemRecord, ...]:
    """Return what each fit of a store was asked for, also where results were lost.

    Raises
    ------
    StoreError
        As for `load`.
    """
    with _opened(path) as database:
        return tuple(read_fit(database, number).problem for number in _all_fits(database))


def added_rounds(path: str | os.PathLike[str]) -> dict[int, int]:
    """Return how many rounds users added to the fit begun last, by the round after which.

    Raises
    ------
    StoreError
        As for `load`.
    """
    with _opened(path) as database:
        if database.version == 1:
            return {}
        notes = notes_of(database.connection, ADDED, _all_fits(database)[-1])
    return {number: request_of(note).rounds for number, note in notes.items()}


def result_without_rounds(path: str | os.PathLike[str]) -> FitResult:
    """Return the result of the fit begun last without its history: quick, however long it is.

    Raises
    ------
    StoreError
        As for `load`.
    """
    with _opened(path) as database:
        number = _all_fits(database)[-1]
        with _readable(database.path):
            text, summary = whole_texts_of(database, number)
            problem = problem_of_text(text, get_from(database))
            empty = StoredFit(problem=problem, problem_text=text, rounds=())
            return result_of_text(
                summary, get_from(database), history=empty.history, problem=problem
            )


def has_rounds(path: str | os.PathLike[str]) -> bool:
    """Return whether a file is a store that can be read and has a round."""
    try:
        with _opened(path) as database:
            return next(database.rows("SELECT 1 FROM rounds LIMIT 1"), None) is not None
    except StoreError:
        return False


@contextmanager
def _opened(path: Any) -> Iterator[Database]:
    """Yield a store that is read as it is at this moment."""
    place = path_of(path)
    check_journal(place)
    with closing(connect_to_read(place)) as database:
        say_unchecked(database)
        database.begin_reading()
        yield database


def _all_fits(database: Database) -> range:
    count = number_of_fits(database)
    if not count:
        raise StoreError(f"The store '{database.path}' has no fit yet.")
    return range(count)


def read_fit(database: Database, number: int) -> StoredFit:
    """Return a fit of a store, with all its rounds.

    Raises
    ------
    StoreError
        If any of it is damaged.
    """
    with _readable(database.path):
        return _read_fit(database, number, texts_of(database, number))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say of which store it was that something cannot be read, whatever it is."""
    try:
        yield
    except StoreError as error:
        if str(path) in str(error):
            raise
        raise StoreError(f"The store '{path}' cannot be read: {error}") from error
    except (
        BrianfitError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError,
        TypeError, ValueError,
    ) as error:  # fmt: skip
        said = shorten(f"{type(error).__name__}: {error}", 200)
        raise StoreError(f"The store '{path}' cannot be read: {said}") from error


def path_of(path: Any) -> Path:
    """Return where a store is that is to be read.

    Raises
    ------
    InvalidTypeError
        If `path` is not a path.
    """
    if not isinstance(path, str | os.PathLike) or not str(path) or "\0" in str(path):
        raise InvalidTypeError(f"A store is named by the path of its file, but this is {path!r}.")
    return Path(path)


def read_result(database: Database, number: int) -> FitResult:
    """Return what a fit has found so far.

    Raises
    ------
    StoreError
        If any of it is damaged.
    """
    with _readable(database.path):
        texts = texts_of(database, number)
        stored = _read_fit(database, number, texts)
        _, summary = whole_texts_of(database, number)
        return result_of_text(
            summary, get_from(database), history=stored.history, problem=stored.problem
        )


def _read_fit(database: Database, number: int, texts: FitTexts) -> StoredFit:
    if texts.problem is None:
        raise StoreError(
            f"The problem of fit {number} in the store '{database.path}' is damaged: model, "
            "recordings or parameters are no longer what was fitted."
        )
    problem = problem_of_text(texts.problem, get_from(database))
    n_parameters, n_outputs = len(_free_names(problem)), len(problem.output_names)
    place = f"the store '{database.path}'"
    rounds = [
        round_of(content, n_parameters=n_parameters, n_outputs=n_outputs, place=place)
        for content in checked_contents(database, number, texts.start)
    ]
    return StoredFit(problem=problem, problem_text=texts.problem, rounds=rounds)


def _free_names(problem: ProblemRecord) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in problem.parameters if parameter.low is not None)

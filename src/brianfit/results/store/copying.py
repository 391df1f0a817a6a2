"""Copy fits from one store to another: merge several, or save what is left of a damaged one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidValueError, StoreError
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.store.arrays import array_name, array_of, get_from
from brianfit.results.store.consistency import contradiction
from brianfit.results.store.database import (
    Database,
    clear_errors,
    connect_to_read,
    connect_to_write,
    transaction,
)
from brianfit.results.store.fits import (
    append_rounds,
    insert_fit,
    number_of_fits,
    remove_rounds,
    replace_summary,
    texts_of,
    whole_texts_of,
)
from brianfit.results.store.journal import check_journal
from brianfit.results.store.reading import path_of, read_result
from brianfit.results.store.rows import Content, checked_contents, round_of
from brianfit.results.store.texts import problem_of_text
from brianfit.results.store.whole_copies import readable_copy

_LOST = "{}"
"""Stands for a result until the fit goes on."""

PathLike = str | os.PathLike[str]


@checked
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
    places = [path_of(path) for path in paths]
    with _removed_on_error(target), closing(connect_to_write(target)) as copy:
        for place in places:
            check_journal(place)
            with closing(connect_to_read(place)) as source:
                source.begin_reading()
                for number in range(number_of_fits(source)):
                    _copy_longer(source, copy, number)


@checked
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
    place, target = path_of(damaged), _new_file(new)
    try:
        with (
            _removed_on_error(target),
            readable_copy(place) as readable,
            closing(connect_to_read(readable)) as source,
        ):
            saved = _saved(source, target)
    except (StoreError, OSError) as error:
        raise StoreError(f"Nothing can be saved of the store '{place}': {error}") from error
    return saved


@contextmanager
def _removed_on_error(target: Path) -> Iterator[None]:
    """Leave no file that holds but a part of what it should."""
    try:
        yield
    except BaseException:
        for end in ("", "-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        raise


def _saved(source: Database, target: Path) -> int:
    saved = 0
    problem: StoreError | None = None
    with closing(connect_to_write(target)) as copy:
        for number in range(_readable_number_of_fits(source)):
            try:
                saved += _save_fit(source, copy, number)
            except StoreError as error:
                problem = error
        if problem is not None and not number_of_fits(copy):
            raise problem
    return saved


def _readable_number_of_fits(source: Database) -> int:
    """Return the number of fits up to the first that is missing."""
    count = 0
    for (found,) in source.rows("SELECT number FROM fits ORDER BY number"):
        if found != count:
            break
        count += 1
    return count


def _save_fit(source: Database, copy: Database, number: int) -> int:
    """Copy what can be read of a fit; return the number of rounds."""
    texts = texts_of(source, number)
    if texts.problem is None:
        raise StoreError(f"The problem of fit {number} is damaged.")
    problem = problem_of_text(texts.problem, get_from(source))
    rounds = list(_readable_rounds(source, number, problem, texts.start))
    with _transaction(copy):
        _copy_arrays(source, copy, is_damage_passed_over=True)
        added = _add_fit(copy, (texts.problem, texts.summary or _LOST), rounds)
        if not _has_result(copy, added):
            replace_summary(copy.connection, added, _LOST)
    return len(rounds)


def _has_result(copy: Database, number: int) -> bool:
    """Return whether the result of a fit can be read, and is one of the rounds that are there."""
    try:
        return contradiction(read_result(copy, number)) is None
    except StoreError:
        return False


def _readable_rounds(
    source: Database, number: int, problem: ProblemRecord, start: bytes
) -> Iterator[Content]:
    """Yield the rounds of a fit up to the first that cannot be read."""
    n_parameters = sum(parameter.low is not None for parameter in problem.parameters)
    try:
        for content in checked_contents(source, number, start):
            round_of(content, n_parameters=n_parameters, n_outputs=len(problem.output_names))
            yield content
    except StoreError:
        return


def _new_file(path: PathLike) -> Path:
    place = Path(path)
    if place.exists():
        raise InvalidValueError(f"The file '{place}' exists already; name a new one.")
    return place


def _copy_longer(source: Database, copy: Database, number: int) -> None:
    read_result(source, number)  # nothing that is damaged is copied
    problem, summary = whole_texts_of(source, number)
    rounds = list(checked_contents(source, number, texts_of(source, number).start))
    same = copy.connection.execute(
        "SELECT number FROM fits WHERE problem = ?", (problem,)
    ).fetchone()
    with _transaction(copy):
        _copy_arrays(source, copy)
        if same is None:
            _add_fit(copy, (problem, summary), rounds)
            return
        there = copy.connection.execute("SELECT n_rounds FROM heads WHERE fit = ?", same)
        if len(rounds) > there.fetchone()[0]:
            remove_rounds(copy.connection, same[0])
            append_rounds(copy.connection, same[0], rounds)
            replace_summary(copy.connection, same[0], summary)


def _add_fit(copy: Database, texts: tuple[str, str], rounds: Iterable[Content]) -> int:
    """Add a fit; return its number."""
    added = number_of_fits(copy)
    insert_fit(copy.connection, added, *texts)
    append_rounds(copy.connection, added, rounds)
    return added


@contextmanager
def _transaction(copy: Database) -> Iterator[None]:
    with clear_errors(copy.path, "copy to"), transaction(copy.connection):
        yield


def _copy_arrays(source: Database, copy: Database, *, is_damage_passed_over: bool = False) -> None:
    for name, npy in source.rows("SELECT name, npy FROM arrays"):
        try:
            if array_name(array_of(npy)) != name:
                raise StoreError(f"An array of the store '{source.path}' is damaged.")
        except StoreError:
            if not is_damage_passed_over:
                raise
            continue
        copy.connection.execute("INSERT OR IGNORE INTO arrays VALUES (?, ?)", (name, npy))

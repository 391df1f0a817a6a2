"""Whether a store is whole: pages, digests of rows, the chain of rounds, results against rounds."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import final

from brianfit._foundation.errors import StoreError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.store_file.digests import digest_of
from brianfit._foundation.store_file.holding import is_held
from brianfit.results.store.arrays import array_name, array_of
from brianfit.results.store.consistency import contradiction
from brianfit.results.store.database import Database, connect_to_read
from brianfit.results.store.fits import number_of_fits
from brianfit.results.store.journal import check_journal
from brianfit.results.store.reading import path_of, read_result
from brianfit.results.store.whole_copies import readable_copy


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class StoreCheck:
    """What was found about a store.

    Attributes
    ----------
    version
        Of its layout; None if it cannot be opened.
    n_fits, n_rounds, n_evaluations
        What it holds; of fits that can be read.
    problems
        What is wrong, in sentences; empty for a store that is whole.
    """

    path: Path
    version: int | None
    n_fits: int
    n_rounds: int
    n_evaluations: int
    problems: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        if self.problems:
            return "\n".join([f"{self.path} is damaged:", *(f"  - {one}" for one in self.problems)])
        unchecked = " Its texts have no checksums (version 1)." if self.version == 1 else ""
        return (
            f"{self.path} is whole: {self.n_fits} fits, {self.n_rounds} rounds, "
            f"{self.n_evaluations} evaluations.{unchecked}"
        )


def check_store(path: str | os.PathLike[str]) -> StoreCheck:
    """Check whether a store is whole; the file and its journal are not changed.

    Raises
    ------
    StoreError
        If there is no such file.
    """
    place = path_of(path)
    if not place.exists():
        raise StoreError(f"There is no store '{place}'.")
    try:
        check_journal(place)
        if is_held(place):  # whoever writes clears the journal up, not we
            with closing(connect_to_read(place)) as database:
                return _checked(database)
        with readable_copy(place) as readable, closing(connect_to_read(readable)) as database:
            return _checked(dataclasses.replace(database, path=place))
    except StoreError as error:
        return StoreCheck(
            path=place, version=None, n_fits=0, n_rounds=0, n_evaluations=0, problems=(str(error),)
        )


def _checked(database: Database) -> StoreCheck:
    database.begin_reading()
    problems = [*_wrong_pages(database), *_wrong_rows(database)]
    counts = [0, 0]
    n_fits = 0
    try:
        n_fits = number_of_fits(database)
        strays = database.rows("SELECT fit FROM rounds WHERE fit NOT IN (SELECT number FROM fits)")
        if next(strays, None) is not None:
            problems.append("There are rounds that belong to no fit.")
    except StoreError as error:
        problems.append(str(error))
    for number in range(n_fits):
        try:
            result = read_result(database, number)
        except StoreError as error:
            problems.append(str(error))
            continue
        counts = [counts[0] + result.history.n_rounds, counts[1] + result.history.n_evaluations]
        found = contradiction(result)
        if found is not None:
            problems.append(f"The result of fit {number} contradicts its rounds: {found}.")
    return StoreCheck(
        path=database.path,
        version=database.version,
        n_fits=n_fits,
        n_rounds=counts[0],
        n_evaluations=counts[1],
        problems=tuple(problems),
    )


def _wrong_pages(database: Database) -> Iterator[str]:
    try:
        found = [text for (text,) in database.rows("PRAGMA quick_check(5)")]
    except (StoreError, sqlite3.Error) as error:
        yield str(error)
        return
    yield from (f"SQLite: {text}" for text in found if text != "ok")


def _wrong_rows(database: Database) -> Iterator[str]:
    """Check what no fit may need: all arrays, and what is known about the store."""
    try:
        for name, npy in database.rows("SELECT name, npy FROM arrays"):
            if array_name(array_of(npy)) != name:
                yield "An array is damaged."
        if database.version > 1:
            for key, value, digest in database.rows("SELECT key, value, digest FROM about"):
                if digest_of([key, value]) != digest:
                    yield f"What is known about the store is damaged: {str(key)[:20]!r}."
    except StoreError as error:
        yield str(error)

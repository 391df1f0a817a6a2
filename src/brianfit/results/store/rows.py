"""Rounds as rows of a store, and back."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.store_file.digests import digest_of
from brianfit.results.history import Round
from brianfit.results.store.arrays import array_of, npy
from brianfit.results.store.database import Database

CONTENT = "number, kind, iteration, seconds, samples, trace_errors, part_errors, answers"
"""The columns of a round, but for the number of its fit and the digest."""

_OLD_CONTENT = "number, 'search', iteration, seconds, samples, trace_errors, part_errors, answers"
_KINDS = (int, str, int, float, bytes, bytes | None, bytes | None, bytes | None)
_BLOBS = slice(4, None)

_MARKS = ("is_bound", "is_repeated")
"""The last columns of the samples of a round in which some have these marks."""

Content = tuple[Any, ...]
"""The values of `CONTENT` for a round."""


@final
@dataclass(frozen=True, kw_only=True)
class StoredRound:
    """A round as a store holds it.

    Attributes
    ----------
    answers
        What the round was told besides `round`, in a form of its own; None where that is all.
    """

    round: Round
    answers: bytes | None = None


def content_of(number: int, stored: StoredRound) -> Content:
    """Return the values of `CONTENT` for a round."""
    done = stored.round
    columns = [done.values, done.errors, done.output_errors, done.raw_output_errors]
    samples = npy(np.column_stack([*columns, *_marks_of(done)]))
    trace_errors = None if done.trace_errors is None else npy(done.trace_errors)
    part_errors = None if done.part_errors is None else npy(done.part_errors)
    numbers = (number, done.kind, int(done.iteration), float(done.seconds))
    return (*numbers, samples, trace_errors, part_errors, stored.answers)


def checked_contents(database: Database, fit: int, start: bytes) -> Iterator[Content]:
    """Yield the rounds of a fit in order; each is checked when its turn comes.

    Parameters
    ----------
    start
        The digest with which the chain of the rounds begins.

    Raises
    ------
    StoreError
        At the first one that is damaged or missing, and at the end if the last ones are missing.
    """
    if database.version == 1:
        yield from _old_contents(database, fit)
        return
    before, count = start, 0
    rows = database.rows(
        f"SELECT {CONTENT}, fit, digest FROM rounds WHERE fit = ? ORDER BY number", (fit,)
    )
    for *content, owner, digest in rows:
        _check_number(database, content[0], count)
        if owner != fit or not _has_kinds(content) or digest_of(content, before) != digest:
            raise damaged(count, f"the store '{database.path}'")
        before, count = digest, count + 1
        yield tuple(content)
    head = next(database.rows("SELECT n_rounds, digest FROM heads WHERE fit = ?", (fit,)), None)
    if head != (count, before):
        raise StoreError(
            f"The store '{database.path}' had other rounds than the {count} that are there: it is "
            "damaged. brianfit.recover(damaged, new) saves these."
        )


def _old_contents(database: Database, fit: int) -> Iterator[Content]:
    rows = database.rows(
        f"SELECT {_OLD_CONTENT}, checksum FROM rounds WHERE fit = ? ORDER BY number", (fit,)
    )
    for count, (*content, checksum) in enumerate(rows):
        _check_number(database, content[0], count)
        if not _has_kinds(content) or _old_checksum(content[_BLOBS]) != checksum:
            raise damaged(count, f"the store '{database.path}'")
        yield tuple(content)


def _check_number(database: Database, found: Any, expected: int) -> None:
    if found != expected:
        raise StoreError(
            f"Round {expected} is missing in the store '{database.path}': it is damaged. "
            "brianfit.recover(damaged, new) saves the rounds before it."
        )


def _has_kinds(content: Sequence[Any]) -> bool:
    return all(isinstance(value, kind) for value, kind in zip(content, _KINDS, strict=True))


def _old_checksum(blobs: Sequence[bytes | None]) -> int:
    total = 0
    for blob in blobs:
        total = zlib.crc32(b"" if blob is None else blob, total)
    return total


def round_of(
    content: Sequence[Any], *, n_parameters: int, n_outputs: int, place: str = "a store"
) -> StoredRound:
    """Return the round of a row.

    Parameters
    ----------
    place
        Where the row stands, for messages.

    Raises
    ------
    StoreError
        If its arrays are not those of such a round.
    """
    number, kind, iteration, seconds, samples, trace_errors, part_errors, answers = content
    table = array_of(samples)
    ends = list(accumulate((n_parameters, 1, n_outputs, n_outputs)))
    if table.ndim != 2 or table.shape[1] - ends[3] not in (0, len(_MARKS)):
        raise damaged(number, place)
    n_samples = table.shape[0]
    by_trace = _array_with(trace_errors, (n_samples, n_outputs), 3)
    by_part = _array_with(part_errors, (n_samples,), 2)
    arrays = (table, by_trace, by_part)
    is_plain = all(array is None or array.dtype == np.float64 for array in arrays)
    if not is_plain or not np.isfinite(seconds):
        raise damaged(number, place)
    marks = (
        dict(zip(_MARKS, table[:, ends[3] :].T, strict=True)) if table.shape[1] > ends[3] else {}
    )
    return StoredRound(
        round=Round(
            iteration=iteration,
            values=table[:, : ends[0]],
            errors=table[:, ends[0]],
            output_errors=table[:, ends[1] : ends[2]],
            raw_output_errors=table[:, ends[2] : ends[3]],
            seconds=seconds,
            trace_errors=by_trace,
            part_errors=by_part,
            kind=kind,
            **{name: mark != 0.0 for name, mark in marks.items() if mark.any()},
        ),
        answers=answers,
    )


def _array_with(blob: bytes | None, sizes: tuple[int, ...], n_axes: int) -> np.ndarray | None:
    """Return an array whose first axes have these sizes; None: there is none."""
    if blob is None:
        return None
    array = array_of(blob)
    if array.ndim != n_axes or array.shape[: len(sizes)] != sizes:
        raise StoreError("The arrays of a round do not belong together: the store is damaged.")
    return array


def _marks_of(done: Round) -> list[np.ndarray]:
    """Return the marks of the samples as columns; none if there are no marks."""
    marks = [getattr(done, name) for name in _MARKS]
    if all(mark is None or not mark.any() for mark in marks):
        return []
    return [np.zeros(done.errors.size) if mark is None else mark.astype(float) for mark in marks]


def damaged(number: Any, place: str) -> StoreError:
    """Return the error that says which round is damaged."""
    return StoreError(
        f"Round {number} of {place} is damaged. brianfit.recover(damaged, new) saves the rounds "
        "before it."
    )

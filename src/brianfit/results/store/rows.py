"""Rounds as rows of a store, and back."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit.results.history import Round

COLUMNS = "number, iteration, seconds, samples, trace_errors, part_errors, answers, checksum"
_npy_form: Any = np.lib.format  # its functions have no types

_MARKS = ("is_bound", "is_repeated")
"""The last columns of the samples of a round in which some have these marks."""

PLACES = ", ".join("?" * 8)


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


def row_of(number: int, stored: StoredRound) -> tuple[Any, ...]:
    """Return the values of `COLUMNS` for a round."""
    done = stored.round
    columns = [done.values, done.errors, done.output_errors, done.raw_output_errors]
    samples = npy(np.column_stack([*columns, *_marks_of(done)]))
    trace_errors = None if done.trace_errors is None else npy(done.trace_errors)
    part_errors = None if done.part_errors is None else npy(done.part_errors)
    blobs = (samples, trace_errors, part_errors, stored.answers)
    return (number, done.iteration, done.seconds, *blobs, _checksum(blobs))


def round_of(
    row: Sequence[Any], *, n_parameters: int, n_outputs: int, place: str = "a store"
) -> StoredRound:
    """Return the round of a row.

    Parameters
    ----------
    place
        Where the row stands, for messages.

    Raises
    ------
    StoreError
        If it is damaged.
    """
    number, iteration, seconds, *blobs, checksum = row
    if any(blob is not None and not isinstance(blob, bytes) for blob in blobs) or (
        _checksum(blobs) != checksum
    ):
        raise _damaged(number, place)
    samples, trace_errors, part_errors, answers = blobs
    table = array_of(samples)
    ends = np.cumsum([n_parameters, 1, n_outputs, n_outputs])
    if table.ndim != 2 or table.shape[1] - ends[3] not in (0, len(_MARKS)):
        raise _damaged(number, place)
    marks = (
        dict(zip(_MARKS, table[:, ends[3] :].T, strict=True)) if table.shape[1] > ends[3] else {}
    )
    return StoredRound(
        round=Round(
            iteration=int(iteration),
            values=table[:, : ends[0]],
            errors=table[:, ends[0]],
            output_errors=table[:, ends[1] : ends[2]],
            raw_output_errors=table[:, ends[2] : ends[3]],
            seconds=float(seconds),
            trace_errors=None if trace_errors is None else array_of(trace_errors),
            part_errors=None if part_errors is None else array_of(part_errors),
            **{name: mark != 0.0 for name, mark in marks.items() if mark.any()},
        ),
        answers=answers,
    )


def _marks_of(done: Round) -> list[np.ndarray]:
    """Return the marks of the samples as columns; none if there are no marks."""
    marks = [getattr(done, name) for name in _MARKS]
    if all(mark is None or not mark.any() for mark in marks):
        return []
    return [np.zeros(done.errors.size) if mark is None else mark.astype(float) for mark in marks]


def npy(array: np.ndarray) -> bytes:
    """Return an array in npy form."""
    file = io.BytesIO()
    _npy_form.write_array(file, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def array_of(blob: bytes) -> np.ndarray:
    """Return the array of an npy form; it cannot be written to.

    Raises
    ------
    StoreError
        If it is none, or holds objects.
    """
    try:
        end = 10 + int.from_bytes(blob[8:10], "little")
        dtype, shape = _form(blob[:end])
        return np.frombuffer(blob, dtype, offset=end).reshape(shape)
    except (ValueError, EOFError, SyntaxError, TypeError) as error:
        raise StoreError(f"An array of the store cannot be read: {error}") from error


@lru_cache(maxsize=64)
def _form(header: bytes) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Return type and shape that the header of an npy form tells; most rounds have the same."""
    file = io.BytesIO(header)
    if _npy_form.read_magic(file) != (1, 0):
        raise ValueError("it has another version of the npy form")
    shape, is_fortran, dtype = _npy_form.read_array_header_1_0(file)
    if is_fortran or dtype.kind not in "biuf":
        raise ValueError("it does not hold numbers in rows")
    return dtype, shape


def _checksum(blobs: Sequence[bytes | None]) -> int:
    total = 0
    for blob in blobs:
        total = zlib.crc32(b"" if blob is None else blob, total)
    return total


def _damaged(number: Any, place: str) -> StoreError:
    return StoreError(
        f"Round {number} of {place} is damaged. brianfit.recover(damaged, new) saves the rounds "
        "that can be read."
    )

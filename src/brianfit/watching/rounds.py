"""What a frame needs of every round, read once: counts, lowest error, time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit._foundation.store_file.npy_form import BEGINNING, end_of_header, form_of
from brianfit.watching.opening import CannotLook

_BYTES_AT_ONCE = 8 * 2**20


@final
@dataclass(frozen=True, kw_only=True)
class Shape:
    """The columns of the samples of a fit: parameters, error, errors of outputs twice, marks."""

    n_parameters: int
    n_outputs: int

    @property
    def n_columns(self) -> int:
        """How many there are without marks."""
        return self.n_parameters + 1 + 2 * self.n_outputs


@final
@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Columns by round.

    Attributes
    ----------
    lowest
        The lowest error of each round, inf where no sample could be scored.
    failed, bound, repeated
        Numbers of samples: that could not be scored, were given up on the way, were known already.
    failed_by_output
        In how many samples the error of each output could not be computed.
    """

    sizes: Int[np.ndarray, " n_rounds"]
    lowest: Float[np.ndarray, " n_rounds"]
    seconds: Float[np.ndarray, " n_rounds"]
    is_search: Bool[np.ndarray, " n_rounds"]
    failed: Int[np.ndarray, " n_rounds"]
    bound: Int[np.ndarray, " n_rounds"]
    repeated: Int[np.ndarray, " n_rounds"]
    failed_by_output: Int[np.ndarray, "n_rounds n_outputs"]

    @staticmethod
    def none(n_outputs: int) -> Rounds:
        """Return no rounds."""
        counts = {
            name: np.empty(0, dtype=np.int64) for name in ("sizes", "failed", "bound", "repeated")
        }
        return Rounds(
            lowest=np.empty(0),
            seconds=np.empty(0),
            is_search=np.empty(0, dtype=bool),
            failed_by_output=np.empty((0, n_outputs), dtype=np.int64),
            **counts,
        )

    @staticmethod
    def joined(parts: Sequence[Rounds]) -> Rounds:
        """Return rounds one after the other."""
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Rounds.__dataclass_fields__
        }
        return Rounds(**columns)

    @property
    def n_rounds(self) -> int:
        """How many there are."""
        return int(self.sizes.size)

    @property
    def best(self) -> Float[np.ndarray, " n_rounds"]:
        """The lowest error up to and including each round."""
        return np.asarray(np.minimum.accumulate(self.lowest))


def read_rounds(
    connection: sqlite3.Connection, version: int, fit: int, *, first: int, shape: Shape
) -> Rounds:
    """Return the rounds of a fit from the number `first` on.

    Raises
    ------
    CannotLook
        If one is missing or damaged.
    """
    kind = "kind" if version > 1 else "'search'"
    found = connection.execute(
        f"SELECT number, {kind}, seconds, samples FROM rounds WHERE fit = ? AND number >= ? "
        "ORDER BY number",
        (fit, first),
    )
    parts = [Rounds.none(shape.n_outputs)]
    for rows in _batches(found):
        expected = range(first, first + len(rows))
        if [row[0] for row in rows] != list(expected):
            raise CannotLook(f"round {first} or one after it is missing", is_damage=True)
        parts += _parts(rows, shape)
        first += len(rows)
    return Rounds.joined(parts)


def _batches(found: Iterator[Any]) -> Iterator[list[Any]]:
    rows: list[Any] = []
    size = 0
    for row in found:
        rows.append(row)
        size += len(row[3]) if isinstance(row[3], bytes) else 0
        if size > _BYTES_AT_ONCE:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _parts(rows: Sequence[Any], shape: Shape) -> Iterator[Rounds]:
    """Yield rounds whose arrays have the same form together."""
    for header, group in groupby(rows, key=_header):
        same = list(group)
        yield _same_form(same, header, shape)


def _header(row: Sequence[Any]) -> bytes:
    number, kind, seconds, blob = row
    is_plain = isinstance(kind, str) and isinstance(seconds, float) and np.isfinite(seconds)
    if not (is_plain and isinstance(blob, bytes) and blob.startswith(BEGINNING)):
        raise CannotLook(f"round {number} is damaged", is_damage=True)
    return blob[10 : end_of_header(blob)]


def _same_form(rows: Sequence[Any], header: bytes, shape: Shape) -> Rounds:
    try:
        dtype, sizes = form_of(header)
        n_samples, n_columns = sizes
    except (TypeError, ValueError) as error:
        raise CannotLook(f"round {rows[0][0]} is damaged", is_damage=True) from error
    n_marks = n_columns - shape.n_columns
    start = 10 + len(header)
    expected = start + 8 * n_samples * n_columns
    if dtype != np.float64 or n_marks not in {0, 2} or any(len(r[3]) != expected for r in rows):
        raise CannotLook(f"round {rows[0][0]} or one after it is damaged", is_damage=True)
    joined = b"".join(row[3][start:] for row in rows)
    table = np.frombuffer(joined, dtype).reshape(len(rows), n_samples, n_columns)
    errors = table[:, :, shape.n_parameters]
    by_output = table[:, :, shape.n_parameters + 1 :][:, :, : shape.n_outputs]
    marks = table[:, :, shape.n_columns :] != 0
    counts = np.zeros((2, len(rows)), dtype=np.int64)
    if n_marks:
        counts = np.count_nonzero(marks, axis=1).T
    return Rounds(
        sizes=np.full(len(rows), n_samples, dtype=np.int64),
        lowest=errors.min(axis=1, initial=np.inf),
        seconds=np.array([row[2] for row in rows], dtype=np.float64),
        is_search=np.array([row[1] == "search" for row in rows]),
        failed=np.count_nonzero(~np.isfinite(errors), axis=1),
        bound=counts[0],
        repeated=counts[1],
        failed_by_output=np.count_nonzero(~np.isfinite(by_output), axis=1),
    )

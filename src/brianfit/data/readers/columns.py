"""Columns of numbers to sweeps: what tables of text, data frames and archives have in common.

Headings are read as `_headings` says. A column of times gives the sampling step; a column ``sweep``
(or ``trace``, ``episode``) says to which sweep a row belongs; so do numbers in headings.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.shapes import Float, Int
from brianfit.data.readers._base import FileContent, ReadRequest, without_nan_tail
from brianfit.data.readers._headings import Column, read_heading
from brianfit.data.readers._signals import AbstractSource, Samples, Signal, Sweep
from brianfit.data.readers._times import step_of_times

_SWEEP_NAMES = {"sweep", "trace", "episode"}

Rows = slice | Int[np.ndarray, " n_rows"]
"""Rows that follow each other, or any."""


class AbstractColumns(ABC):
    """Columns that are read when they are needed."""

    @abstractmethod
    def read(self, places: Sequence[int]) -> dict[int, Float[np.ndarray, " _"]]:
        """Return the columns at some places, in new arrays.

        Raises
        ------
        BrianfitError
            If they cannot be read, or hold something that is no number.
        """


@final
@dataclass(frozen=True, kw_only=True)
class _Key:
    """A column, that of its times, and its rows; those have the number of their sweep, if not all.

    `rows` is no part of the identity of a key.
    """

    column: int
    times: int | None
    sweep: float | None = None
    rows: Rows = field(default_factory=lambda: slice(None), compare=False)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Source(AbstractSource):
    path: Path
    headings: tuple[Column, ...]
    columns: AbstractColumns
    request: ReadRequest
    notes: dict[str, None] = field(default_factory=dict)

    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        wanted = [key for key in keys if isinstance(key, _Key)]
        for key in wanted:
            self._check_unit(self.headings[key.column])
        steps = self._steps(wanted)  # first: the times need not be kept beside the values
        uses = Counter((key.column, key.sweep) for key in wanted)
        sweeps = Counter(column for column, _ in uses)
        found = self.columns.read(sorted(sweeps))
        samples = []
        for key, dt in zip(wanted, steps, strict=True):
            whole = found[key.column]
            is_shared = uses[key.column, key.sweep] > 1
            # A part of an array keeps all of it in memory.
            is_small = 2 * whole[key.rows].size * sweeps[key.column] < whole.size
            samples.append(self._samples(key, whole, dt, is_copied=is_shared or is_small))
        return samples

    def _samples(
        self, key: _Key, whole: Float[np.ndarray, " _"], dt: float, *, is_copied: bool
    ) -> Samples:
        column = self.headings[key.column]
        factor = column.unit.factor_of(self.path, column.name)
        values = without_nan_tail(whole[key.rows])
        if is_copied:
            values = values * factor
        elif factor != 1.0:
            values *= factor  # nobody else uses this part of the array
        return Samples(values=values, dt=dt)

    def _steps(self, keys: Sequence[_Key]) -> list[float]:
        """Return the sampling step of every key."""
        if self.request.dt is not None:
            return [self.request.dt] * len(keys)
        if any(key.times is None for key in keys):
            listed = _listed([column.heading for column in self.headings])
            raise InvalidValueError(
                f"{self.path.name} has no column of times (its columns: {listed}). Give the "
                "sampling step, such as dt=0.1*ms (on the command line --dt '0.1 ms')."
            )
        by_sweep = {(key.times, key.sweep): key for key in keys}
        found = self.columns.read(sorted({key.times or 0 for key in by_sweep.values()}))
        steps = {which: self._step(key, found[key.times or 0]) for which, key in by_sweep.items()}
        return [steps[key.times, key.sweep] for key in keys]

    def _step(self, key: _Key, whole: Float[np.ndarray, " _"]) -> float:
        column = self.headings[key.times or 0]
        if column.unit.factor is None:
            raise InvalidValueError(
                f"{self.path.name}: the unit of the times is not known. Name the column "
                f"'time [ms]', or give units={{{column.name!r}: ms}}."
            )
        times = without_nan_tail(whole[key.rows])
        step, note = step_of_times(self.path, column.heading, times * column.unit.factor)
        if note:
            self.notes[note] = None
        return step

    def _check_unit(self, column: Column) -> None:
        if column.unit.factor is None:
            told = f" {column.unit.text!r}" if column.unit.text else ""
            raise InvalidValueError(
                f"{self.path.name}: the unit{told} of the column {column.heading!r} is not known. "
                f"Write it into the heading, '{column.name} [mV]', or give "
                f"units={{{column.name!r}: mV}} (on the command line --unit '{column.name}=mV')."
            )


def sweeps_of_columns(
    path: Path, headings: Sequence[str], columns: AbstractColumns, request: ReadRequest
) -> FileContent:
    """Return the sweeps that a table holds.

    Raises
    ------
    UnreadableFileError
        If the columns make no sweeps.
    """
    read = tuple(_told_apart([read_heading(heading, request.units) for heading in headings]))
    by_row = next((k for k, one in enumerate(read) if _numbers_sweeps(one)), None)
    source = _Source(path=path, headings=read, columns=columns, request=request)
    places = {column: k for k, column in enumerate(read)}
    every: tuple[float | None, Rows] = (None, slice(None))
    numbers = None if by_row is None else columns.read([by_row])[by_row]
    if numbers is None or not _are_whole(numbers):
        groups = [(group, every) for group in _groups_by_number(path, read)]
    else:
        rest = [column for k, column in enumerate(read) if k != by_row]
        groups = [(rest, rows) for rows in _rows_by_number(numbers)]
    if not groups:
        raise UnreadableFileError(f"{path.name} holds no rows of numbers.")
    return FileContent(
        sweeps=tuple(
            Sweep(
                label=f"sweep {k}",
                number=k,
                signals=tuple(_signals(group, rows, source, places)),
            )
            for k, (group, rows) in enumerate(groups)
        ),
        late_warnings=source.notes,
    )


def _are_whole(numbers: Float[np.ndarray, " n"]) -> bool:
    """Return whether values are numbers of sweeps, not those of a signal that is called trace."""
    return not np.any(np.abs(numbers - np.round(numbers)) > 1e-6)  # nan: not a number of a sweep


def _rows_by_number(numbers: Float[np.ndarray, " n"]) -> list[tuple[float, Rows]]:
    """Return the numbers of the sweeps in their order, with the rows of each."""
    is_first = np.ones(numbers.size, dtype=bool)
    is_first[1:] = numbers[1:] != numbers[:-1]
    firsts = np.flatnonzero(is_first)
    ends = np.append(firsts[1:], numbers.size)
    known = np.isfinite(numbers[firsts])
    firsts, ends = firsts[known], ends[known]
    different, places = np.unique(numbers[firsts], return_index=True)
    if different.size == firsts.size:
        blocks = zip(numbers[firsts].tolist(), firsts.tolist(), ends.tolist(), strict=True)
        return [(number, slice(first, end)) for number, first, end in blocks]
    in_order = different[np.argsort(places)].tolist()
    return [(number, np.flatnonzero(numbers == number)) for number in in_order]


def _numbers_sweeps(column: Column) -> bool:
    """Return whether a column may say to which sweep its rows belong: its unit is none, or 1."""
    known = column.unit.dimensions
    is_bare = known is None or known.is_dimensionless
    return column.name.lower() in _SWEEP_NAMES and column.number is None and is_bare


def _told_apart(columns: Sequence[Column]) -> Iterator[Column]:
    """Yield columns with a number each where one heading comes several times."""
    seen: dict[str, int] = {}
    for column in columns:
        count = sum(other.heading == column.heading for other in columns)
        if count == 1:
            yield column
            continue
        seen[column.heading] = seen.get(column.heading, -1) + 1
        yield replace(column, number=seen[column.heading])


def _groups_by_number(path: Path, columns: Sequence[Column]) -> list[list[Column]]:
    """Return the columns of every sweep; what has no number belongs to all of them."""
    families: dict[Any, list[Column]] = {}
    for column in columns:
        families.setdefault((column.name, column.unit.dimensions), []).append(column)
    several = [family for family in families.values() if len(family) > 1]
    single = [family[0] for family in families.values() if len(family) == 1]
    if not several:
        return [list(columns)]
    for family in several:
        numbers = [column.number for column in family]
        if len(set(numbers)) < len(numbers) or None in numbers:
            raise UnreadableFileError(
                f"{path.name}: the columns {_listed([one.heading for one in family])} cannot be "
                "told apart; number them, such as 'v 1 [mV]', 'v 2 [mV]'."
            )
    keys = [sorted(column.number or 0 for column in family) for family in several]
    if any(key != keys[0] for key in keys):
        listed = "; ".join(
            f"{family[0].name}: {', '.join(str(number) for number in key)}"
            for family, key in zip(several, keys, strict=True)
        )
        raise UnreadableFileError(
            f"{path.name}: every signal needs a column for the same sweeps, but the numbers in the "
            f"headings are {listed}."
        )
    return [
        [*single, *(one for family in several for one in family if one.number == number)]
        for number in keys[0]
    ]


def _signals(
    group: Sequence[Column],
    rows: tuple[float | None, Rows],
    source: _Source,
    places: Mapping[Column, int],
) -> Iterator[Signal]:
    number, chosen = rows
    times = next((column for column in group if column.is_time), None)
    names = [column.name for column in group]
    for column in group:
        if column is times or column.is_time:
            continue
        is_one = names.count(column.name) == 1
        key = _Key(
            column=places[column],
            times=None if times is None else places[times],
            sweep=number,
            rows=chosen,
        )
        yield Signal(
            name=column.name if is_one else column.heading,
            source=source,
            key=key,
            dimensions=column.unit.dimensions,
            unit=column.unit.text,
            dt=source.request.dt,
            other_names=(column.title, column.heading),
        )


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(repr(heading) for heading in headings[:8]) + (
        ", ..." if len(headings) > 8 else ""
    )

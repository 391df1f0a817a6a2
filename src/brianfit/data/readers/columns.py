"""Columns of numbers to sweeps: what tables of text, data frames and archives have in common.

A heading is ``name [unit]``, ``name (unit)`` or ``name_unit``. Columns whose names differ in a
number at the end, ``v 1``, ``v 2``, are sweeps of one signal. A column of times gives the sampling
step; a column ``sweep`` (or ``trace``, ``episode``) says to which sweep a row belongs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import BrianfitError, InvalidValueError, UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import SECOND, dimensions_of, same_dimensions
from brianfit.data.readers._base import (
    FileContent,
    ReadRequest,
    Signal,
    Sweep,
    without_nan_tail,
)

_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]*)[\])]\s*$")
# One letter after an underscore is part of a name, as in V_m or g_s; so units have two at least.
_UNDERSCORED = re.compile(r"^(?P<name>.+?)_(?P<unit>[A-Za-zµμ]{2,}|(?<=time_)s|(?<=t_)s)$")
_NUMBERED = re.compile(r"^(?P<name>.*?[^\d\s_.-])[\s_.-]*(?P<number>\d+)$")
_TIME_NAMES = {"t", "time", "times", "zeit"}
_SWEEP_NAMES = {"sweep", "trace", "episode"}
_UNEVEN = 1e-3
"""Sampling steps of one column of times may differ by this fraction; times are often rounded."""


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One heading, read: the bare name, its sweep if it has one, and the unit (None: not told).

    Two columns are the same only if they are the same object.
    """

    heading: str
    name: str
    number: int | None
    unit: Any


@final
@dataclass(frozen=True, kw_only=True)
class _Table:
    path: Path
    columns: Mapping[Column, Float[np.ndarray, " _"]]
    request: ReadRequest


def sweeps_of_columns(
    path: Path, columns: Mapping[str, Float[np.ndarray, " _"]], request: ReadRequest
) -> FileContent:
    """Return the sweeps that a table holds.

    Raises
    ------
    UnreadableFileError
        If the columns make no sweeps.
    InvalidValueError
        If the sampling step or a unit is not known.
    """
    if not columns or all(values.size == 0 for values in columns.values()):
        raise UnreadableFileError(f"{path.name} holds no rows of numbers.")
    read = [read_heading(heading, request.units) for heading in columns]
    by_column = dict(zip(read, columns.values(), strict=True))
    table = _Table(path=path, columns=by_column, request=request)
    by_row = next((c for c in read if c.name.lower() in _SWEEP_NAMES), None)
    groups = _groups_by_row(table, by_row) if by_row else _groups_by_number(table)
    return FileContent(
        sweeps=tuple(_sweep(path, k, groups[k], request) for k in range(len(groups)))
    )


def read_heading(heading: str, units: Mapping[str, Any]) -> Column:
    """Return what a heading says; `units` are those given by the user, by heading or name.

    Raises
    ------
    InvalidValueError
        If brackets hold something that is no unit.
    """
    name, unit = heading.strip(), None
    if match := _BRACKETED.match(name):
        name, unit = match["name"].strip(), unit_from_text(match["unit"])
    elif match := _UNDERSCORED.match(name):
        try:
            unit = unit_from_text(match["unit"])
            name = match["name"]
        except BrianfitError:
            unit = None  # v_target ends in no unit: it is a name
    numbered = _NUMBERED.match(name)
    bare = numbered["name"] if numbered else name
    for key in (heading, name, bare):
        unit = units.get(key, unit)
    return Column(
        heading=heading,
        name=bare,
        number=int(numbered["number"]) if numbered else None,
        unit=unit,
    )


def _groups_by_row(table: _Table, by_row: Column) -> list[dict[Column, np.ndarray]]:
    numbers = table.columns[by_row]
    known = numbers[np.isfinite(numbers)]
    rest = {column: values for column, values in table.columns.items() if column is not by_row}
    return [
        {column: values[numbers == number] for column, values in rest.items()}
        for number in dict.fromkeys(known.tolist())
    ]


def _groups_by_number(table: _Table) -> list[dict[Column, np.ndarray]]:
    """Return the columns of every sweep; what has no number belongs to all of them."""
    families: dict[str, list[Column]] = {}
    for column in table.columns:
        families.setdefault(column.name, []).append(column)
    several = {name: family for name, family in families.items() if len(family) > 1}
    single = [family[0] for family in families.values() if len(family) == 1]
    if not several:
        return [dict(table.columns)]
    counts = {name: len(family) for name, family in several.items()}
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise UnreadableFileError(
            f"{table.path.name}: every signal needs the same number of columns; found: {listed}."
        )
    n_sweeps = next(iter(counts.values()))
    return [
        {
            column: table.columns[column]
            for column in [*single, *(family[k] for family in several.values())]
        }
        for k in range(n_sweeps)
    ]


def _sweep(
    path: Path, number: int, group: Mapping[Column, np.ndarray], request: ReadRequest
) -> Sweep:
    times = next((column for column in group if is_time(column)), None)
    dt = _sampling_step(path, times, group, request)
    signals = []
    for column, values in group.items():
        if column is times:
            continue
        factor, dimensions = _unit_of(path, column)
        signals.append(
            Signal.from_values(
                column.name if column.number is None or len(group) > 1 else column.heading,
                without_nan_tail(values) * factor,
                dimensions=dimensions,
                dt=dt,
            )
        )
    return Sweep(label=f"sweep {number}", number=number, signals=tuple(signals))


def is_time(column: Column) -> bool:
    """Return whether a column holds times: its unit is one of time, or its name says so."""
    if column.unit is None:
        return column.name.lower() in _TIME_NAMES
    return same_dimensions(dimensions_of(column.unit), SECOND)


def _sampling_step(
    path: Path, times: Column | None, group: Mapping[Column, np.ndarray], request: ReadRequest
) -> float:
    if request.dt is not None:
        return request.dt
    if times is None:
        raise InvalidValueError(
            f"{path.name} has no column of times (its columns: "
            f"{_listed([column.heading for column in group])}). Give the sampling step, such as "
            "dt=0.1*ms."
        )
    return step_of_times(path, times, group[times])


def step_of_times(path: Path, column: Column, times: Float[np.ndarray, " _"]) -> float:
    """Return the sampling step of a column of times [s].

    Raises
    ------
    InvalidValueError
        If its unit is not known.
    UnreadableFileError
        If the times do not rise in equal steps.
    """
    if column.unit is None:
        raise InvalidValueError(
            f"{path.name}: the unit of the times is not known. Name the column 'time [ms]', or "
            f"give units={{{column.name!r}: ms}}."
        )
    values = without_nan_tail(times) * float(column.unit)
    steps = np.diff(values)
    if steps.size == 0 or not np.all(np.isfinite(steps)):
        raise UnreadableFileError(
            f"{path.name}: a sweep needs a time in every row, and two rows at least."
        )
    step = float(np.median(steps))
    if not step > 0 or np.any(np.abs(steps - step) > _UNEVEN * step + 1e-6 * abs(values).max()):
        raise UnreadableFileError(
            f"{path.name}: the times must rise in equal steps, but the steps range from "
            f"{steps.min():g} s to {steps.max():g} s."
        )
    return float((values[-1] - values[0]) / (values.size - 1))


def _unit_of(path: Path, column: Column) -> tuple[float, Any]:
    if column.unit is None:
        raise InvalidValueError(
            f"{path.name}: the unit of the column {column.heading!r} is not known. Write it into "
            f"the heading, '{column.name} [mV]', or give units={{{column.name!r}: mV}}."
        )
    try:
        return float(column.unit), dimensions_of(column.unit)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(
            f"The unit of {column.heading!r} must be one such as mV, but is {column.unit!r}."
        ) from error


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(repr(heading) for heading in headings[:8]) + (
        ", ..." if len(headings) > 8 else ""
    )

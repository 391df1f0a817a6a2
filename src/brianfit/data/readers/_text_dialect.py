"""How a table is written as text: encoding, separator, decimal sign, headings, first row.

The rows of numbers are found first, then what stands above them is read as headings, units, and
whatever else a program wrote before its table.
"""

from __future__ import annotations

import csv
import gzip
import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import final

from brianfit._foundation.errors import UnreadableFileError
from brianfit.data.readers._base import channel_unit

SEPARATORS = ("\t", ";", ",", r"\s+")
_SAMPLE = 65536
_DECIMAL_COMMA = re.compile(r"^[+-]?\d*,\d+([eE][+-]?\d+)?$")
_WORDS_OF_NO_NUMBER = {"", "nan", "na", "n/a", "null", "none", "-", "inf", "-inf", "+inf"}
_WORD = re.compile(r"""("[^"]*"|\S+(?:\s+[\[(][^\])]*[\])])?)""")
_HEKA = (b"DAT1\0", b"DAT2\0", b"DATA\0")
_LABCHART = ("Interval=", "ChannelTitle=", "TimeFormat=", "ExcelDateTime=")


@final
@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What must be known to read a table.

    Attributes
    ----------
    first_row
        How many lines of the file come before the first row of numbers.
    n_columns
        Of the rows; there is a heading for every one, empty where it has none.
    bytes_per_row
        On the average.
    warnings
        What was left open.
    """

    separator: str
    decimal: str
    encoding: str
    first_row: int
    n_columns: int
    headings: tuple[str, ...]
    bytes_per_row: float
    warnings: tuple[str, ...] = ()


def dialect_of(path: Path) -> Dialect:
    """Return how a file is written.

    Raises
    ------
    UnreadableFileError
        If it holds no table of numbers.
    """
    text, encoding, n_bytes = _beginning(path)
    lines = re.split(r"\r\n|\n|\r", text)
    if not any(line.strip() for line in lines):
        raise UnreadableFileError(f"{path.name} is empty.")
    table = _Table(path, lines)
    first, separator = table.first_row, table.separator
    rows = [line for line in lines[first:] if _is_row(line)]
    headings, warnings = _headings(path, lines[:first], table)
    has_comma = separator != "," or any('"' in line for line in rows[:20])
    decimal = "." if not has_comma else _decimal(rows, separator)
    return Dialect(
        separator=separator,
        decimal=decimal,
        encoding=encoding,
        first_row=first,
        n_columns=table.n_columns,
        headings=tuple(headings),
        bytes_per_row=n_bytes * sum(map(len, rows)) / max(len(rows) * len(text), 1) + 1,
        warnings=tuple(warnings),
    )


def _beginning(path: Path) -> tuple[str, str, int]:
    """Return the first lines of a file, its encoding, and how many bytes they are."""
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rb") as file:
            start = file.read(_SAMPLE)
    except (OSError, EOFError) as error:
        raise UnreadableFileError(f"{path.name} cannot be unpacked: {error}") from error
    if start.startswith(_HEKA):
        raise UnreadableFileError(
            f"{path.name} is a file of HEKA Patchmaster, which is not read. Export it from "
            "Patchmaster as an Igor file (.ibw, .pxp) or as text, or convert it to NWB."
        )
    encoding = _encoding(path, start)
    text = start.decode(encoding, errors="ignore")
    if len(start) == _SAMPLE:  # the last line may be cut
        text = text[: text.rfind("\n") + 1 or None]
    return text, encoding, len(start)


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = start[0:200:2].count(0), start[1:200:2].count(0)
    if len(start) >= 8 and max(even, odd) > 0.4 * len(start[:200]) and min(even, odd) == 0:
        return "utf-16-le" if odd else "utf-16-be"
    if b"\0" in start:
        raise UnreadableFileError(f"{path.name} is no text, although its name says so.")
    try:
        start[: start.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


@final
class _Table:
    """The rows of numbers among lines: their separator, the number of columns, the first one."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self._lines = lines
        found = [self._counted(separator) for separator in SEPARATORS]
        # What makes more lines to rows of more than one column is right; the order decides ties.
        n_rows, _, self.separator, self.n_columns = max(
            found, key=lambda each: (each[0] if each[3] > 1 else 0, each[0], each[1])
        )
        if n_rows == 0:
            raise UnreadableFileError(f"{path.name} holds no rows of numbers.")
        self.first_row = self._first_row()

    @property
    def ends_with_separators(self) -> bool:
        """Whether the last cell of every row is empty."""
        rows = (cells_of(line, self.separator) for line in self._lines[self.first_row :] if line)
        return not any(cells[-1] for cells in rows if len(cells) == self.n_columns)

    def unit_within(self, column: int, span: str) -> str:
        """Return the unit of a range, such as ``200 mV``, if the values of a column lie in it."""
        size, _, unit = span.partition(" ")
        try:
            largest = float(size.replace(",", "."))
        except ValueError:
            return ""
        for line in self._lines[self.first_row :]:
            cells = cells_of(line, self.separator) if _is_row(line) else []
            is_known = column < len(cells) and _is_number(cells[column])
            if is_known and abs(float(cells[column].replace(",", "."))) > 1.05 * largest:
                return ""
        return unit.strip()

    def _counted(self, separator: str) -> tuple[int, int, str, int]:
        counts: Counter[int] = Counter()
        for line in self._lines:
            if _is_row(line):
                cells = cells_of(line, separator)
                if is_row_of_numbers(cells):
                    counts[len(cells)] += 1
        n_columns, n_rows = counts.most_common(1)[0] if counts else (0, 0)
        return n_rows, -SEPARATORS.index(separator), separator, n_columns

    def _first_row(self) -> int:
        """Return the first row of numbers that is followed by a line with as many cells.

        Some programs write two numbers above their tables.
        """
        lines = [(k, cells_of(line, self.separator)) for k, line in self._rows()]
        for (number, cells), (_, following) in pairwise(lines):
            is_row = len(cells) == self.n_columns and is_row_of_numbers(cells)
            if is_row and len(following) == self.n_columns:
                return number
        return next(k for k, cells in lines if is_row_of_numbers(cells))

    def _rows(self) -> Iterator[tuple[int, str]]:
        return ((k, line) for k, line in enumerate(self._lines) if _is_row(line))


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of a line, without quotes and blanks around them."""
    if separator == r"\s+":
        return [cell.strip('"') for cell in line.split()]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def is_row_of_numbers(cells: Sequence[str]) -> bool:
    """Return whether cells are a row of the table: numbers, and at most as many words beside."""
    n_numbers = sum(_is_number(cell) for cell in cells)
    n_words = sum(cell.lower() not in _WORDS_OF_NO_NUMBER for cell in cells) - n_numbers
    return n_numbers >= 1 if n_words == 0 else n_numbers >= max(2, n_words)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", ".") if _DECIMAL_COMMA.match(cell) else cell)
    except ValueError:
        return False
    return cell.lower().lstrip("+-") not in {"nan", "inf", "infinity"}


def _decimal(rows: Sequence[str], separator: str) -> str:
    cells = (cell for line in rows for cell in cells_of(line, separator))
    return "," if any(_DECIMAL_COMMA.match(cell) for cell in cells) else "."


def _headings(path: Path, above: Sequence[str], table: _Table) -> tuple[list[str], list[str]]:
    """Return a heading for every column, and warnings."""
    written = [line for line in above if line.strip()]
    if any(line.startswith(_LABCHART) for line in written):
        return _of_labchart(written, table)
    units: list[str] | None = None
    for line in reversed(written):
        # The last line that has a cell for every column; a # may stand before it.
        cells = _heading_cells(line, table)
        if cells is None:
            if _is_row(line) and units is None and line is written[-1]:
                _complain_of_count(path, line, table)
            continue
        if units is None and _are_units(cells):
            units = cells
            continue
        named = cells if units is None else _with_units(cells, units)
        return named, _of_unnamed(named)
    if units is not None:
        raise UnreadableFileError(f"{path.name} has units above its columns, but no names.")
    return [_letters(k) for k in range(table.n_columns)], []


def _heading_cells(line: str, table: _Table) -> list[str] | None:
    """Return the headings in a line; None if there is not one for every column."""
    bare = line.strip("\r\n")
    if bare.lstrip().startswith("#"):
        bare = bare.lstrip().lstrip("#").strip()
    options = [cells_of(bare, table.separator)]
    if table.separator == r"\s+":
        options.append([word.strip('"') for word in _WORD.findall(bare)])
        options += [cells_of(bare, other) for other in ("\t", ";", ",")]
    for cells in options:
        while len(cells) > table.n_columns and not cells[-1]:
            cells = cells[:-1]  # noqa: PLW2901 - a separator at the end of the line
        if len(cells) == table.n_columns - 1 and table.ends_with_separators:
            cells = [*cells, ""]  # noqa: PLW2901 - one at the end of every row but not here
        if len(cells) == table.n_columns and not is_row_of_numbers(cells) and any(cells):
            return cells
    return None


def _complain_of_count(path: Path, line: str, table: _Table) -> None:
    cells = cells_of(line, table.separator)
    if len(cells) > 1 or table.n_columns == 1:
        raise UnreadableFileError(
            f"{path.name} is no regular table of numbers: its rows have {table.n_columns} columns, "
            f"but there are {len(cells)} headings ({', '.join(map(repr, cells[:6]))}). Which "
            "column has none? Write one heading for each."
        )


def _are_units(cells: Sequence[str]) -> bool:
    known = [channel_unit(cell.strip("[]()")).dimensions is not None for cell in cells if cell]
    return len(known) > 0 and all(known)


def _with_units(names: Sequence[str], units: Sequence[str]) -> list[str]:
    return [
        f"{name} [{unit.strip('[]()')}]" if name and unit else name
        for name, unit in zip(names, units, strict=True)
    ]


def _of_unnamed(headings: Sequence[str]) -> list[str]:
    if all(headings) or not any(headings):
        return []
    numbers = ", ".join(str(k + 1) for k, heading in enumerate(headings) if not heading)
    return (
        []
        if numbers in {"1", str(len(headings))}
        else [f"the columns {numbers} have no heading, and were left out."]
    )


def _of_labchart(written: Sequence[str], table: _Table) -> tuple[list[str], list[str]]:
    """Return the headings of LabChart: times in seconds, titles, units of their own or of ranges.

    A unit of the range is taken only if the values that were seen lie within it.
    """
    entries = {line.partition("=")[0]: line.partition("=")[2].split("\t") for line in written}
    titles = [cell.strip() for cell in entries.get("ChannelTitle", [])][1:]
    units = [cell.strip() for cell in entries.get("UnitName", [])][1:]
    ranges = [cell.strip() for cell in entries.get("Range", [])][1:]
    headings = ["time [s]"]
    for k in range(table.n_columns - 1):
        title = titles[k] if k < len(titles) and titles[k] else f"channel {_letters(k)}"
        unit = (
            units[k]
            if k < len(units)
            else table.unit_within(k + 1, ranges[k] if k < len(ranges) else "")
        )
        headings.append(f"{title} [{unit}]" if unit else title)
    return headings, []


def _letters(number: int) -> str:
    letters = string.ascii_lowercase
    before = _letters(number // 26 - 1) if number >= 26 else ""
    return before + letters[number % 26]

"""Tables of text: columns of numbers, separated by commas, tabs, semicolons or blanks."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.errors import UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit.data.readers._base import AbstractReader, FileContent, ReadRequest, check_memory
from brianfit.data.readers.columns import sweeps_of_columns

if TYPE_CHECKING:
    import pandas as pd

_BYTES_PER_NUMBER = 4
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*$")


@final
class TextReader(AbstractReader):
    """Reads tables of text; lines that begin with # are comments.

    Without a line of headings, columns are called a, b, c, ... as in a spreadsheet.
    """

    @property
    def name(self) -> str:
        return "a table of text"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".csv", ".tsv", ".txt", ".dat")

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        check_memory(path, path.stat().st_size // _BYTES_PER_NUMBER, request)
        return sweeps_of_columns(path, _columns(path), request)


@final
@dataclass(frozen=True, kw_only=True)
class _Dialect:
    separator: str
    decimal: str
    encoding: str
    has_headings: bool


def _columns(path: Path) -> dict[str, Float[np.ndarray, " _"]]:
    import pandas as pd

    dialect = _dialect(path)
    try:
        table = pd.read_csv(
            path,
            sep=dialect.separator,
            decimal=dialect.decimal,
            encoding=dialect.encoding,
            header=0 if dialect.has_headings else None,
            comment="#",
            skipinitialspace=True,
            index_col=False,
        )
    except (ValueError, OSError) as error:  # pandas' parser errors are ValueErrors
        raise UnreadableFileError(f"{path.name} is no regular table of numbers: {error}") from error
    if not dialect.has_headings:
        table.columns = pd.Index([_letters(k) for k in range(table.shape[1])])
    return {str(heading): _numbers(path, table, heading) for heading in table.columns}


def _dialect(path: Path) -> _Dialect:
    with path.open("rb") as file:
        start = file.read(65536)
    if b"\0" in start:
        raise UnreadableFileError(f"{path.name} is no text, although its name says so.")
    encoding = "utf-8-sig"
    try:
        text = start[: start.rfind(b"\n") + 1 or None].decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = start.decode(encoding)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise UnreadableFileError(f"{path.name} is empty.")
    separator = next((sign for sign in "\t;," if sign in lines[0]), r"\s+")
    has_headings = not all(_is_number(cell) for cell in re.split(separator, lines[0].strip()))
    rows = lines[1:] if has_headings else lines
    cells = re.split(separator, rows[0].strip()) if rows else []
    has_comma = separator != "," and any(_DECIMAL_COMMA.match(cell) for cell in cells)
    return _Dialect(
        separator=separator,
        decimal="," if has_comma else ".",
        encoding=encoding,
        has_headings=has_headings,
    )


def _numbers(path: Path, table: pd.DataFrame, heading: Any) -> Float[np.ndarray, " n_rows"]:
    import pandas as pd

    column = table[heading]
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = np.flatnonzero((numbers.isna() & column.notna()).to_numpy())
    if wrong.size:
        raise UnreadableFileError(
            f"{path.name}: {column.iloc[wrong[0]]!r} in row {wrong[0] + 1} of the column "
            f"{heading!r} is no number."
        )
    return np.asarray(numbers.to_numpy(dtype=np.float64))


def _is_number(cell: str) -> bool:
    try:
        float(cell.strip().replace(",", "."))
    except ValueError:
        return not cell.strip()
    return True


def _letters(number: int) -> str:
    letters = string.ascii_lowercase
    before = _letters(number // 26 - 1) if number >= 26 else ""
    return before + letters[number % 26]

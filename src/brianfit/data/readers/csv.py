"""Tables of text: columns of numbers, separated by commas, tabs, semicolons or blanks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.errors import UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit.data.readers._base import AbstractReader, FileContent, ReadRequest, check_memory
from brianfit.data.readers._text_dialect import Dialect, dialect_of
from brianfit.data.readers.columns import AbstractColumns, sweeps_of_columns

if TYPE_CHECKING:
    import pandas as pd

_ROWS_AT_ONCE = 50_000
_LONGEST_NUMBER = 32  # characters; a file has one number for every so many of its bytes at least


@final
class TextReader(AbstractReader):
    """Reads tables of text, those of Clampfit and LabChart too, packed (``.gz``) or not.

    Lines that begin with # are comments; the last one before the rows may hold the headings.
    Without headings, columns are called a, b, c, ... as in a spreadsheet.
    """

    @property
    def name(self) -> str:
        return "a table of text"

    @property
    def suffixes(self) -> tuple[str, ...]:
        plain = (".csv", ".tsv", ".txt", ".dat", ".atf")
        return (*plain, *(f"{suffix}.gz" for suffix in plain))

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        check_memory(path, path.stat().st_size // _LONGEST_NUMBER, request)
        dialect = dialect_of(path)
        used = [k for k, heading in enumerate(dialect.headings) if heading]
        columns = _Columns(path=path, dialect=dialect, request=request, used=tuple(used))
        content = sweeps_of_columns(path, [dialect.headings[k] for k in used], columns, request)
        return FileContent(
            sweeps=content.sweeps,
            warnings=dialect.warnings,
            late_warnings=content.late_warnings,
        )


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Columns(AbstractColumns):
    """The columns of a file that have a heading; `used` are their places among all."""

    path: Path
    dialect: Dialect
    request: ReadRequest
    used: tuple[int, ...]

    def read(self, places: Sequence[int]) -> dict[int, Float[np.ndarray, " _"]]:
        n_rows = int(self._n_bytes() / self.dialect.bytes_per_row) + 1
        check_memory(self.path, n_rows * len(places), self.request)
        found = {place: _Growing(n_rows) for place in places}
        try:
            for first, chunk in self._chunks():
                for place in places:
                    found[place].add(self._numbers(chunk[self.used[place]], first, place))
        except (ValueError, OSError, EOFError, Warning) as error:
            if isinstance(error, UnreadableFileError):
                raise
            raise UnreadableFileError(
                f"{self.path.name} is no regular table of numbers: {error}"
            ) from error
        return {place: column.whole() for place, column in found.items()}

    def _n_bytes(self) -> int:
        size = self.path.stat().st_size
        return 8 * size if self.path.suffix.lower() == ".gz" else size  # what is packed is unknown

    def _chunks(self) -> Iterator[tuple[int, pd.DataFrame]]:
        import pandas as pd

        dialect = self.dialect
        options: dict[str, Any] = {
            "sep": dialect.separator, "decimal": dialect.decimal, "encoding": dialect.encoding,
            "skiprows": dialect.first_row, "header": None, "names": range(dialect.n_columns),
            "comment": "#", "skipinitialspace": True, "index_col": False,
            "chunksize": _ROWS_AT_ONCE, "na_values": ["-"],
        }  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a column would be dropped
            first = 0
            with pd.read_csv(self.path, **options) as chunks:
                for chunk in chunks:
                    yield first, chunk
                    first += len(chunk)

    def _numbers(self, column: pd.Series[Any], first: int, place: int) -> Float[np.ndarray, " _"]:
        import pandas as pd

        if column.dtype.kind in "biuf":
            return np.asarray(column.to_numpy(), dtype=np.float64)
        numbers = pd.to_numeric(column, errors="coerce")
        wrong = np.flatnonzero((numbers.isna() & column.notna()).to_numpy())
        if wrong.size:
            heading = self.dialect.headings[self.used[place]]
            raise UnreadableFileError(
                f"{self.path.name}: {column.iloc[wrong[0]]!r} in row {first + wrong[0] + 1} of the "
                f"column {heading!r} is no number."
            )
        return np.asarray(numbers.to_numpy(dtype=np.float64))


@final
class _Growing:
    """A column that is filled piece by piece; its length is foreseen, but not known."""

    def __init__(self, foreseen: int) -> None:
        self._values = np.empty(foreseen)
        self._size = 0

    def add(self, piece: Float[np.ndarray, " _"]) -> None:
        end = self._size + piece.size
        if end > self._values.size:
            self._values.resize(max(end, int(1.1 * self._values.size)), refcheck=False)
        self._values[self._size : end] = piece
        self._size = end

    def whole(self) -> Float[np.ndarray, " _"]:
        self._values.resize(self._size, refcheck=False)
        return self._values

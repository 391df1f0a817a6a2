"""Data frames of pandas, with the same headings as tables of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit.data.readers._base import FileContent, ReadRequest
from brianfit.data.readers.columns import AbstractColumns, sweeps_of_columns

if TYPE_CHECKING:
    import pandas as pd

_AS_FILE = Path("the data frame")


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Columns(AbstractColumns):
    table: pd.DataFrame

    def read(self, places: Sequence[int]) -> dict[int, Float[np.ndarray, " _"]]:
        found = {}
        for place in places:
            try:
                found[place] = np.array(self.table.iloc[:, place].to_numpy(), dtype=np.float64)
            except (TypeError, ValueError) as error:
                heading = self.table.columns[place]
                message = f"The column {heading!r} does not hold numbers."
                raise InvalidTypeError(message) from error
        return found


def read_data_frame(table: pd.DataFrame, request: ReadRequest) -> FileContent:
    """Return the sweeps of a data frame; see `columns` for its headings.

    Raises
    ------
    UnreadableFileError
        If the columns make no sweeps.
    """
    if table.shape[0] == 0 or table.shape[1] == 0:
        raise UnreadableFileError("The data frame holds no rows of numbers.")
    headings = [str(heading) for heading in table.columns]
    return sweeps_of_columns(_AS_FILE, headings, _Columns(table=table), request)

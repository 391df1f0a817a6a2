"""Data frames of pandas, with the same headings as tables of text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit.data.readers._base import FileContent, ReadRequest
from brianfit.data.readers.columns import sweeps_of_columns

if TYPE_CHECKING:
    import pandas as pd

_AS_FILE = Path("the data frame")


def read_data_frame(table: pd.DataFrame, request: ReadRequest) -> FileContent:
    """Return the sweeps of a data frame; see `columns` for its headings.

    Raises
    ------
    InvalidTypeError
        If a column does not hold numbers.
    UnreadableFileError
        If the columns make no sweeps.
    """
    columns = {}
    for heading in table.columns:
        try:
            columns[str(heading)] = np.asarray(table[heading].to_numpy(), dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InvalidTypeError(f"The column {heading!r} does not hold numbers.") from error
    return sweeps_of_columns(_AS_FILE, columns, request)

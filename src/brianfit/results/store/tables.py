"""The evaluations of several fits as one table, and tables in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.strangers.escaping import in_csv
from brianfit.results.fit_result import FitResult
from brianfit.results.tables import results_table

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".csv.gz", ".parquet")


def evaluations_table(results: Sequence[FitResult], *, by_trace: bool) -> pd.DataFrame:
    """Return every evaluation, one a row.

    The columns ``fit``, ``seed``, ``round`` and ``sample`` say which one it is; the others are
    those of `results_table` and, by trace, ``error_<output>_trace_<number>``, normalised.
    """
    import pandas as pd

    tables = [_table(number, result, by_trace) for number, result in enumerate(results)]
    return pd.concat(tables, ignore_index=True)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table; the name of the file says in which form.

    Raises
    ------
    InvalidValueError
        If it does not.
    """
    if path.name.endswith((".csv", ".csv.gz")):
        table.rename(columns=in_csv).to_csv(path, index=False)
    elif path.suffix == ".parquet":
        import_optional("pyarrow", extra="parquet", purpose="Writing Parquet files")
        table.to_parquet(path, index=False)
    else:
        raise InvalidValueError(
            f"The name of the file must end in one of {', '.join(SUFFIXES)}, but is '{path.name}'."
        )


def _table(number: int, result: FitResult, by_trace: bool) -> pd.DataFrame:
    history = result.history
    table: pd.DataFrame = results_table(history, result.dimensions, "dataframe", use_units=False)
    rounds = history.round_of
    firsts = np.flatnonzero(np.diff(rounds, prepend=-1))
    table.insert(0, "fit", number)
    table.insert(1, "seed", result.seed)
    table.insert(2, "round", rounds)
    table.insert(3, "sample", np.arange(rounds.size) - firsts[rounds] if rounds.size else rounds)
    if by_trace:
        for name, column in _trace_columns(result).items():
            table[name] = column
    return table


def _trace_columns(result: FitResult) -> dict[str, np.ndarray]:
    history = result.history
    known = [done.trace_errors for done in history.rounds if done.trace_errors is not None]
    if not known or len(known) < history.n_rounds:
        return {}
    errors = np.concatenate(known)
    return {
        f"error_{output}_trace_{trace}": errors[:, k, trace]
        for k, output in enumerate(history.output_names)
        for trace in range(errors.shape[2])
    }

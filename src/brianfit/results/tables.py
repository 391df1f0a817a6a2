"""The history as a list, a dictionary or a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.units import Dimension, from_si
from brianfit.results.history import History

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("list", "dict", "dataframe")


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Dimensions:
    """Physical dimensions of everything in a history.

    Attributes
    ----------
    parameters
        By name, free parameters.
    error
        Of the error that is minimised.
    output_errors, raw_output_errors
        By output, with and without normalization.
    """

    parameters: Mapping[str, Dimension]
    error: Dimension
    output_errors: Mapping[str, Dimension]
    raw_output_errors: Mapping[str, Dimension]


def results_table(history: History, dimensions: Dimensions, format: str, *, use_units: bool) -> Any:
    """Return every sample and its errors.

    Parameters
    ----------
    format
        'list': a dictionary for every sample, with its parameters, ``'error'`` and, with several
        outputs, ``'objective_errors'`` and ``'objective_errors_normalized'`` by output. 'dict': the
        same keys with arrays. 'dataframe': a table of plain numbers, whose columns are the
        parameters, ``error`` and, with several outputs, ``error_<output>`` and
        ``normalized_error_<output>``. Where samples were given up on the way there is one more key
        or column, ``is_bound``, which says of which the error is but a lower bound.
    use_units
        Whether values carry their unit; never in a table.
    """
    check_choice("format", format, FORMATS)
    if format == "dataframe":
        return _as_dataframe(history)
    table = _as_dict(history, dimensions if use_units else None)
    return table if format == "dict" else _as_list(table, history.n_evaluations)


def _as_dict(history: History, dimensions: Dimensions | None) -> dict[str, Any]:
    def with_unit(values: np.ndarray, dimension: Dimension | None) -> Any:
        return values if dimension is None else from_si(values, dimension)

    values = history.values
    table: dict[str, Any] = {
        name: with_unit(values[:, k], dimensions and dimensions.parameters[name])
        for k, name in enumerate(history.parameter_names)
    }
    table["error"] = with_unit(history.errors, dimensions and dimensions.error)
    if len(history.output_names) > 1:
        raw, normalised = history.raw_output_errors, history.output_errors
        table["objective_errors"] = {
            name: with_unit(raw[:, k], dimensions and dimensions.raw_output_errors[name])
            for k, name in enumerate(history.output_names)
        }
        table["objective_errors_normalized"] = {
            name: with_unit(normalised[:, k], dimensions and dimensions.output_errors[name])
            for k, name in enumerate(history.output_names)
        }
    if history.is_bound.any():
        table["is_bound"] = history.is_bound
    return table


def _as_list(table: Mapping[str, Any], n_evaluations: int) -> list[dict[str, Any]]:
    def row(entry: Any, k: int) -> Any:
        if isinstance(entry, Mapping):
            return {name: values[k] for name, values in entry.items()}
        return entry[k]

    return [{name: row(entry, k) for name, entry in table.items()} for k in range(n_evaluations)]


def _as_dataframe(history: History) -> pd.DataFrame:
    import pandas as pd

    table = _as_dict(history, None)
    raw = table.pop("objective_errors", {})
    normalised = table.pop("objective_errors_normalized", {})
    table.update({f"error_{name}": values for name, values in raw.items()})
    table.update({f"normalized_error_{name}": values for name, values in normalised.items()})
    return pd.DataFrame(table)

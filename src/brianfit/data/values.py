"""Values that were masked, and whether values are equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from brianfit._foundation.errors import InvalidValueError


def without_mask(values: Any) -> Any:
    """Return values with nan in the place of what is masked; other arrays as they are."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    return np.where(values.mask, np.nan, np.asarray(values.data, dtype=np.float64))


def check_not_masked(name: str, values: Any) -> None:
    """Check that an input has no masked values.

    Raises
    ------
    InvalidValueError
        If it has.
    """
    rows = values if isinstance(values, list | tuple) else [values]
    if any(np.ma.is_masked(row) for row in rows):
        raise InvalidValueError(
            f"The input `{name}` has masked values. An input must be known at all times; only "
            "outputs may have gaps."
        )

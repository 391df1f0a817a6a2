"""Numbers that code of a user returned: taken as they are meant, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float


def real_numbers(values: Any, whose: str) -> Float[np.ndarray, "*shape"]:
    """Return numbers as float64.

    Converting drops the imaginary part of complex numbers and the mask of masked values, and takes
    what overflowed in small types for numbers; so all of these are refused.

    Parameters
    ----------
    whose
        Begins the message: "The errors of the metric Own".

    Raises
    ------
    InvalidTypeError
        If they are not real numbers of at least 32 bits.
    """
    array = np.asanyarray(values)
    if isinstance(array, np.ma.MaskedArray) and np.any(array.mask):
        raise InvalidTypeError(f"{whose} are masked; return nan for what cannot be told.")
    is_wide = array.dtype.itemsize >= (4 if array.dtype.kind == "f" else 8)
    if array.size and not (array.dtype.kind in "fiu" and is_wide):
        raise InvalidTypeError(
            f"{whose} must be real numbers, an array of float64, but are of the type {array.dtype}."
        )
    return np.asarray(array, dtype=np.float64)

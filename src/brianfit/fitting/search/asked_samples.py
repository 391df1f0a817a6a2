"""Samples as optimizers return them, as one array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float


def as_array(asked: Any, names: Sequence[str]) -> Float[np.ndarray, "n_samples n_parameters"]:
    """Return samples given as an array, a list of sequences or a list of dictionaries.

    Raises
    ------
    InvalidValueError
        If they are none of these, or not finite, or no samples at all.
    """
    try:
        array = np.array(_rows(asked, names), dtype=np.float64)
    except (TypeError, ValueError, LookupError) as error:
        raise InvalidValueError(
            f"The optimizer must return samples of the parameters {list(names)}: an array of shape "
            f"(n_samples, {len(names)}), or a list of dictionaries. What it returned cannot be "
            f"read as such: {type(error).__name__}: {error}"
        ) from error
    if array.ndim != 2 or array.shape[1] != len(names) or len(array) == 0:
        raise InvalidValueError(
            f"The optimizer must return samples of {len(names)} parameters, an array of shape "
            f"(n_samples, {len(names)}), but returned one of shape {array.shape}."
        )
    if not np.all(np.isfinite(array)):
        raise InvalidValueError("The optimizer returned samples that are not finite numbers.")
    return array


def _rows(asked: Any, names: Sequence[str]) -> Any:
    if len(asked) == 0 or not isinstance(asked[0], Mapping):
        return asked
    missing = [name for name in names if name not in asked[0]]
    if missing:
        raise KeyError(f"there is no {', '.join(missing)}")
    return [[float(sample[name]) for name in names] for sample in asked]

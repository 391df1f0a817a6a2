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
        If they are none of these, or not finite.
    """
    if len(asked) > 0 and isinstance(asked[0], Mapping):
        missing = [name for name in names if name not in asked[0]]
        if missing:
            raise InvalidValueError(f"The optimizer returned samples without {missing}.")
        rows = [[float(sample[name]) for name in names] for sample in asked]
    else:
        rows = asked
    array = np.array(rows, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != len(names):
        raise InvalidValueError(
            f"The optimizer must return samples of {len(names)} parameters, an array of shape "
            f"(n_samples, {len(names)}), but returned one of shape {array.shape}."
        )
    if not np.all(np.isfinite(array)):
        raise InvalidValueError("The optimizer returned samples that are not finite numbers.")
    return array

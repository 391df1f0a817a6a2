"""The one rule for samples that cannot be scored.

A sample whose simulation or error is nan, or overflows, has the error ``inf``: it is worse than
every sample that can be scored, it is counted, and it never ends a fit. No nan leaves the
objective.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.real_numbers import real_numbers
from brianfit._foundation.shapes import Float


def without_nan(errors: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return errors with inf in the place of nan and of minus infinity."""
    return np.where(np.isfinite(errors), errors, np.inf)


def checked_errors(errors: Any, *, n_samples: int, metric: object) -> Float[np.ndarray, " n"]:
    """Return what a metric returned as an array with one error per sample.

    Raises
    ------
    BrianfitError
        If it is not that; the metric is named.
    """
    array = real_numbers(errors, f"The errors of the metric {type(metric).__name__}")
    if array.shape != (n_samples,):
        raise InvalidValueError(
            f"The metric {type(metric).__name__} must return one error for each of the {n_samples} "
            f"samples, an array of shape ({n_samples},), but returned one of shape {array.shape}."
        )
    return without_nan(array)

"""Samples as positions between the bounds, so that parameters of any unit share one axis."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float, Int
from brianfit.model import uses_log_scale
from brianfit.results import FitResult


def is_logarithmic(result: FitResult, name: str) -> bool:
    """Return whether a free parameter was searched on a logarithmic scale."""
    if result.problem is not None:
        for parameter in result.problem.parameters:
            if parameter.name == name and parameter.scale is not None:
                return parameter.scale == "log"
    return uses_log_scale("auto", *result.bounds[name])


def positions(
    result: FitResult, values: Float[np.ndarray, "n n_parameters"]
) -> Float[np.ndarray, "n n_parameters"]:
    """Return where values of the free parameters lie: 0 at the lower bound, 1 at the upper."""
    columns = [
        _position(column, *result.bounds[name], is_log=is_logarithmic(result, name))
        for column, name in zip(values.T, result.history.parameter_names, strict=True)
    ]
    return np.array(columns).T.reshape(values.shape)


def best_evaluations(result: FitResult, share: float) -> Int[np.ndarray, " n"]:
    """Return the numbers of the best evaluations, the best first.

    Parameters
    ----------
    share
        Which part of all scored evaluations, more than 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InvalidValueError(f"`share` must be more than 0 and at most 1, but is {share}.")
    errors = result.history.errors
    n_scored = int(np.count_nonzero(np.isfinite(errors)))
    return np.argsort(errors, kind="stable")[: int(np.ceil(share * n_scored))]


def _position(values: np.ndarray, low: float, high: float, *, is_log: bool) -> np.ndarray:
    if is_log:
        return np.asarray(np.log(values / low) / np.log(high / low))
    return np.asarray((values - low) / (high - low))

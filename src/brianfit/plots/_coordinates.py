"""Samples as positions between the bounds, so that parameters of any unit share one axis."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float, Int
from brianfit.model import uses_log_scale
from brianfit.results import FitResult

_ALWAYS_GOOD = 20


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


def good_evaluations(result: FitResult, tolerance: float) -> Int[np.ndarray, " n"]:
    """Return the numbers of the evaluations that are nearly as good as the best, the best first.

    Parameters
    ----------
    tolerance
        By which part of it an error may exceed the lowest one. The best twenty evaluations count
        in any case, so that a fit without noise has some, too.
    """
    if not tolerance > 0:
        raise InvalidValueError(f"`tolerance` must be positive, but is {tolerance}.")
    errors = np.where(result.history.is_bound, np.inf, result.history.errors)
    order = np.argsort(errors, kind="stable")
    sorted_errors = errors[order]
    n_scored = int(np.count_nonzero(np.isfinite(sorted_errors)))
    if n_scored == 0:
        return order[:0]
    highest = sorted_errors[0] + tolerance * abs(sorted_errors[0])
    n_good = int(np.count_nonzero(sorted_errors[:n_scored] <= highest))
    return order[: max(n_good, min(_ALWAYS_GOOD, n_scored))]


def _position(values: np.ndarray, low: float, high: float, *, is_log: bool) -> np.ndarray:
    if is_log:
        return np.asarray(np.log(values / low) / np.log(high / low))
    return np.asarray((values - low) / (high - low))

"""Errors of several models on the same parts of a recording: differences, and which to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from brianfit._foundation.shapes import Float


def standard_error(values: Float[np.ndarray, " n_parts"]) -> float:
    """Return the standard error of a mean, such that twice as much covers it in 95 %.

    A deviation that is estimated from few parts is itself uncertain; Student's distribution says
    by how much, so that with five parts the standard error is 1.4 times the usual one. It is nan
    if there are fewer than two parts, or one is not finite.
    """
    from scipy.stats import norm, t

    n = values.size
    if n < 2 or not np.isfinite(values).all():
        return float("nan")
    widening = t.ppf(0.975, n - 1) / norm.ppf(0.975)
    return float(widening * np.std(values, ddof=1) / np.sqrt(n))


def differences_to_best(
    errors: Mapping[str, Float[np.ndarray, " n_parts"]],
) -> dict[str, tuple[float, float]]:
    """Return, for every model, how much larger its mean error is, and the paired standard error.

    Parts that are difficult are so for every model; their differences are compared, not the errors.
    """
    reference = best_of(errors)
    found = {}
    for name, own in errors.items():
        if name == reference:
            found[name] = (0.0, 0.0)
        elif np.isfinite(own).all() and np.isfinite(errors[reference]).all():
            difference = own - errors[reference]
            found[name] = (float(difference.mean()), standard_error(difference))
        else:
            found[name] = (float("inf"), float("nan"))
    return found


def best_of(errors: Mapping[str, Float[np.ndarray, " n_parts"]]) -> str:
    """Return the model with the lowest mean error; the first one of equals."""
    means = {name: _mean(own) for name, own in errors.items()}
    return min(means, key=lambda name: means[name])


def tied_with_best(errors: Mapping[str, Float[np.ndarray, " n_parts"]]) -> tuple[str, ...]:
    """Return the models whose difference to the best is no more than its standard error."""
    return tuple(
        name
        for name, (difference, error) in differences_to_best(errors).items()
        if difference == 0.0 or difference <= error
    )


def simplest_of(
    tied: Sequence[str],
    n_parameters: Mapping[str, int],
    errors: Mapping[str, Float[np.ndarray, " n_parts"]],
) -> str:
    """Return the model with the fewest parameters, of those the one with the lowest error."""
    return min(tied, key=lambda name: (n_parameters[name], _mean(errors[name])))


def share_won(errors: Mapping[str, Float[np.ndarray, " n_parts"]]) -> dict[str, float]:
    """Return on which share of the parts each model has the lowest error; equals share a part."""
    table = np.array([np.where(np.isfinite(own), own, np.inf) for own in errors.values()])
    is_lowest = (table == table.min(axis=0)) & np.isfinite(table)
    shares = is_lowest / np.maximum(is_lowest.sum(axis=0), 1)
    return dict(zip(errors, shares.mean(axis=1).tolist(), strict=True))


def _mean(own: Float[np.ndarray, " n_parts"]) -> float:
    return float(own.mean()) if np.isfinite(own).all() else float("inf")

"""How well a least-squares fit determines its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.polish.parameter_directions import combination_name, relative_directions
from brianfit.model import ParameterSpace

INDISTINCT = 1e-12
"""Ratio of the smallest to the largest eigenvalue below which a direction is not determined."""

LEVEL = 0.05
"""Correlations between residuals are added up until they fall below this."""


@final
@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """Standard errors and correlations of parameters, or why there are none.

    Attributes
    ----------
    covariance
        Of the free parameters [SI]; None if it cannot be had.
    reason
        Why not; empty otherwise.
    """

    names: tuple[str, ...]
    covariance: Float[np.ndarray, "n_parameters n_parameters"] | None
    reason: str = ""

    def standard_errors(self) -> dict[str, float] | None:
        """Return the standard error of every parameter [SI]."""
        if self.covariance is None:
            return None
        return dict(zip(self.names, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    def correlations(self) -> Float[np.ndarray, "n_parameters n_parameters"] | None:
        """Return the correlation of every two parameters."""
        if self.covariance is None:
            return None
        sizes = np.sqrt(np.diag(self.covariance))
        return np.asarray(self.covariance / np.outer(sizes, sizes))


def uncertainty_of(
    space: ParameterSpace,
    values: Float[np.ndarray, " n_parameters"],
    normal_matrix: Float[np.ndarray, "n_parameters n_parameters"],
    *,
    error: float,
    n_compared: float,
) -> Uncertainty:
    """Return the uncertainty of least-squares estimates, by linearisation around them.

    Parameters
    ----------
    values
        The estimates [SI].
    normal_matrix
        J^T J in coordinates [0, 1].
    error
        The sum of the squared residuals.
    n_compared
        The number of independent residuals.
    """
    n = len(space)
    reason = _reason(space, values, normal_matrix, n_compared)
    if reason:
        return Uncertainty(names=space.names, covariance=None, reason=reason)
    scale = np.sqrt(np.diag(normal_matrix))
    inverse = np.linalg.inv(normal_matrix / np.outer(scale, scale)) / np.outer(scale, scale)
    slopes = space.derivative(values)
    covariance = error / (n_compared - n) * inverse * np.outer(slopes, slopes)
    return Uncertainty(names=space.names, covariance=covariance)


def independent_residuals(
    residuals: list[Float[np.ndarray, " _"]],
) -> float:
    """Return to how many independent numbers the residuals of traces amount.

    Residuals of a trace follow each other; n of them are worth n/(1 + 2*sum of correlations).
    """
    return float(sum(len(row) / _correlation_length(row) for row in residuals))


def _correlation_length(residuals: np.ndarray) -> float:
    n = len(residuals)
    centred = residuals - residuals.mean() if n else residuals
    power = np.abs(np.fft.rfft(centred, 2 * n)) ** 2
    products = np.fft.irfft(power)[:n]
    if n < 2 or products[0] <= 0:
        return 1.0
    correlations = products / products[0]
    below = np.flatnonzero(correlations < LEVEL)
    end = below[0] if below.size else n
    return float(1.0 + 2.0 * correlations[1:end].sum())


def _reason(
    space: ParameterSpace,
    values: np.ndarray,
    normal_matrix: np.ndarray,
    n_compared: float,
) -> str:
    """Return why standard errors cannot be had; empty if they can."""
    n = len(space)
    if not np.all(np.isfinite(normal_matrix)) or normal_matrix.shape != (n, n):
        return "the derivatives are not finite"
    bound = space.at_bound(values)
    if bound:
        listed = ", ".join(f"{name} at its {side} bound" for name, side in bound.items())
        return f"the best values are not inside the bounds ({listed})"
    sizes = np.diag(normal_matrix)
    without = [name for name, size in zip(space.names, sizes, strict=True) if not size > 0]
    if without:
        return f"nothing that was compared depends on {', '.join(without)}"
    if n_compared <= n:
        return (
            f"the residuals amount to {n_compared:.1f} independent numbers, no more than there "
            f"are parameters ({n})"
        )
    relative = relative_directions(space, values, normal_matrix)
    if relative.sizes[0] <= INDISTINCT * relative.sizes[-1]:
        name = combination_name(space.names, relative.directions[0])
        return f"the recordings do not tell all parameters apart: {name}"
    return ""

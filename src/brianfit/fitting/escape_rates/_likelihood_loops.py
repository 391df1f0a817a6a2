"""The likelihood of spikes and its derivatives as compiled loops; importing this imports Numba."""

from __future__ import annotations

import math

import numba
import numpy as np

_SMALLEST = 1e-300
_STEEPEST = 40.0
"""Beyond this drive an exponential link goes on as at it; the chance of a spike is one by far."""


@numba.njit(cache=True, nogil=True)
def expected_and_slopes(drive: float, is_softplus: bool) -> tuple[float, float, float]:
    """Return the link at a drive, with its first and second derivative."""
    if is_softplus:
        if drive > 35.0:
            return drive, 1.0, 0.0
        grown = math.exp(drive)
        slope = grown / (1.0 + grown)
        return math.log1p(grown), slope, slope * (1.0 - slope)
    grown = math.exp(min(drive, _STEEPEST))
    return grown, grown, grown


@numba.njit(cache=True, nogil=True)
def step_likelihood(
    drive: float, has_spike: bool, is_softplus: bool, scale: float
) -> tuple[float, float, float]:
    """Return log likelihood of a step, its slope by the drive, and minus the second derivative."""
    value, slope, curvature = expected_and_slopes(drive, is_softplus)
    expected = max(scale * value, _SMALLEST)
    slope *= scale
    curvature *= scale
    if not has_spike:
        return -expected, -slope, curvature
    chance = -math.expm1(-expected)
    odds = math.exp(-expected) / chance
    return math.log(chance), odds * slope, odds / chance * slope * slope - odds * curvature


@numba.njit(cache=True, nogil=True)
def likelihood_sums(  # noqa: PLR0917 - compiled functions take no dataclass
    features: np.ndarray,
    offsets: np.ndarray,
    is_spike: np.ndarray,
    counts: np.ndarray,
    weights: np.ndarray,
    is_softplus: bool,
    scale: float,
    with_matrix: bool,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the logarithm of the likelihood, its gradient, and minus its second derivatives.

    Parameters
    ----------
    features, offsets
        The drive of a row is ``features[row] @ weights + offsets[row]``.
    is_spike
        Whether there was a spike in the step.
    counts
        For how many steps a row stands; rows with zero are left out.
    scale
        Expected number of spikes in a step where the link is 1.
    with_matrix
        Whether the second derivatives are wanted.
    """
    n_rows, n = features.shape
    total = 0.0
    gradient = np.zeros(n)
    matrix = np.zeros((n, n))
    row_values = np.zeros(n)
    for row in range(n_rows):
        count = counts[row]
        if count == 0.0:
            continue
        drive = offsets[row]
        for k in range(n):
            row_values[k] = features[row, k]
            drive += row_values[k] * weights[k]
        own, first, second = step_likelihood(drive, is_spike[row], is_softplus, scale)
        total += count * own
        first *= count
        second *= count
        for k in range(n):
            gradient[k] += first * row_values[k]
        if with_matrix and second > 1e-9:
            for k in range(n):
                part = second * row_values[k]
                for m in range(k + 1):
                    matrix[k, m] += part * row_values[m]
    for k in range(n):
        for m in range(k):
            matrix[m, k] = matrix[k, m]
    return total, gradient, matrix

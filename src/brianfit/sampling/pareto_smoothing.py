"""Importance weights, with their largest ones smoothed by a generalised Pareto distribution.

References
----------
[1] Vehtari, Simpson, Gelman, Yao, Gabry (2024), Pareto smoothed importance sampling. Journal of
Machine Learning Research 25(72).
[2] Zhang, Stephens (2009), A new and efficient estimation method for the generalized Pareto
distribution. Technometrics 51(3).
"""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float

_FEWEST_IN_TAIL = 5
_LARGEST_K_HAT = 0.7

Weights = Float[np.ndarray, " n_draws"]


def smoothed_log_weights(log_ratios: Weights) -> tuple[Weights, float]:
    """Return log weights, of which the sum is 1, and the shape k-hat of their tail.

    Parameters
    ----------
    log_ratios
        Log of target over proposal, but for a constant; minus infinity where the target is zero.

    Returns
    -------
    log_weights
    k_hat
        Above 0.7 the weights are not to be believed. Infinite where the tail is too short to tell.
    """
    n_draws = log_ratios.size
    if not np.isfinite(log_ratios).any():
        return np.full(n_draws, -np.log(n_draws)), np.inf
    log_weights = log_ratios - log_ratios.max()
    n_tail = int(np.ceil(min(0.2 * n_draws, 3 * np.sqrt(n_draws))))  # [1], section 2.3
    k_hat = np.inf
    if n_tail >= _FEWEST_IN_TAIL:
        order = np.argsort(log_weights, kind="stable")
        tail, cutoff = order[-n_tail:], log_weights[order[-n_tail - 1]]
        smoothed, k_hat = _smoothed_tail(log_weights[tail], float(cutoff))
        log_weights[tail] = np.minimum(smoothed, 0.0)  # none above the largest raw weight
    return log_weights - np.log(np.exp(log_weights).sum()), k_hat


def k_hat_limit(n_draws: int) -> float:
    """Return the largest k-hat with which so many draws are to be believed ([1], eq. 13)."""
    return min(1 - 1 / float(np.log10(max(n_draws, 11))), _LARGEST_K_HAT)


def _smoothed_tail(log_weights: Weights, cutoff: float) -> tuple[Weights, float]:
    """Return the expected order statistics in the place of sorted weights of the tail."""
    if cutoff == -np.inf:  # the target is nearly nowhere where draws are
        return log_weights, np.inf
    exceedances = np.exp(log_weights) - np.exp(cutoff)
    if exceedances[-1] - exceedances[0] <= 1e-12:  # the largest weights are all alike
        return log_weights, 0.0
    shape, scale = fit_generalised_pareto(exceedances[exceedances > 0])
    probabilities = (np.arange(log_weights.size) + 0.5) / log_weights.size
    if abs(shape) < 1e-12:
        quantiles = -scale * np.log1p(-probabilities)
    else:
        quantiles = scale * np.expm1(-shape * np.log1p(-probabilities)) / shape
    return np.log(quantiles + np.exp(cutoff)), shape


def fit_generalised_pareto(
    exceedances: Float[np.ndarray, " n_exceedances"],
) -> tuple[float, float]:
    """Return shape and scale of a generalised Pareto distribution ([2]; shape as in [1]).

    Parameters
    ----------
    exceedances
        Positive and in rising order.
    """
    x, n = exceedances, exceedances.size
    n_grid = 30 + int(np.sqrt(n))
    quartile = x[int(n / 4 + 0.5) - 1]
    grid = 1 / x[-1] + (1 - np.sqrt(n_grid / (np.arange(1, n_grid + 1) - 0.5))) / (3 * quartile)
    shapes = np.mean(np.log1p(-grid[:, np.newaxis] * x), axis=1)
    profile = n * (np.log(-grid / shapes) - shapes - 1)
    weights = np.exp(profile - profile.max())
    mean = float(np.sum(grid * weights) / weights.sum())
    shape = float(np.mean(np.log1p(-mean * x)))
    scale = -shape / mean
    return (n * shape + 10 * 0.5) / (n + 10), scale  # [1], appendix: a weak prior at 0.5

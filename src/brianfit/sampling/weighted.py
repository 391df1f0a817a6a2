"""Moments, quantiles and effective numbers of weighted draws."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float

Draws = Float[np.ndarray, "n_draws n_parameters"]
Weights = Float[np.ndarray, " n_draws"]


def weighted_mean(draws: Draws, weights: Weights) -> Float[np.ndarray, " n_parameters"]:
    """Return the mean; the weights sum to 1."""
    return np.asarray(weights @ draws)


def weighted_covariance(
    draws: Draws, weights: Weights
) -> Float[np.ndarray, "n_parameters n_parameters"]:
    """Return the covariance; the weights sum to 1."""
    centred = draws - weighted_mean(draws, weights)
    return np.asarray((centred * weights[:, np.newaxis]).T @ centred)


def weighted_quantiles(
    draws: Draws, weights: Weights, levels: Float[np.ndarray, " n_levels"]
) -> Float[np.ndarray, "n_levels n_parameters"]:
    """Return quantiles of every parameter; between two draws they are on the line."""
    found = np.empty((levels.size, draws.shape[1]))
    for k in range(draws.shape[1]):
        order = np.argsort(draws[:, k], kind="stable")
        sorted_weights = weights[order]
        middles = np.cumsum(sorted_weights) - 0.5 * sorted_weights
        found[:, k] = np.interp(levels, middles, draws[order, k])
    return found


def weighted_ess(values: Draws, weights: Weights) -> Float[np.ndarray, " n_parameters"]:
    """Return how many independent draws tell the mean of each column as well as these do.

    It compares the variance of the values with that of their weighted mean; nan where all values
    are the same.
    """
    squares = (values - weighted_mean(values, weights)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((weights @ squares) / (weights**2 @ squares))

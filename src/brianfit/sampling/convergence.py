"""Whether chains have converged, and how many independent draws they are worth.

References
----------
Vehtari, Gelman, Simpson, Carpenter, Bürkner (2021), Rank-normalization, folding, and localization:
an improved R-hat for assessing convergence of MCMC. Bayesian Analysis 16(2). Equations are of it.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from brianfit._foundation.shapes import Float

Chains = Float[np.ndarray, "n_chains n_draws n_parameters"]
PerParameter = Float[np.ndarray, " n_parameters"]

_TAIL = 0.05
_FEWEST_DRAWS = 4  # a half of a chain needs two


def r_hat(chains: Chains) -> PerParameter:
    """Return the rank-normalised split R-hat of every parameter, the larger of bulk and tail.

    It is nan where it cannot be had: with fewer than four draws a chain, or draws all the same.
    """
    if chains.shape[1] < _FEWEST_DRAWS:
        return np.full(chains.shape[2], np.nan)
    halves = _split(chains)
    folded = np.abs(halves - np.median(halves, axis=(0, 1)))
    return np.asarray(np.maximum(_plain_r_hat(_ranked(halves)), _plain_r_hat(_ranked(folded))))


def ess_bulk(chains: Chains) -> PerParameter:
    """Return the effective number of draws for the middle of the distribution."""
    return _ess(_ranked(_split(chains)))


def ess_tail(chains: Chains) -> PerParameter:
    """Return the effective number of draws for the 5 % and the 95 % quantile, the smaller one."""
    halves = _split(chains)
    found = []
    for level in (_TAIL, 1 - _TAIL):
        quantile = np.quantile(chains, level, axis=(0, 1))
        found.append(_ess((halves <= quantile).astype(np.float64)))
    return np.asarray(np.minimum(*found))


def _split(chains: np.ndarray) -> np.ndarray:
    """Return the halves of the chains as chains; of an odd number the one in the middle is left."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, chains.shape[1] - half :]])


def _ranked(chains: np.ndarray) -> np.ndarray:
    """Return normal scores of the ranks among all draws (eq. 14)."""
    n_draws = chains.shape[0] * chains.shape[1]
    ranks = rankdata(chains.reshape(n_draws, -1), axis=0)
    return np.asarray(ndtri((ranks - 0.375) / (n_draws + 0.25))).reshape(chains.shape)


def _plain_r_hat(chains: np.ndarray) -> np.ndarray:
    within, total = _variances(chains)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sqrt(np.where(within > 0, total / within, np.nan)))


def _variances(chains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the variance within chains and the estimate of the whole one (eqs. 1-3)."""
    n_chains, n_draws, _ = chains.shape
    within = chains.var(axis=1, ddof=1).mean(axis=0)
    total = within * (n_draws - 1) / n_draws
    if n_chains > 1:
        total = total + chains.mean(axis=1).var(axis=0, ddof=1)
    return within, total


def _ess(chains: np.ndarray) -> np.ndarray:
    """Return the effective number of draws (eqs. 10-13) with Geyer's monotone sequence."""
    n_chains, n_draws, n_parameters = chains.shape
    if n_draws < _FEWEST_DRAWS:
        return np.full(n_parameters, np.nan)
    n_all = n_chains * n_draws
    within, total = _variances(chains)
    covariance = _autocovariance(chains).mean(axis=0)  # of every lag
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = 1 - (within - covariance * n_draws / (n_draws - 1)) / total
    correlation[0] = 1.0
    n_pairs = n_draws // 2
    pairs = correlation[: 2 * n_pairs].reshape(n_pairs, 2, n_parameters).sum(axis=1)
    is_kept = np.cumprod(pairs > 0, axis=0).astype(bool)
    is_kept[-1] = False  # the last lags are of too few draws
    monotone = np.where(is_kept, np.minimum.accumulate(pairs, axis=0), 0.0)
    first_left_out = np.argmin(is_kept, axis=0)
    even = correlation[2 * first_left_out, np.arange(n_parameters)]
    time = -1 + 2 * monotone.sum(axis=0) + np.maximum(even, 0.0)
    found = n_all / np.maximum(time, 1 / np.log10(n_all))
    return np.where(total > 0, found, np.nan)


def _autocovariance(chains: np.ndarray) -> np.ndarray:
    n_draws = chains.shape[1]
    length = 2 ** int(np.ceil(np.log2(2 * n_draws)))
    spectrum = np.fft.rfft(chains - chains.mean(axis=1, keepdims=True), length, axis=1)
    products = np.fft.irfft(np.abs(spectrum) ** 2, length, axis=1)
    return np.asarray(products[:, :n_draws] / n_draws)

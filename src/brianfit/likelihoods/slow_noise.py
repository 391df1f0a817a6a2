"""How slow noise is, and how much of all noise it is: learnt from residuals, with its uncertainty.

The residuals of a fit are smaller than the noise, since the fit has followed it; restricted maximum
likelihood accounts for that. What the residuals say is kept as a set of possible noises with
weights, so that whoever uses them carries the uncertainty along.

References
----------
Patterson & Thompson (1971), Recovery of inter-block information when block sizes are unequal.
Biometrika 58(3), 545-554. Rue, Martino & Chopin (2009), Approximate Bayesian inference for latent
Gaussian models by using integrated nested Laplace approximations. Journal of the Royal Statistical
Society B 71(2), 319-392: a grid over few hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.likelihoods._base import Compared, OutputTraces

LOGIT_BOX = (-15.0, 7.0)
"""The logit of the share of slow noise lies here: from a trace of it to nearly nothing else."""

SHORTEST = 0.5
"""The shortest time constant, in steps: noise that is still faster is white."""

KEPT = 8.0
"""Noises whose log-weight is so much below the largest are left out."""

N_GRID = 11
"""Time constants, and shares, that are tried at a time."""

MAX_ROUNDS = 4
"""So often the grid is narrowed to where the weights are."""


@final
@dataclass(frozen=True, kw_only=True)
class SlowNoise:
    """Noises under which residuals may have come about.

    Attributes
    ----------
    time_constants
        Of the slow part [s].
    slow_shares
        Its part of the variance.
    weights
        How probable each of them is; they add up to 1.
    variances
        The variance of slow and white noise together that each goes with.
    """

    time_constants: Float[np.ndarray, " n_noises"]
    slow_shares: Float[np.ndarray, " n_noises"]
    weights: Float[np.ndarray, " n_noises"]
    variances: Float[np.ndarray, " n_noises"]

    def __len__(self) -> int:
        return self.weights.size

    def nodes(self) -> SlowNoise:
        """Return few noises, whose weights make an integral over all noises a sum.

        Their weights are over those of the normal distribution that the noises resemble: the nodes
        and factors of the unscented transform (Julier & Uhlmann 1997, kappa = 3 - n).
        """
        points = np.stack([np.log(self.time_constants), _logit(self.slow_shares)], axis=1)
        centre = self.weights @ points
        covariance = (points - centre).T @ (self.weights[:, np.newaxis] * (points - centre))
        sizes, vectors = np.linalg.eigh(covariance)
        free = sizes > 1e-12
        steps = np.sqrt(3.0 * sizes[free])[:, np.newaxis] * vectors.T[free]
        nodes = np.concatenate([centre[np.newaxis], centre + steps, centre - steps])
        weights = np.full(len(nodes), np.exp(1.5) / 6.0)
        weights[0] = 1.0 - free.sum() / 3.0
        return SlowNoise(
            time_constants=np.exp(nodes[:, 0]),
            slow_shares=1.0 / (1.0 + np.exp(-nodes[:, 1])),
            weights=weights,
            variances=np.full(len(nodes), np.nan),
        )

    def mean(self, of: Float[np.ndarray, "n_noises *shape"]) -> Float[np.ndarray, "*shape"]:
        """Return the mean of something over the noises."""
        return np.asarray(np.tensordot(self.weights, of, axes=1))


def memory_of(time_constant: float, dt: float) -> float:
    """Return the correlation of slow noise from step to step."""
    return float(np.exp(-dt / time_constant))


def one_noise(*, time_constant: float, slow_share: float) -> SlowNoise:
    """Return a noise that is known."""
    return SlowNoise(
        time_constants=np.array([time_constant]),
        slow_shares=np.array([slow_share]),
        weights=np.ones(1),
        variances=np.array([np.nan]),
    )


def learnt_noise(
    best: OutputTraces,
    compared: Compared,
    *,
    time_constant: float | None = None,
    slow_share: float | None = None,
) -> SlowNoise:
    """Return the noises under which the residuals of the best sample may have come about.

    Parameters
    ----------
    best
        One sample.
    time_constant, slow_share
        What is known already.
    """
    longest = max(compared.is_compared.shape[1] * compared.dt, 10 * compared.dt)
    box = [(np.log(SHORTEST * compared.dt), np.log(longest)), LOGIT_BOX]
    if time_constant is not None:
        box[0] = (np.log(time_constant), np.log(time_constant))
    if slow_share is not None:
        box[1] = (float(_logit(slow_share)),) * 2
    evidence = _Evidence(best, compared)
    points, logs = _narrowed(evidence.log_density, box)
    kept = logs > logs.max() - KEPT
    weights = np.exp(logs[kept] - logs.max())
    constants, shares = np.exp(points[kept, 0]), 1.0 / (1.0 + np.exp(-points[kept, 1]))
    variances = [evidence.at(x)[1] for x in points[kept]]
    return SlowNoise(
        time_constants=constants,
        slow_shares=shares,
        weights=weights / weights.sum(),
        variances=np.array(variances),
    )


@final
class _Evidence:
    """The restricted likelihood of the noise, the parameters of the model integrated out."""

    def __init__(self, best: OutputTraces, compared: Compared) -> None:
        self._compared = compared
        self._residuals = best.residuals(compared)
        sizes = np.sqrt(np.sum(best.slopes[..., compared.is_compared] ** 2, axis=(1, 2)))
        seen = sizes > 0
        shape = (-1, 1, 1, 1)
        self._slopes = np.ascontiguousarray(best.slopes[seen] / sizes[seen].reshape(shape))

    def log_density(self, point: Float[np.ndarray, " 2"]) -> float:
        """Return its logarithm at a log time constant and a logit of the share."""
        return self.at(point)[0]

    def at(self, point: Float[np.ndarray, " 2"]) -> tuple[float, float]:
        """Return the logarithm of the likelihood, and the variance that goes with the noise."""
        from brianfit.likelihoods.whitening import filter_gains, whitened_sums

        compared = self._compared
        memory = memory_of(float(np.exp(point[0])), compared.dt)
        share = float(1.0 / (1.0 + np.exp(-point[1])))
        gains, scales, logs = filter_gains(compared.is_compared, memory, share)
        totals, gradients, matrices = whitened_sums(
            self._residuals, self._slopes, gains, scales, memory
        )
        sizes, vectors = np.linalg.eigh(matrices[0])
        seen = sizes > 1e-10 * max(sizes.max(initial=0.0), 1e-300)
        along = (vectors.T @ gradients[0])[seen]
        left = max(float(totals[0].sum() - np.sum(along**2 / sizes[seen])), 1e-300)
        n = max(float(compared.counts.sum()) - seen.sum(), 1.0)
        log_density = -0.5 * (logs.sum() + np.log(sizes[seen]).sum() + n * np.log(left))
        return float(log_density), left / n


def _logit(shares: Float[np.ndarray, "*shape"] | float) -> Float[np.ndarray, "*shape"]:
    return np.asarray(np.log(shares) - np.log1p(-np.asarray(shares)))


def _narrowed(
    log_density: Callable[[np.ndarray], float], box: list[tuple[float, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return points of a grid over where a density is notable, and its logarithm there."""
    for _ in range(MAX_ROUNDS):
        axes = [np.linspace(*side, N_GRID if side[1] > side[0] else 1) for side in box]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        logs = np.array([log_density(point) for point in points])
        kept = points[logs > logs.max() - KEPT]
        narrower = [_around(kept[:, k], axes[k]) for k in range(2)]
        widths = [
            (new[1] - new[0]) / (old[1] - old[0]) if old[1] > old[0] else 1.0
            for new, old in zip(narrower, box, strict=True)
        ]
        if min(widths) > 0.6:
            break
        box = narrower
    return points, logs


def _around(kept: np.ndarray, axis: np.ndarray) -> tuple[float, float]:
    """Return the interval of the points that are kept, and one step more on either side."""
    step = axis[1] - axis[0] if axis.size > 1 else 0.0
    low, high = kept.min() - 0.9 * step, kept.max() + 0.9 * step
    return float(max(low, axis[0])), float(min(high, axis[-1]))

"""How the best sample of a fit scatters, given how its residuals follow each other.

What is minimised is a plain sum of squares, whatever the noise; so the estimate scatters by the
covariance of the noise between the two inverses of the Gauss-Newton matrix. The noise is learnt
from the residuals with its own uncertainty, which makes the intervals wider where there are few
independent residuals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.likelihoods import Compared, OutputTraces
from brianfit.likelihoods.slow_noise import SlowNoise, learnt_noise, memory_of
from brianfit.objective.linearisation import residual_weights
from brianfit.results.intervals.uncertainty import ResidualCorrelation

N_PAIRED = 400
"""So many combinations of noises are drawn where there are several outputs."""

N_LAGS = 60
"""Lags at which the correlation of residuals is told."""

SHARE = 1e-4
"""A parameter has a share in a direction if this part of its square is along it."""

NEGLIGIBLE = 1e-10
"""An eigenvalue of the scaled Gauss-Newton matrix below this says that a direction is not seen."""


@final
@dataclass(frozen=True, kw_only=True)
class Scatter:
    """How estimates scatter, in coordinates.

    Attributes
    ----------
    covariances
        One for each noise that may be.
    weights
        How probable each of them is.
    inverse
        Of the Gauss-Newton matrix; of what is seen of it.
    naive
        The covariance if residuals were independent.
    is_seen
        Which parameters the recordings tell anything of by themselves; the covariance of others is
        nan.
    """

    covariances: Float[np.ndarray, "n_noises n_parameters n_parameters"]
    weights: Float[np.ndarray, " n_noises"]
    inverse: Float[np.ndarray, "n_parameters n_parameters"]
    naive: Float[np.ndarray, "n_parameters n_parameters"]
    is_seen: Bool[np.ndarray, " n_parameters"]
    n_compared: float
    n_independent: float
    noises: Mapping[str, SlowNoise]

    @property
    def covariance(self) -> Float[np.ndarray, "n_parameters n_parameters"]:
        """The mean over the noises."""
        mean = np.tensordot(self.weights, self.covariances, axes=1)
        return np.where(np.outer(self.is_seen, self.is_seen), mean, np.nan)

    def half_widths(self, level: float) -> Float[np.ndarray, " n_parameters"]:
        """Return how far from the truth an estimate is at most, with this probability.

        For a parameter that is not seen, how far would change what is seen of its combinations.
        """
        from scipy.stats import norm

        sizes = np.sqrt(np.maximum(np.diagonal(self.covariances, axis1=1, axis2=2), 0.0))
        low, high = np.zeros(sizes.shape[1]), 10.0 * sizes.max(axis=0) + 1e-300
        for _ in range(60):
            middle = 0.5 * (low + high)
            ratio = middle / np.where(sizes > 0, sizes, 1e-300)
            beyond = self.weights @ (2.0 * norm.sf(ratio))
            low, high = (
                np.where(beyond > 1 - level, middle, low),
                np.where(beyond > 1 - level, high, middle),
            )
        return np.asarray(high)


def scatter_of(
    simulated: SimulatedOutputs,
    traces: Mapping[str, OutputTraces],
    slopes: Float[np.ndarray, " n_parameters"],
) -> Scatter:
    """Return how the best sample scatters.

    Parameters
    ----------
    traces
        The outputs of the best sample, with their derivatives by the values [SI].
    slopes
        Derivatives of the values by the coordinates.
    """
    weights = residual_weights(simulated.outputs, simulated.task.problem.dt)
    factors = slopes[:, np.newaxis, np.newaxis]
    rows = {name: each.slopes[:, 0] * factors * weights[name] for name, each in traces.items()}
    matrix = sum((np.einsum("ptk,qtk->pq", row, row) for row in rows.values()), np.zeros(()))
    inverse = pseudo_inverse(matrix)
    noises = {
        name: learnt_noise(traces[name], compared) for name, compared in simulated.compared.items()
    }
    parts = {
        name: _spread(rows[name] * weights[name], noises[name], compared.dt)
        for name, compared in simulated.compared.items()
    }
    chosen = _combinations(noises)
    middle = sum((parts[name][chosen[name]] for name in parts), np.zeros(()))
    is_seen = seen_parameters(matrix)
    n_compared = sum(each.counts.sum() for each in simulated.compared.values())
    squares = sum(
        float(np.sum((each.residuals(simulated.compared[name])[0] * weights[name]) ** 2))
        for name, each in traces.items()
    )
    return Scatter(
        covariances=inverse @ middle @ inverse,
        weights=noises[next(iter(noises))].weights
        if len(noises) == 1
        else np.full(N_PAIRED, 1.0 / N_PAIRED),
        inverse=inverse,
        naive=inverse * squares / max(n_compared - len(slopes), 1.0),
        is_seen=is_seen,
        n_compared=float(n_compared),
        n_independent=sum(
            _independent(noises[name], compared) for name, compared in simulated.compared.items()
        ),
        noises=noises,
    )


def pseudo_inverse(
    matrix: Float[np.ndarray, "n_parameters n_parameters"],
) -> Float[np.ndarray, "n_parameters n_parameters"]:
    """Return the inverse of what is seen of a Gauss-Newton matrix."""
    sizes = np.sqrt(np.diag(matrix))
    scale = np.where(sizes > 0, sizes, 1.0)
    roots, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    seen = roots > NEGLIGIBLE * max(float(roots[-1]), 1e-300)
    inverse = (vectors[:, seen] / roots[seen]) @ vectors[:, seen].T
    return np.asarray(inverse / np.outer(scale, scale))


def seen_parameters(
    matrix: Float[np.ndarray, "n_parameters n_parameters"],
) -> Bool[np.ndarray, " n_parameters"]:
    """Return which parameters have no share in a direction that is not seen."""
    sizes = np.sqrt(np.diag(matrix))
    scale = np.where(sizes > 0, sizes, 1.0)
    roots, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    unseen = roots <= NEGLIGIBLE * max(float(roots[-1]), 1e-300)
    return np.asarray((vectors[:, unseen] ** 2).sum(axis=1) < SHARE)


def residual_correlation(
    residuals: Float[np.ndarray, "n_traces n_steps"], compared: Compared, noise: SlowNoise
) -> ResidualCorrelation:
    """Return how long residuals follow each other, beside the noise that was learnt."""
    where = compared.is_compared
    centred = np.where(where, residuals - residuals[where].mean(), 0.0)
    n_steps = where.shape[1]
    power = (np.abs(np.fft.rfft(centred, 2 * n_steps, axis=1)) ** 2).sum(axis=0)
    counts = (np.abs(np.fft.rfft(where, 2 * n_steps, axis=1)) ** 2).sum(axis=0)
    products = np.fft.irfft(power)[:n_steps]
    pairs = np.maximum(np.round(np.fft.irfft(counts)[:n_steps]), 1.0)
    constant = float(np.exp(noise.mean(np.log(noise.time_constants))))
    share = float(noise.mean(noise.slow_shares))
    longest = min(n_steps - 1, max(N_LAGS, round(4 * constant / compared.dt)))
    lags = np.unique(np.linspace(0, longest, N_LAGS + 1).round().astype(np.int64))
    scale = max(products[0] / pairs[0], 1e-300)
    return ResidualCorrelation(
        lags=lags * compared.dt,
        correlations=products[lags] / pairs[lags] / scale,
        band=float(1.96 / np.sqrt(compared.counts.sum())),
        model=np.where(lags == 0, 1.0, share * np.exp(-lags * compared.dt / constant)),
        time_constant=constant,
        slow_share=share,
    )


def _spread(
    rows: Float[np.ndarray, "n_parameters n_traces n_steps"], noise: SlowNoise, dt: float
) -> Float[np.ndarray, "n_noises n_parameters n_parameters"]:
    """Return ``X V X^T`` for every noise with covariance V; X are the rows."""
    from brianfit.likelihoods.whitening import slow_products

    white = np.einsum("ptk,qtk->pq", rows, rows)
    traces = [np.ascontiguousarray(rows[:, trace]) for trace in range(rows.shape[1])]
    found = np.zeros((len(noise), *white.shape))
    for k in range(len(noise)):
        memory = memory_of(float(noise.time_constants[k]), dt)
        slow = sum((slow_products(each, memory) for each in traces), np.zeros(()))
        share = noise.slow_shares[k]
        found[k] = noise.variances[k] * (share * slow + (1.0 - share) * white)
    return found


def _combinations(noises: Mapping[str, SlowNoise]) -> dict[str, np.ndarray]:
    """Return, by output, which noises are taken together."""
    if len(noises) == 1:
        return {name: np.arange(len(noise)) for name, noise in noises.items()}
    rng = np.random.default_rng(0)
    return {
        name: rng.choice(len(noise), N_PAIRED, p=noise.weights) for name, noise in noises.items()
    }


def _independent(noise: SlowNoise, compared: Compared) -> float:
    """Return to how many independent residuals those of an output amount."""
    memory = np.exp(-compared.dt / noise.time_constants)
    lengths = 1.0 + 2.0 * noise.slow_shares * memory / np.maximum(1.0 - memory, 1e-12)
    longest = compared.is_compared.shape[1]
    return float(compared.counts.sum() / noise.mean(np.minimum(lengths, longest)))

"""The weights of a drive that make the recorded spikes most likely: Newton's method, with a ridge.

The likelihood is log-concave in the weights for both links, so there is one maximum and no seed.

References
----------
Paninski (2004), Network: Computation in Neural Systems 15:243-262, on log-concavity.
Truccolo et al. (2005), Journal of Neurophysiology 93:1074-1089, on point processes as regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.fitting.escape_rates.design import Design
from brianfit.fitting.escape_rates.links import Link

RIDGES = (0.01, 0.1, 1.0)
"""Tried for the ridge, which counts as if so many spikes spoke for a weight of zero."""

_MOST_STEPS = 60
_LEVEL, _NEARLY_LEVEL = 1e-8, 1e-3
"""The likelihood is level when a step is expected to raise it by less [nats]."""

FEW_ROWS = 60_000
"""So many rows are enough to come near to the maximum, and to compare ridges."""


@final
@dataclass(frozen=True, kw_only=True)
class FittedWeights:
    """The weights at the maximum.

    Attributes
    ----------
    log_likelihood
        Of the spikes, without the penalty.
    covariance
        Inverse of the curvature there, ridge included.
    ridge
        See `RIDGES`.
    """

    names: tuple[str, ...]
    values: Float[np.ndarray, " n_weights"]
    log_likelihood: float
    covariance: Float[np.ndarray, "n_weights n_weights"]
    ridge: float


@final
@dataclass(frozen=True, kw_only=True)
class BlockedScore:
    """How likely spikes are in stretches of time that were not fitted.

    Attributes
    ----------
    gains
        By stretch: log likelihood over that of the constant rate of the other stretches [nats].
    n_spikes
        By stretch.
    """

    gains: Float[np.ndarray, " n_blocks"]
    n_spikes: Float[np.ndarray, " n_blocks"]

    @property
    def bits_per_spike(self) -> float:
        """The mean gain."""
        return float(self.gains.sum() / max(self.n_spikes.sum(), 1) / np.log(2))

    @property
    def standard_error(self) -> float:
        """Of the mean gain, from how the stretches differ."""
        n = self.gains.size
        if n < 2:
            return float("nan")
        left = self.gains / np.log(2) - self.bits_per_spike * self.n_spikes
        return float(np.sqrt(n / (n - 1) * np.sum(left**2)) / max(self.n_spikes.sum(), 1))


def fit_weights(
    design: Design, *, ridge: float = 0.1, start: Float[np.ndarray, " _"] | None = None
) -> FittedWeights:
    """Return the weights that maximise the likelihood minus the penalty of the ridge.

    Raises
    ------
    InvalidValueError
        If there are no spikes.
    """
    if design.n_spikes == 0:
        raise InvalidValueError(
            "The recordings have no spikes to fit (after `t_start`, outside of refractory times)."
        )
    penalty = ridge * design.variances()
    few = design.thinned(len(design.features) // FEW_ROWS)
    weights = _start(design) if start is None else start
    if few is not design:
        weights = _maximised(few, weights, penalty, _NEARLY_LEVEL)
    weights = _maximised(design, weights, penalty, _LEVEL)
    total, _, matrix = design.sums(weights)
    return FittedWeights(
        names=design.names,
        values=weights,
        log_likelihood=total,
        covariance=_inverse(matrix + np.diag(penalty)),
        ridge=ridge,
    )


def with_covariance(
    fitted: FittedWeights, extended: Design, others: Float[np.ndarray, " n_others"]
) -> FittedWeights:
    """Return the weights along with further parameters, and the covariance of all together.

    Parameters
    ----------
    extended
        Its further features are the derivatives of the drive by these parameters.
    others
        Their values.
    """
    at = np.concatenate([fitted.values, np.zeros(others.size)])
    _, _, matrix = extended.sums(at)
    penalty = fitted.ridge * extended.variances()
    penalty[fitted.values.size :] = 0.0
    return replace(
        fitted,
        names=extended.names,
        values=np.concatenate([fitted.values, others]),
        covariance=_inverse(matrix + np.diag(penalty)),
    )


def blocked_score(
    design: Design, *, ridge: float, start: Float[np.ndarray, " _"] | None = None
) -> BlockedScore:
    """Fit the weights without each stretch of time in turn, and score them on it."""
    few = design.thinned(len(design.features) // FEW_ROWS)
    penalty = ridge * few.variances()
    whole = _maximised(few, _start(few) if start is None else start, penalty, _NEARLY_LEVEL)
    gains, counts = [], []
    for block in np.unique(few.blocks):
        rest, tested = few.without_block(int(block)), few.only_block(int(block))
        if rest.n_spikes == 0:
            continue
        weights = _maximised(rest, whole, penalty, _NEARLY_LEVEL)
        total, *_ = tested.sums(weights, with_matrix=False)
        constant = tested.constant_rate_likelihood(rest.n_spikes / rest.duration)
        gains.append(total - constant)
        counts.append(float(tested.n_spikes))
    return BlockedScore(gains=np.array(gains), n_spikes=np.array(counts))


def chosen_ridge(design: Design, ridges: Sequence[float] = RIDGES) -> tuple[float, BlockedScore]:
    """Return the ridge with which spikes that were not fitted are most likely, and their score."""
    scores = [blocked_score(design, ridge=ridge) for ridge in ridges]
    best = int(np.argmax([score.bits_per_spike for score in scores]))
    return ridges[best], scores[best]


def _start(design: Design) -> Float[np.ndarray, " n_weights"]:
    """Return weights that give the mean rate, if a constant is among the features."""
    weights = np.zeros(len(design.names))
    constant = np.flatnonzero(design.variances() == 0.0)
    if not constant.size or not len(design.features):
        return weights
    rate = max(design.n_spikes, 1) / design.duration / design.scale
    drive = np.log(rate) if design.link is Link.EXPONENTIAL else np.log(np.expm1(min(rate, 30.0)))
    column = float(design.features[0, constant[0]])
    weights[constant[0]] = (drive - float(np.median(design.offsets))) / column if column else 0.0
    return weights


def _maximised(
    design: Design, weights: np.ndarray, penalty: np.ndarray, level: float
) -> Float[np.ndarray, " n_weights"]:
    """Climb from `weights` to the maximum by damped Newton steps."""
    total, gradient, matrix = design.sums(weights)
    value = total - 0.5 * np.sum(penalty * weights**2)
    for _ in range(_MOST_STEPS):
        slope = gradient - penalty * weights
        step = _inverse(matrix + np.diag(penalty)) @ slope
        expected = float(slope @ step)
        if not expected > level:
            break
        length = 1.0
        while length > 1e-6:
            tried = weights + length * step
            total, gradient, matrix = design.sums(tried)
            reached = total - 0.5 * np.sum(penalty * tried**2)
            if reached > value:
                break
            length /= 2.0
        else:
            break
        weights, value = tried, reached
    return weights


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a matrix that may have lost a direction to rounding."""
    sizes = np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    scaled = matrix / np.outer(sizes, sizes)
    roots, vectors = np.linalg.eigh(scaled)
    floor = 1e-10 * max(float(roots[-1]), 1e-300)
    inverse = (vectors / np.maximum(roots, floor)) @ vectors.T
    return np.asarray(inverse / np.outer(sizes, sizes))

"""Likelihoods of Gaussian noise from sums of squares, its size known or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.likelihoods._base import Terms

_SMALLEST = 1e-300
"""A model that meets its recording exactly has a large likelihood, not an infinite one."""


@final
@dataclass(frozen=True, kw_only=True)
class QuadraticSums:
    """Sums of residuals r, whitened, and of their derivatives J.

    Attributes
    ----------
    totals
        ``r^T r`` of every trace.
    gradients
        ``J^T r`` over all traces.
    matrices
        ``J^T J`` over all traces.
    """

    totals: Float[np.ndarray, "n_samples n_traces"]
    gradients: Float[np.ndarray, "n_samples n_columns"]
    matrices: Float[np.ndarray, "n_samples n_columns n_columns"]


@runtime_checkable
class SupportsSums(Protocol):
    """A density that needs no traces, but the sums of squares that an engine adds up."""

    def terms_of_sums(self, sums: QuadraticSums) -> Terms:
        """Return the log-likelihood of every sample, with its derivatives."""


def gaussian_terms(
    sums: QuadraticSums,
    counts: Float[np.ndarray, " n_traces"],
    *,
    log_determinants: Float[np.ndarray, " n_traces"] | float = 0.0,
    sigma: float | None,
) -> Terms:
    """Return the log-likelihood under Gaussian noise.

    Parameters
    ----------
    counts
        How many residuals every trace has.
    log_determinants
        Of the covariance of every trace where its size is 1.
    sigma
        The size; None: every sample has the one that makes its recording most likely. Up to a
        constant that is the likelihood with the size integrated out (prior 1/sigma).
    """
    n = counts.sum()
    with np.errstate(over="ignore", invalid="ignore"):
        if sigma is None:
            variance = np.maximum(sums.totals.sum(axis=1), _SMALLEST) / n
        else:
            variance = np.full(len(sums.totals), sigma**2)
        by_trace = -0.5 * (
            counts * np.log(2 * np.pi * variance)[:, np.newaxis]
            + sums.totals / variance[:, np.newaxis]
            + log_determinants
        )
        return Terms(
            by_trace=by_trace,
            gradients=-sums.gradients / variance[:, np.newaxis],
            matrices=sums.matrices / variance[:, np.newaxis, np.newaxis],
        )

"""Gaussian noise that is partly slow: what differences of membrane voltages look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.types import Number, QuantityLike, TimeLike
from brianfit._foundation.units import DIMENSIONLESS, SECOND
from brianfit.likelihoods._base import AbstractNoise, Compared, OutputTraces, Terms, positive_size
from brianfit.likelihoods._quadratic import QuadraticSums, gaussian_terms
from brianfit.likelihoods.slow_noise import SlowNoise, learnt_noise, memory_of, one_noise


@final
class AutocorrelatedGaussian(AbstractNoise):
    r"""Gaussian noise, one part of it white, the other slow.

    The slow part is an Ornstein-Uhlenbeck process, whose correlation falls as
    :math:`\exp(-|t|/\tau)`; between steps that is an autoregressive process of first order. The
    likelihood is exact, by the innovations of a Kalman filter, with gaps or without.

    What is not given is learnt from the differences of the best sample of the fit from the
    recording, and integrated out: the likelihood is the mean over noises, each weighing as much as
    those differences make it probable (restricted maximum likelihood).

    Parameters
    ----------
    sigma
        Standard deviation of both parts together, in the unit of the output; None: for every sample
        the one that makes the recording most likely, which is as if it had been integrated out.
    time_constant
        Of the slow part [s].
    slow_share
        Part of the variance that is slow, between 0 and 1.
    """

    def __init__(
        self,
        sigma: QuantityLike | None = None,
        time_constant: TimeLike | None = None,
        slow_share: Number | None = None,
    ) -> None:
        self.sigma = sigma
        self.time_constant = positive_size("time_constant", time_constant, SECOND)
        self.slow_share = positive_size("slow_share", slow_share, DIMENSIONLESS)
        if self.slow_share is not None and self.slow_share >= 1:
            raise InvalidValueError(f"`slow_share` must be between 0 and 1, but is {slow_share}.")

    def density(
        self, compared: Compared, best: Callable[[], OutputTraces]
    ) -> AutocorrelatedDensity:
        """Return the density of a recording, its noise learnt where not given."""
        sigma = positive_size("sigma", self.sigma, compared.dimensions)
        known = self.time_constant, self.slow_share
        if known[0] is not None and known[1] is not None:
            noise = one_noise(time_constant=known[0], slow_share=known[1])
        else:
            learnt = learnt_noise(best(), compared, time_constant=known[0], slow_share=known[1])
            noise = learnt.nodes()
        return AutocorrelatedDensity(compared=compared, noise=noise, sigma=sigma)


@final
@dataclass(frozen=True, kw_only=True)
class AutocorrelatedDensity:
    """The density of partly slow noise, averaged over noises that are possible."""

    compared: Compared
    noise: SlowNoise
    sigma: float | None

    def terms(self, simulated: OutputTraces) -> Terms:
        """Return the log-likelihood of every sample, with its derivatives."""
        residuals = np.ascontiguousarray(simulated.residuals(self.compared))
        slopes = np.ascontiguousarray(simulated.slopes)
        found = [self._terms_of(residuals, slopes, node) for node in range(len(self.noise))]
        return _mixed(found, np.log(self.noise.weights), self.compared.counts)

    def _terms_of(self, residuals: np.ndarray, slopes: np.ndarray, node: int) -> Terms:
        from brianfit.likelihoods.whitening import filter_gains, whitened_sums

        memory = memory_of(float(self.noise.time_constants[node]), self.compared.dt)
        share = float(self.noise.slow_shares[node])
        gains, scales, logs = filter_gains(self.compared.is_compared, memory, share)
        totals, gradients, matrices = whitened_sums(residuals, slopes, gains, scales, memory)
        sums = QuadraticSums(totals=totals, gradients=gradients, matrices=matrices)
        return gaussian_terms(sums, self.compared.counts, log_determinants=logs, sigma=self.sigma)


def _mixed(found: list[Terms], log_weights: np.ndarray, counts: np.ndarray) -> Terms:
    """Return the terms of the mean likelihood.

    That of a trace alone is no sum over noises: what the traces have in common is divided among
    them by their numbers of steps.
    """
    if len(found) == 1:
        return found[0]
    logs = np.array([terms.by_trace.sum(axis=1) for terms in found]) + log_weights[:, np.newaxis]
    highest = logs.max(axis=0)
    shares = np.exp(logs - highest)
    total = highest + np.log(shares.sum(axis=0))
    shares /= shares.sum(axis=0)
    by_trace = np.einsum("ns,nst->st", shares, np.array([terms.by_trace for terms in found]))
    common = total - by_trace.sum(axis=1)
    return Terms(
        by_trace=by_trace + common[:, np.newaxis] * counts / counts.sum(),
        gradients=np.einsum("ns,nsc->sc", shares, np.array([terms.gradients for terms in found])),
        matrices=np.einsum("ns,nscd->scd", shares, np.array([terms.matrices for terms in found])),
    )

"""Spikes that come by chance, at a momentary rate that the model tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit.likelihoods._base import AbstractNoise, Compared, OutputTraces, Terms

# As in `EscapeRateLikelihood`: the logarithm of zero would make one spike decide.
_LOWEST, _HIGHEST = 1e-30, 1e30


@final
class EscapeNoise(AbstractNoise):
    r"""Spikes that come by chance, as a Poisson process with the hazard that the model tells.

    The output is a hazard [Hz], its recording the rate of recorded spikes in every step, as for the
    metric `EscapeRateLikelihood`; the log-likelihood is
    :math:`\sum_k (n_k \log(\lambda_k dt) - \lambda_k dt)`. There is nothing of the noise to learn.
    """

    def density(self, compared: Compared, best: Callable[[], OutputTraces]) -> EscapeDensity:
        """Return the density of recorded spikes."""
        return EscapeDensity(compared=compared)


@final
@dataclass(frozen=True, kw_only=True)
class EscapeDensity:
    """The density of spikes around a hazard."""

    compared: Compared

    def terms(self, simulated: OutputTraces) -> Terms:
        """Return the log-likelihood of every sample, with its derivatives."""
        where, dt = self.compared.is_compared, self.compared.dt
        spikes = self.compared.data * dt
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            hazards = np.clip(simulated.values, _LOWEST, _HIGHEST)
            logs = np.where(where, spikes * np.log(hazards * dt) - hazards * dt, 0.0)
            chosen = hazards[:, where]
            slopes = simulated.slopes[..., where]
            return Terms(
                by_trace=np.where(np.isnan(simulated.values).any(axis=2), np.nan, logs.sum(axis=2)),
                gradients=np.einsum("csk,sk->sc", slopes, spikes[where] / chosen - dt),
                matrices=np.einsum("csk,dsk,sk->scd", slopes, slopes, dt / chosen, optimize=True),
            )

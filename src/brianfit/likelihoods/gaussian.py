"""Independent Gaussian noise at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike
from brianfit.likelihoods._base import AbstractNoise, Compared, OutputTraces, Terms, positive_size
from brianfit.likelihoods._quadratic import QuadraticSums, gaussian_terms


@final
class Gaussian(AbstractNoise):
    """Independent Gaussian noise at every step.

    Differences of membrane voltages from a model are hardly ever independent from step to step;
    where they are not, this likelihood is far too sure, by a factor of five to sixteen in the width
    of intervals. `AutocorrelatedGaussian` is the likelihood for them.

    Parameters
    ----------
    sigma
        Standard deviation, in the unit of the output; None: for every sample the one that makes the
        recording most likely, which is as if it had been integrated out.
    """

    def __init__(self, sigma: QuantityLike | None = None) -> None:
        self.sigma = sigma

    def density(self, compared: Compared, best: Callable[[], OutputTraces]) -> GaussianDensity:
        """Return the density of a recording; nothing is learnt from the best sample."""
        return GaussianDensity(
            compared=compared, sigma=positive_size("sigma", self.sigma, compared.dimensions)
        )


@final
@dataclass(frozen=True, kw_only=True)
class GaussianDensity:
    """The density of independent noise; `sigma` is None where it is not given."""

    compared: Compared
    sigma: float | None

    def terms(self, simulated: OutputTraces) -> Terms:
        """Return the log-likelihood of every sample, with its derivatives."""
        return self.terms_of_sums(plain_sums(simulated, self.compared))

    def terms_of_sums(self, sums: QuadraticSums) -> Terms:
        """Return the same from sums that an engine added up."""
        return gaussian_terms(sums, self.compared.counts, sigma=self.sigma)


def plain_sums(simulated: OutputTraces, compared: Compared) -> QuadraticSums:
    """Return the sums of the residuals as they are, not whitened."""
    with np.errstate(over="ignore", invalid="ignore"):
        rows = _selected(simulated.residuals(compared), compared)
        slopes = _selected(simulated.slopes, compared)
        return QuadraticSums(
            totals=np.einsum(
                "stk,stk->st", *2 * [simulated.residuals(compared) * compared.is_compared]
            ),
            gradients=np.einsum("csk,sk->sc", slopes, rows),
            matrices=np.einsum("csk,dsk->scd", slopes, slopes),
        )


def _selected(
    traces: Float[np.ndarray, "*batch n_traces n_steps"], compared: Compared
) -> Float[np.ndarray, "*batch n_compared"]:
    return np.asarray(traces[..., compared.is_compared])

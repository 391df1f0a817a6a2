"""Independent noise with heavy tails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import lgamma
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Number, QuantityLike
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.likelihoods._base import AbstractNoise, Compared, OutputTraces, Terms, positive_size


@final
class StudentT(AbstractNoise):
    """Independent noise with heavy tails at every step: single large differences count less.

    Parameters
    ----------
    sigma
        Scale, in the unit of the output; None: the one under which the differences of the best
        sample are most likely.
    degrees_of_freedom
        The smaller, the heavier the tails; None: learnt likewise.
    """

    def __init__(
        self, sigma: QuantityLike | None = None, degrees_of_freedom: Number | None = None
    ) -> None:
        self.sigma = sigma
        self.degrees_of_freedom = positive_size(
            "degrees_of_freedom", degrees_of_freedom, DIMENSIONLESS
        )

    def density(self, compared: Compared, best: Callable[[], OutputTraces]) -> StudentTDensity:
        """Return the density of a recording, its scale and tails learnt where not given."""
        sigma = positive_size("sigma", self.sigma, compared.dimensions)
        tails = self.degrees_of_freedom
        if sigma is None or tails is None:
            residuals = best().residuals(compared)[0][compared.is_compared]
            sigma, tails = _learnt(residuals, sigma, tails)
        return StudentTDensity(compared=compared, sigma=sigma, degrees_of_freedom=float(tails))


@final
@dataclass(frozen=True, kw_only=True)
class StudentTDensity:
    """The density of independent noise with heavy tails."""

    compared: Compared
    sigma: float
    degrees_of_freedom: float

    def terms(self, simulated: OutputTraces) -> Terms:
        """Return the log-likelihood of every sample, with its derivatives."""
        nu, scale = self.degrees_of_freedom, self.degrees_of_freedom * self.sigma**2
        where = self.compared.is_compared
        with np.errstate(over="ignore", invalid="ignore"):
            residuals = simulated.residuals(self.compared)
            logs = _log_density(residuals, self.sigma, nu)
            rows, slopes = residuals[:, where], simulated.slopes[..., where]
            gradients = np.einsum("csk,sk->sc", slopes, -(nu + 1) * rows / (scale + rows**2))
            information = (nu + 1) / (nu + 3) / self.sigma**2
            return Terms(
                by_trace=np.where(where, logs, 0.0 * logs).sum(axis=2),
                gradients=gradients,
                matrices=information * np.einsum("csk,dsk->scd", slopes, slopes),
            )


def _log_density(
    residuals: Float[np.ndarray, "..."], sigma: float, nu: float
) -> Float[np.ndarray, "..."]:
    constant = lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * np.log(nu * np.pi) - np.log(sigma)
    return np.asarray(constant - 0.5 * (nu + 1) * np.log1p((residuals / sigma) ** 2 / nu))


def _learnt(
    residuals: Float[np.ndarray, " _"], sigma: float | None, nu: float | None
) -> tuple[float, float]:
    """Return scale and degrees of freedom under which residuals are most likely."""
    from scipy.optimize import minimize

    typical = float(np.median(np.abs(residuals)))
    if not typical > 0:
        raise InvalidTypeError(
            "The model reproduces most of the recording exactly, so the noise cannot be told from "
            "the residuals; give `sigma` and `degrees_of_freedom`."
        )

    def chosen(x: np.ndarray) -> tuple[float, float]:
        size = typical * float(np.exp(x[0])) if sigma is None else sigma
        return size, float(np.clip(np.exp(x[1]), 1.0, 200.0)) if nu is None else nu

    found = minimize(
        lambda x: -float(_log_density(residuals, *chosen(x)).mean()),
        np.log([1.4, 5.0]),
        method="Nelder-Mead",
    )
    return chosen(found.x)

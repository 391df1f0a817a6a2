"""Student's t with several coordinates: like a normal distribution, with heavier tails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import gammaln

from brianfit._foundation.shapes import Float

DEGREES = 10.0


@final
@dataclass(frozen=True, kw_only=True)
class StudentT:
    """Student's t, from which proposals are drawn.

    Attributes
    ----------
    root
        The coordinates of a draw are `centre` plus `root` times draws with a spread of 1.
    """

    centre: Float[np.ndarray, " n_parameters"]
    root: Float[np.ndarray, "n_parameters n_parameters"]
    degrees: float = DEGREES

    @staticmethod
    def with_precision(
        centre: Float[np.ndarray, " n_parameters"],
        precision: Float[np.ndarray, "n_parameters n_parameters"],
    ) -> StudentT:
        """Return the one that is like a normal distribution with this inverse covariance."""
        return StudentT(centre=centre, root=np.linalg.inv(np.linalg.cholesky(precision)).T)

    def draw(
        self, n_draws: int, generator: np.random.Generator
    ) -> Float[np.ndarray, "n_draws n_parameters"]:
        """Return draws."""
        normal = generator.standard_normal((n_draws, self.centre.size))
        stretch = np.sqrt(self.degrees / generator.chisquare(self.degrees, n_draws))
        return np.asarray(self.centre + (normal * stretch[:, np.newaxis]) @ self.root.T)

    def log_density(
        self, points: Float[np.ndarray, "n_draws n_parameters"]
    ) -> Float[np.ndarray, " n_draws"]:
        """Return the log density of points."""
        whitened = np.linalg.solve(self.root, (points - self.centre).T)
        squares = np.sum(whitened**2, axis=0)
        n, degrees = self.centre.size, self.degrees
        constant = (
            gammaln(0.5 * (degrees + n))
            - gammaln(0.5 * degrees)
            - 0.5 * n * np.log(degrees * np.pi)
            - np.linalg.slogdet(self.root)[1]
        )
        return np.asarray(constant - 0.5 * (degrees + n) * np.log1p(squares / degrees))

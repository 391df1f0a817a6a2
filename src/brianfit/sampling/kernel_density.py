"""A density drawn around points: half of it Student's t, half a bump at each of many points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import logsumexp

from brianfit._foundation.shapes import Float
from brianfit.sampling.student_t import StudentT


@final
@dataclass(frozen=True, kw_only=True)
class KernelDensity:
    """A density that follows points that are bent, or in several heaps.

    Attributes
    ----------
    around
        Like all points together.
    centres
        Some of the points; there are the bumps, shaped as `around` but narrower.
    """

    around: StudentT
    centres: Float[np.ndarray, "n_centres n_parameters"]

    @property
    def _width(self) -> float:
        """Width of a bump relative to all points (Silverman's rule)."""
        n_centres, n_parameters = self.centres.shape
        return float((4 / (n_centres * (n_parameters + 2))) ** (1 / (n_parameters + 4)))

    def draw(
        self, n_draws: int, generator: np.random.Generator
    ) -> Float[np.ndarray, "n_draws n_parameters"]:
        """Return draws."""
        n_centres, n_parameters = self.centres.shape
        wide = self.around.draw(n_draws, generator)
        centres = self.centres[generator.integers(n_centres, size=n_draws)]
        bumps = generator.standard_normal((n_draws, n_parameters)) @ self.around.root.T
        is_wide = generator.uniform(size=(n_draws, 1)) < 0.5
        return np.where(is_wide, wide, centres + self._width * bumps)

    def log_density(
        self, points: Float[np.ndarray, "n_draws n_parameters"]
    ) -> Float[np.ndarray, " n_draws"]:
        """Return the log density of points."""
        n_centres, n_parameters = self.centres.shape
        root = self._width * self.around.root
        whitened = np.linalg.solve(root, points.T).T
        whitened_centres = np.linalg.solve(root, self.centres.T).T
        squares = (
            np.sum(whitened**2, axis=1)[:, np.newaxis]
            + np.sum(whitened_centres**2, axis=1)
            - 2 * whitened @ whitened_centres.T
        )
        volume = 0.5 * n_parameters * np.log(2 * np.pi) + np.linalg.slogdet(root)[1]
        bumps = logsumexp(-0.5 * squares, axis=1) - np.log(n_centres) - volume
        wide = self.around.log_density(points)
        return np.asarray(np.logaddexp(wide, bumps) - np.log(2))

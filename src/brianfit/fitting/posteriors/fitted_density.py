"""The likelihood of a fit as a density for samplers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.sampling import Curved, UnboundedSpace


@final
@dataclass(frozen=True, kw_only=True)
class FittedDensity:
    """The likelihood of the recordings, over points whose prior is standard normal."""

    likelihood: Likelihood
    space: UnboundedSpace

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        return len(self.space)

    def log_likelihood(
        self, points: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the log likelihood; minus infinity where the simulation fails."""
        return self.likelihood.log_likelihood(self.space.to_values(points))

    def curved_log_likelihood(self, points: Float[np.ndarray, "n_samples n_parameters"]) -> Curved:
        """Return the log likelihood with gradient and Gauss-Newton matrix, from one simulation."""
        values = self.space.to_values(points)
        found = self.likelihood.evaluate(values, with_derivatives=True)
        by_value = Curved(
            value=found.log_likelihood,
            gradient=np.asarray(found.gradient),
            curvature=np.asarray(found.gauss_newton),
        )
        return self.space.pulled_back(by_value, points, values)

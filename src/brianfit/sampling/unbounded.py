"""The space in which samplers move: unbounded, with a standard normal prior in every direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.sampling.density import Curved
from brianfit.sampling.marginals import AbstractMarginal

Points = Float[np.ndarray, "n_samples n_parameters"]


@final
class UnboundedSpace:
    """Maps points of the unbounded space to values, and back.

    A point is standard normal where the values have their prior, so the density of the prior, with
    the Jacobian of the map, is that of the standard normal.

    Parameters
    ----------
    marginals
        The prior of every parameter.
    """

    def __init__(self, marginals: Sequence[AbstractMarginal]) -> None:
        self.marginals = tuple(marginals)

    def __len__(self) -> int:
        return len(self.marginals)

    def to_values(self, points: Points) -> Points:
        """Return the values at points."""
        return self._by_column(points, lambda marginal, column: marginal.from_normal(column))

    def to_points(self, values: Points) -> Points:
        """Return the points at values; values at a bound are taken a little inside."""
        return self._by_column(values, lambda marginal, column: marginal.to_normal(column))

    def slopes(self, points: Points, values: Points) -> Points:
        """Return d value / d coordinate, where `values` are those at `points`."""
        columns = [
            marginal.slope(points[:, k], values[:, k]) for k, marginal in enumerate(self.marginals)
        ]
        return np.column_stack(columns)

    def log_density(self, values: Points) -> Float[np.ndarray, " n_samples"]:
        """Return the log density of the prior in the values."""
        total = np.zeros(values.shape[0])
        for k, marginal in enumerate(self.marginals):
            total += marginal.log_density(values[:, k])
        return total

    def pulled_back(self, by_value: Curved, points: Points, values: Points) -> Curved:
        """Return a function of the values, with derivatives, as a function of the points."""
        slopes = self.slopes(points, values)
        return Curved(
            value=by_value.value,
            gradient=by_value.gradient * slopes,
            curvature=by_value.curvature * slopes[:, :, np.newaxis] * slopes[:, np.newaxis, :],
        )

    def _by_column(
        self, table: Points, function: Callable[[AbstractMarginal, np.ndarray], np.ndarray]
    ) -> Points:
        columns = [function(marginal, table[:, k]) for k, marginal in enumerate(self.marginals)]
        return np.column_stack(columns)

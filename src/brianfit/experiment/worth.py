"""How much a protocol is worth: the deviations of parameters that are expected after it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float, Int
from brianfit.model import ParameterSpace


@final
@dataclass(frozen=True, kw_only=True)
class Worth:
    """Turns information into relative deviations, averaged over points.

    Attributes
    ----------
    space
        The box of the parameters.
    information
        What recordings say already [1 / SI].
    points
        At which the information is averaged [SI].
    wanted
        Numbers of the parameters that count.
    weights
        How much each of them counts; they add up to 1.
    by_volume
        Whether the volume of all wanted parameters together counts, by the determinant.
    """

    space: ParameterSpace
    information: Float[np.ndarray, "n_parameters n_parameters"]
    points: Float[np.ndarray, "n_points n_parameters"]
    wanted: Int[np.ndarray, " n_wanted"]
    weights: Float[np.ndarray, " n_wanted"]
    by_volume: bool

    @property
    def before(self) -> Float[np.ndarray, " n_parameters"]:
        """The deviations without any new recording."""
        n_points, n = self.points.shape
        return self.deviations(np.zeros((n_points, n, n)))

    def deviations(
        self, matrices: Float[np.ndarray, "n_points n_parameters n_parameters"]
    ) -> Float[np.ndarray, " n_parameters"]:
        """Return relative standard deviations after a recording with this information [SI].

        The variance is that which is expected over the points: a stimulus that tells very much
        at a few points, such as where a spike is about to fail, and little at the others, is worth
        little.
        """
        variances = np.diagonal(self._covariances(matrices), axis1=1, axis2=2)
        return np.asarray(np.sqrt(variances.mean(axis=0)))

    def loss(self, matrices: Float[np.ndarray, "n_points n_parameters n_parameters"]) -> float:
        """Return what is to be made small; inf if a point could not be simulated."""
        if not np.isfinite(matrices).all():
            return float("inf")
        if not self.by_volume:
            return float(np.log(self.deviations(matrices)[self.wanted]) @ self.weights)
        expected = self._covariances(matrices).mean(axis=0)[np.ix_(self.wanted, self.wanted)]
        return float(np.linalg.slogdet(expected)[1] / (2 * self.wanted.size))

    def covariance_now(self) -> Float[np.ndarray, "n_parameters n_parameters"]:
        """Return the covariance of relative changes at the first point, without new recordings."""
        n = self.points.shape[1]
        return np.asarray(self._covariances(np.zeros((len(self.points), n, n)))[0])

    def _covariances(self, matrices: np.ndarray) -> np.ndarray:
        """Return the covariances of relative changes, box and recordings so far included."""
        scales = np.where(self.points == 0, 1.0, np.abs(self.points))
        outer = scales[:, :, np.newaxis] * scales[:, np.newaxis]
        information = (matrices + self.information) * outer
        diagonal = np.arange(self.points.shape[1])
        information[:, diagonal, diagonal] += 1.0 / _variances_of_box(self.space, scales)
        # Scaled to ones on the diagonal, so that parameters of any size can be inverted together.
        sizes = np.sqrt(information[:, diagonal, diagonal])
        both = sizes[:, :, np.newaxis] * sizes[:, np.newaxis]
        return np.asarray(np.linalg.inv(information / both) / both)


def _variances_of_box(space: ParameterSpace, scales: np.ndarray) -> np.ndarray:
    """Return the variance of relative values that are spread evenly over the box."""
    low = np.where(space.is_log, space.low, 1.0)
    ratio = np.log(np.where(space.is_log, space.high, math.e) / low)
    widths = np.where(space.is_log, ratio, (space.high - space.low) / scales)
    return np.asarray(widths**2 / 12)

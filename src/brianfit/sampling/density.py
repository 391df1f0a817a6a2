"""What a sampler is given: a density over an unbounded space, many points at a time.

The prior of that space is standard normal in every direction (see `unbounded`), so a density is
known by its likelihood. Whatever else a density is, write it as a likelihood by adding half of the
squared length of the points.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.shapes import Float

_LOG_TWO_PI = float(np.log(2 * np.pi))


class Curved(NamedTuple):
    """A function with its derivatives at many points.

    Attributes
    ----------
    value
        Minus infinity where the function does not exist.
    gradient
        Zero where it does not exist.
    curvature
        Minus the second derivatives, or a matrix near them that has no negative direction.
    """

    value: Float[np.ndarray, " n_samples"]
    gradient: Float[np.ndarray, "n_samples n_parameters"]
    curvature: Float[np.ndarray, "n_samples n_parameters n_parameters"]


@runtime_checkable
class Density(Protocol):
    """A likelihood over points with a standard normal prior."""

    @property
    def n_parameters(self) -> int:
        """Number of coordinates of a point."""
        ...

    def log_likelihood(
        self, points: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, " n_samples"]:
        """Return the log likelihood of every point; minus infinity where there is none."""
        ...


@runtime_checkable
class SupportsCurvature(Density, Protocol):
    """A density with derivatives."""

    def curved_log_likelihood(self, points: Float[np.ndarray, "n_samples n_parameters"]) -> Curved:
        """Return the log likelihood with its derivatives."""
        ...


def log_prior(
    points: Float[np.ndarray, "*batch n_parameters"],
) -> Float[np.ndarray, "*batch"]:
    """Return the log density of the prior."""
    n_parameters = points.shape[-1]
    return np.asarray(-0.5 * np.sum(points**2, axis=-1) - 0.5 * n_parameters * _LOG_TWO_PI)


def log_posterior(
    density: Density, points: Float[np.ndarray, "n_samples n_parameters"]
) -> Float[np.ndarray, " n_samples"]:
    """Return log likelihood and log prior together: the posterior but for its evidence."""
    return np.asarray(without_nan(density.log_likelihood(points)) + log_prior(points))


def curved_log_posterior(
    density: SupportsCurvature, points: Float[np.ndarray, "n_samples n_parameters"]
) -> Curved:
    """Return the log posterior with its derivatives; its curvature is positive definite."""
    found = density.curved_log_likelihood(points)
    value = without_nan(found.value)
    is_known = (
        np.isfinite(value)
        & np.isfinite(found.gradient).all(axis=1)
        & np.isfinite(found.curvature).all(axis=(1, 2))
    )
    gradient = np.where(is_known[:, np.newaxis], found.gradient, 0.0)
    curvature = np.where(is_known[:, np.newaxis, np.newaxis], found.curvature, 0.0)
    return Curved(
        value=np.where(is_known, value, -np.inf) + log_prior(points),
        gradient=gradient - points,
        curvature=curvature + np.eye(points.shape[1]),
    )


def without_nan(values: Float[np.ndarray, " n_samples"]) -> Float[np.ndarray, " n_samples"]:
    """Return log likelihoods with minus infinity where there is no number."""
    return np.where(np.isnan(values) | (values == np.inf), -np.inf, values)

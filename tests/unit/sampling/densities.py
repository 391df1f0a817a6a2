"""Likelihoods over points with a standard normal prior, whose posteriors are known."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from brianfit.sampling import Curved


class NormalLikelihood:
    """With a normal prior the posterior is normal, and the evidence is known."""

    n_parameters = 4

    def __init__(self) -> None:
        factor = np.random.default_rng(0).normal(size=(4, 4))
        self.precision = 400 * factor @ factor.T + 3000 * np.eye(4)
        self.centre = np.array([0.3, -0.5, 1.0, 0.2])

    def log_likelihood(self, points: np.ndarray) -> np.ndarray:
        apart = points - self.centre
        return -0.5 * np.einsum("ki,ij,kj->k", apart, self.precision, apart)

    def curved_log_likelihood(self, points: np.ndarray) -> Curved:
        curvature = np.tile(self.precision, (len(points), 1, 1))
        gradient = -(points - self.centre) @ self.precision
        return Curved(self.log_likelihood(points), gradient, curvature)

    @property
    def covariance(self) -> np.ndarray:
        return np.linalg.inv(self.precision + np.eye(4))

    @property
    def mean(self) -> np.ndarray:
        return self.covariance @ self.precision @ self.centre

    @property
    def log_evidence(self) -> float:
        both = self.precision @ self.covariance
        return float(
            0.5 * np.linalg.slogdet(self.covariance)[1] - 0.5 * self.centre @ both @ self.centre
        )


class Banana:
    """The second coordinate follows the square of the first."""

    n_parameters = 2
    width = 0.1

    def log_likelihood(self, points: np.ndarray) -> np.ndarray:
        return -0.5 * self._residuals(points) ** 2

    def curved_log_likelihood(self, points: np.ndarray) -> Curved:
        residuals = self._residuals(points)
        slopes = np.stack([-2 * points[:, 0], np.ones(len(points))], axis=1) / self.width
        return Curved(
            -0.5 * residuals**2,
            -slopes * residuals[:, np.newaxis],
            slopes[:, :, np.newaxis] * slopes[:, np.newaxis, :],
        )

    def _residuals(self, points: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.clip((points[:, 1] - points[:, 0] ** 2) / self.width, -1e6, 1e6)


class TwoModes:
    """Two heaps, one with three tenths of the likelihood."""

    n_parameters = 2
    log_shares = np.log([0.3, 0.7])

    def __init__(self, apart: float = 3.6, width: float = 0.15) -> None:
        self.centres = np.array([[-0.5, 0.0], [0.5, 0.0]]) * apart
        self.width = width

    def log_likelihood(self, points: np.ndarray) -> np.ndarray:
        return logsumexp(self._parts(points), axis=0) - np.log(2 * np.pi * self.width**2)

    def curved_log_likelihood(self, points: np.ndarray) -> Curved:
        parts = self._parts(points)
        shares = np.exp(parts - logsumexp(parts, axis=0))
        gradient = sum(
            share[:, np.newaxis] * (centre - points) / self.width**2
            for share, centre in zip(shares, self.centres, strict=True)
        )
        curvature = np.tile(np.eye(2) / self.width**2, (len(points), 1, 1))
        return Curved(self.log_likelihood(points), gradient, curvature)

    def _parts(self, points: np.ndarray) -> np.ndarray:
        squares = np.sum((points - self.centres[:, np.newaxis]) ** 2, axis=2)
        return self.log_shares[:, np.newaxis] - 0.5 * squares / self.width**2


def log_evidence_by_quadrature(density: Banana | TwoModes) -> float:
    """Return the log evidence of a density of two coordinates, on a grid."""
    axis = np.linspace(-6, 6, 1201)
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    log_values = density.log_likelihood(points) - 0.5 * np.sum(points**2, axis=1)
    return float(logsumexp(log_values) - np.log(2 * np.pi) + 2 * np.log(axis[1] - axis[0]))

"""Climb to the tops of a posterior from several starts at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.sampling.density import Curved, SupportsCurvature, curved_log_posterior

_DAMPINGS = np.array([0.0, 1e-2, 1.0, 1e2, 1e4])
"""Tried together, each relative to the diagonal of the curvature."""

_MOST_ROUNDS = 60
_RISE = 1e-6  # of a log density: less is none
_APART = 5.0  # standard deviations between two tops that are not the same


@final
@dataclass(frozen=True, kw_only=True)
class Tops:
    """The tops that were found, the highest first.

    Attributes
    ----------
    log_evidence
        Of each top, were the posterior around it normal.
    """

    points: Float[np.ndarray, "n_tops n_parameters"]
    log_posterior: Float[np.ndarray, " n_tops"]
    curvature: Float[np.ndarray, "n_tops n_parameters n_parameters"]

    @property
    def log_evidence(self) -> Float[np.ndarray, " n_tops"]:
        """Log of the volume below each top (Laplace's approximation)."""
        n_parameters = self.points.shape[1]
        volume = 0.5 * n_parameters * np.log(2 * np.pi)
        return np.asarray(self.log_posterior + volume - 0.5 * np.linalg.slogdet(self.curvature)[1])


def climb(density: SupportsCurvature, starts: Float[np.ndarray, "n_starts n_parameters"]) -> Tops:
    """Return the tops above starts: damped Gauss-Newton steps of several lengths, all in one batch.

    Starts without a likelihood lead nowhere and are left out.
    """
    now = curved_log_posterior(density, starts)
    points = starts
    is_moving = np.isfinite(now.value)
    for _ in range(_MOST_ROUNDS):
        moving = np.flatnonzero(is_moving)
        if moving.size == 0:
            break
        tried = _tried(points[moving], _rows(now, moving))
        found = curved_log_posterior(density, tried)
        best = np.argmax(found.value.reshape(moving.size, -1), axis=1)
        chosen = np.arange(moving.size) * _DAMPINGS.size + best
        rises = found.value[chosen] > now.value[moving]
        is_moving[moving] = found.value[chosen] - now.value[moving] > _RISE
        points = points.copy()
        points[moving[rises]] = tried[chosen[rises]]
        now = _replaced(now, moving[rises], _rows(found, chosen[rises]))
    return _apart(points, now)


def _tried(points: np.ndarray, now: Curved) -> np.ndarray:
    """Return points at all dampings of a step; of shape (n_points * n_dampings, n_parameters)."""
    diagonal = np.diagonal(now.curvature, axis1=1, axis2=2)
    extra = np.einsum("k,pi,ij->pkij", _DAMPINGS, diagonal, np.eye(points.shape[1]))
    damped = now.curvature[:, np.newaxis] + extra
    gradient = np.broadcast_to(now.gradient[:, np.newaxis, :, np.newaxis], (*damped.shape[:3], 1))
    steps = np.linalg.solve(damped, gradient)[..., 0]
    return np.asarray((points[:, np.newaxis] + steps).reshape(-1, points.shape[1]))


def _rows(curved: Curved, rows: np.ndarray) -> Curved:
    return Curved(curved.value[rows], curved.gradient[rows], curved.curvature[rows])


def _replaced(before: Curved, rows: np.ndarray, new: Curved) -> Curved:
    found = Curved(*(part.copy() for part in before))
    for part, values in zip(found, new, strict=True):
        part[rows] = values
    return found


def _apart(points: np.ndarray, found: Curved) -> Tops:
    """Return the tops that are not the same, the highest first."""
    kept: list[int] = []
    for number in np.argsort(-found.value, kind="stable"):
        if not np.isfinite(found.value[number]):
            continue
        differences = points[number] - points[kept]
        curvature = found.curvature[kept]
        distances = np.einsum("ki,kij,kj->k", differences, curvature, differences)
        if np.all(distances > _APART**2):
            kept.append(int(number))
    return Tops(
        points=points[kept], log_posterior=found.value[kept], curvature=found.curvature[kept]
    )

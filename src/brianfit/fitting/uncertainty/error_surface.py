"""The error of a fit around its best sample: many constrained minimisations at once, in lanes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.fitting.search.rounds import difference_steps
from brianfit.fitting.search.search_state import Search
from brianfit.model import ParameterSpace

AT_WALL = 1e-9
"""A coordinate that is nearer to a bound than this is taken to be there."""

LONGEST = 0.2
"""So far a step may go in any coordinate; all of them are between 0 and 1."""

MAX_STEPS = 25
"""So many steps a minimisation may take."""

HARDLY = 0.1
"""A damping that is no longer needed falls to this part of it."""


@final
@dataclass(frozen=True, kw_only=True)
class Points:
    """Points of the error, in coordinates.

    Attributes
    ----------
    gradients
        ``J^T r``: half of the slope of the error.
    matrices
        ``J^T J``.
    """

    x: Float[np.ndarray, "n_points n_parameters"]
    errors: Float[np.ndarray, " n_points"]
    gradients: Float[np.ndarray, "n_points n_parameters"]
    matrices: Float[np.ndarray, "n_points n_parameters n_parameters"]

    def where(self, is_new: Bool[np.ndarray, " n_points"], new: Points) -> Points:
        """Return the points, some of them replaced by new ones."""
        rows = is_new[:, np.newaxis]
        return Points(
            x=np.where(rows, new.x, self.x),
            errors=np.where(is_new, new.errors, self.errors),
            gradients=np.where(rows, new.gradients, self.gradients),
            matrices=np.where(rows[:, np.newaxis], new.matrices, self.matrices),
        )

    def chosen(self, rows: Int[np.ndarray, " n"] | Bool[np.ndarray, " n"]) -> Points:
        """Return some of the points."""
        return Points(
            x=self.x[rows],
            errors=self.errors[rows],
            gradients=self.gradients[rows],
            matrices=self.matrices[rows],
        )


@final
@dataclass(kw_only=True)
class ErrorSurface:
    """The error of a search as a function of coordinates; counts what it simulates."""

    search: Search
    n_gradients: int = field(default=0, init=False)

    @property
    def space(self) -> ParameterSpace:
        """The box of the free parameters."""
        return self.search.task.parameters.space

    def at(self, x: Float[np.ndarray, "n_points n_parameters"]) -> Points:
        """Simulate points with their derivatives, all at once."""
        search, space = self.search, self.space
        values = space.to_values(x)
        found = search.objective.linearise(
            values,
            steps=difference_steps(space, x),
            iteration=search.iteration,
            seed=search.seed,
        )
        self.n_gradients += len(x) * search.objective.simulations_per_linearisation
        slopes = space.derivative(values)
        return Points(
            x=x,
            errors=np.asarray(found.evaluation.errors),
            gradients=found.gradients * slopes,
            matrices=found.normal_matrices * slopes[:, :, np.newaxis] * slopes[:, np.newaxis],
        )

    def minimised(
        self,
        starts: Float[np.ndarray, "n_points n_parameters"],
        fixed: Int[np.ndarray, " n_points"],
        tolerances: Float[np.ndarray, " n_points"],
    ) -> Points:
        """Go downhill from every start by damped Gauss-Newton steps, within the bounds.

        Parameters
        ----------
        fixed
            The coordinate that stays as it is; -1: none.
        tolerances
            A minimisation ends when the error would fall by no more than this.
        """
        return minimised(self.at, starts, fixed, tolerances)


def minimised(
    at: Callable[[Float[np.ndarray, "n_points n_parameters"]], Points],
    starts: Float[np.ndarray, "n_points n_parameters"],
    fixed: Int[np.ndarray, " n_points"],
    tolerances: Float[np.ndarray, " n_points"],
) -> Points:
    """Minimise a function from many starts at once; see `ErrorSurface.minimised`."""
    points = at(starts)
    dampings = np.zeros(len(starts))
    active = np.isfinite(points.errors)
    for _ in range(MAX_STEPS):
        steps, falls = _steps(points, fixed, dampings)
        active &= falls > tolerances
        rows = np.flatnonzero(active)
        if not rows.size:
            break
        tried = at(np.clip(points.x[rows] + steps[rows], 0.0, 1.0))
        new = _scattered(points, rows, tried)
        is_better = active & (new.errors < points.errors)
        worse = active & ~is_better
        points = points.where(is_better, new)
        dampings = np.where(is_better, HARDLY * dampings, dampings)
        dampings = np.where(worse, np.maximum(10.0 * dampings, 1e-2), dampings)
        dampings[dampings < 1e-4] = 0.0
        active &= dampings < 1e8
    return points


def _scattered(points: Points, rows: Int[np.ndarray, " n"], tried: Points) -> Points:
    """Return points, those of some rows being others."""
    x, errors = points.x.copy(), points.errors.copy()
    gradients, matrices = points.gradients.copy(), points.matrices.copy()
    x[rows], errors[rows] = tried.x, tried.errors
    gradients[rows], matrices[rows] = tried.gradients, tried.matrices
    return Points(x=x, errors=errors, gradients=gradients, matrices=matrices)


def _steps(
    points: Points, fixed: Int[np.ndarray, " n_points"], dampings: Float[np.ndarray, " n_points"]
) -> tuple[Float[np.ndarray, "n_points n_parameters"], Float[np.ndarray, " n_points"]]:
    """Return a step from every point, and by how much the error would fall."""
    steps, falls = np.zeros_like(points.x), np.zeros(len(points.x))
    for row, x in enumerate(points.x):
        gradient, matrix = points.gradients[row], points.matrices[row]
        is_free = np.arange(x.size) != fixed[row]
        is_free &= ~(((x <= AT_WALL) & (gradient > 0)) | ((x >= 1 - AT_WALL) & (gradient < 0)))
        step = _step_within(x, gradient, matrix, is_free, float(dampings[row]))
        steps[row] = step
        falls[row] = -(2.0 * gradient @ step + step @ matrix @ step)
    return steps, falls


def _step_within(
    x: np.ndarray, gradient: np.ndarray, matrix: np.ndarray, is_free: np.ndarray, damping: float
) -> Float[np.ndarray, " n_parameters"]:
    """Return a damped step; coordinates that would leave the box stay at its wall."""
    while True:
        step = np.zeros(x.size)
        if not is_free.any():
            return step
        part = matrix[np.ix_(is_free, is_free)]
        sizes = np.diag(part)
        scale = np.sqrt(np.where(sizes > 0, sizes, 1.0))
        scaled = part / np.outer(scale, scale) + damping * np.eye(scale.size)
        step[is_free] = -np.linalg.lstsq(scaled, gradient[is_free] / scale, rcond=1e-12)[0] / scale
        step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-300))
        leaves = is_free & (((x <= AT_WALL) & (step < 0)) | ((x >= 1.0 - AT_WALL) & (step > 0)))
        if not leaves.any():
            inside = np.clip(x + step, 0.0, 1.0)
            return np.asarray(inside - x)
        is_free &= ~leaves

"""Many local searches by least squares that advance together, one point each per round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float, Int
from brianfit.optimizers.local.trust_region import trust_region_steps

FIRST_RADIUS = 0.3
"""Radius of the trust region at the start, in scaled variables."""

WALL = 1e-10
"""Steps keep this distance from the walls of the unit box, where the scaling is singular."""

SHORTEST_STEP = 1e-9
"""A search whose steps are shorter has ended, in unit coordinates."""

NEAR_BEST = 1.01
"""A search whose error is not larger than this multiple of the best is polished to the end."""


@final
@dataclass(frozen=True, kw_only=True)
class LocalSearchEnd:
    """A local search that has ended.

    Attributes
    ----------
    start, end
        Coordinates where it began, and its best point.
    error
        At the end, in the scale of the errors that the optimizer was told.
    n_points
        Points with derivatives that it took.
    reason
        Why it ended.
    matrix
        ``J^T J`` at the end.
    """

    start: Float[np.ndarray, " n_parameters"]
    end: Float[np.ndarray, " n_parameters"]
    error: float
    n_points: int
    reason: str
    matrix: Float[np.ndarray, "n_parameters n_parameters"]


@final
class LocalSearches:
    """The state of searches side by side; `tell` advances all of them by one point.

    Parameters
    ----------
    tolerance
        A search ends when its next step promises to lower the error by less than this fraction;
        the best search goes on until `fine_tolerance`.

    Attributes
    ----------
    trials
        The points to evaluate next.
    points, errors
        The best points of the searches so far.
    """

    def __init__(self, n_parameters: int, *, tolerance: float, fine_tolerance: float) -> None:
        self._tolerance = tolerance
        self._fine_tolerance = fine_tolerance
        self._best_error = np.inf
        none, square = (0, n_parameters), (0, n_parameters, n_parameters)
        self.trials = np.empty(none)
        self.starts = np.empty(none)
        self.points = np.empty(none)
        self.errors = np.empty(0)
        self._gradients = np.empty(none)
        self._matrices = np.empty(square)
        self._radii = np.empty(0)
        self._predicted = np.empty(0)
        self._lengths = np.empty(0)
        self._n_points = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.trials)

    def add(self, starts: Float[np.ndarray, "n_starts n_parameters"]) -> None:
        """Begin searches; their first trial points are the starts."""
        n_starts, n_parameters = starts.shape
        zeros = np.zeros((n_starts, n_parameters))
        self._append("trials", starts)
        self._append("starts", starts)
        self._append("points", starts)
        self._append("errors", np.full(n_starts, np.inf))
        self._append("_gradients", zeros)
        self._append("_matrices", np.zeros((n_starts, n_parameters, n_parameters)))
        self._append("_radii", np.full(n_starts, FIRST_RADIUS))
        self._append("_predicted", np.full(n_starts, np.inf))
        self._append("_lengths", np.zeros(n_starts))
        self._append("_n_points", np.zeros(n_starts, dtype=np.int64))

    def tell(
        self,
        rows: Int[np.ndarray, " n_told"],
        errors: Float[np.ndarray, " n_told"],
        gradients: Float[np.ndarray, "n_told n_parameters"],
        matrices: Float[np.ndarray, "n_told n_parameters n_parameters"],
    ) -> list[LocalSearchEnd]:
        """Take what was found at the trial points of some searches; return those that ended."""
        self._n_points[rows] += 1
        before, predicted = self.errors[rows], self._predicted[rows]
        falls = errors < before
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            ratio = np.where(np.isinf(before), 1.0, (before - errors) / predicted)
        ratio = np.where(np.isnan(ratio), -np.inf, ratio)
        self._resize(rows, ratio)
        better = rows[falls]
        self.points[better] = self.trials[better]
        self.errors[better] = errors[falls]
        self._gradients[better] = gradients[falls]
        self._matrices[better] = matrices[falls]
        self._best_error = min(self._best_error, float(errors.min(initial=np.inf)))
        self._propose(rows)
        return self._remove_ended(rows)

    def so_far(self) -> list[LocalSearchEnd]:
        """Return how far the searches under way have come, those that could be scored."""
        rows = np.flatnonzero(np.isfinite(self.errors))
        return self._ends({int(row): "it was broken off" for row in rows})

    def drop_worst(self, n_searches: int) -> None:
        """Give up the searches with the highest errors."""
        order = np.argsort(-self.errors, kind="stable")
        self._keep(~np.isin(np.arange(len(self)), order[: max(0, n_searches)]))

    def _resize(self, rows: np.ndarray, ratio: np.ndarray) -> None:
        """Change the trust regions by how well the last steps were predicted."""
        radii, lengths = self._radii[rows], self._lengths[rows]
        smaller = 0.25 * np.minimum(lengths, radii)
        larger = np.where(lengths > 0.95 * radii, 2.0 * radii, radii)
        is_first = lengths == 0
        changed = np.where(ratio < 0.25, smaller, np.where(ratio > 0.75, larger, radii))
        self._radii[rows] = np.where(is_first, radii, changed)

    def _propose(self, rows: np.ndarray) -> None:
        points = np.clip(self.points[rows], WALL, 1.0 - WALL)
        steps = trust_region_steps(
            points, self._gradients[rows], self._matrices[rows], self._radii[rows]
        )
        self.trials[rows] = np.clip(points + steps.moves, WALL, 1.0 - WALL)
        self._predicted[rows] = steps.predicted
        self._lengths[rows] = steps.lengths

    def _remove_ended(self, rows: np.ndarray) -> list[LocalSearchEnd]:
        reasons = self._reasons(rows)
        ends = self._ends(reasons)
        if reasons:
            self._keep(~np.isin(np.arange(len(self)), list(reasons)))
        return ends

    def _ends(self, reasons: Mapping[int, str]) -> list[LocalSearchEnd]:
        return [
            LocalSearchEnd(
                start=self.starts[row].copy(),
                end=self.points[row].copy(),
                error=float(self.errors[row]),
                n_points=int(self._n_points[row]),
                reason=reason,
                matrix=self._matrices[row].copy(),
            )
            for row, reason in reasons.items()
        ]

    def _reasons(self, rows: np.ndarray) -> dict[int, str]:
        """Return the searches that ended, and why."""
        errors = self.errors[rows]
        tolerance = np.where(
            errors <= NEAR_BEST * self._best_error, self._fine_tolerance, self._tolerance
        )
        steps = np.abs(self.trials[rows] - self.points[rows]).max(axis=1)
        failed: Bool[np.ndarray, " n"] = np.isinf(errors)
        flat = ~failed & (steps < SHORTEST_STEP)
        converged = ~failed & ~flat & (self._predicted[rows] <= tolerance * errors)
        return {
            **dict.fromkeys(rows[failed].tolist(), "the start could not be scored"),
            **dict.fromkeys(rows[flat].tolist(), "no step leads further down"),
            **dict.fromkeys(rows[converged].tolist(), "it converged"),
        }

    def _append(self, name: str, values: np.ndarray) -> None:
        setattr(self, name, np.concatenate([getattr(self, name), values]))

    def _keep(self, kept: Bool[np.ndarray, " n_searches"]) -> None:
        for name, values in vars(self).items():
            if isinstance(values, np.ndarray):
                setattr(self, name, values[kept])

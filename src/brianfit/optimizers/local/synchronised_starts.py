"""Local searches on synchronised traces, whose ends are where searches on the traces may start."""

from __future__ import annotations

from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.optimizers.local.searches import LocalSearches

MOST_SEARCHES = 8
"""So many searches advance together at most."""

POINTS_OF_A_SEARCH = 12
"""What a search takes, about."""

MOST_POINTS = 30
"""Searches that take longer are taken as they are."""

SHARE = 0.25
"""Part of the budget that the searches may take, about; one is always made."""

TOLERANCE = 1e-3
"""Searches end when they promise to lower the squares by a smaller fraction: they yield starts."""

AS_GOOD = 2.0
"""Ends whose squares are larger than this multiple of the least are not worth starting from."""


@final
class SynchronisedStarts:
    """Searches side by side that are done when one has found a bottom that no other is below.

    Parameters
    ----------
    starts
        Where they begin.
    """

    def __init__(self, starts: Float[np.ndarray, "n_searches n_parameters"]) -> None:
        self._searches = LocalSearches(
            starts.shape[1], tolerance=TOLERANCE, fine_tolerance=TOLERANCE
        )
        self._searches.add(starts)
        self._ends = np.empty((0, starts.shape[1]))
        self._squares = np.empty(0)
        self._n_rounds = 0

    @property
    def trials(self) -> Float[np.ndarray, "n_running n_parameters"]:
        """The points to synchronise next."""
        return self._searches.trials.copy()

    def tell(
        self,
        squares: Float[np.ndarray, " n_running"],
        gradients: Float[np.ndarray, "n_running n_parameters"],
        matrices: Float[np.ndarray, "n_running n_parameters n_parameters"],
    ) -> None:
        """Take what was found at the trial points."""
        self._n_rounds += 1
        ended = self._searches.tell(np.arange(len(squares)), squares, gradients, matrices)
        for end in ended:
            self._ends = np.concatenate([self._ends, end.end[np.newaxis]])
            self._squares = np.append(self._squares, end.error)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing more to learn."""
        running = self._searches.errors
        lowest = self._squares.min(initial=np.inf)
        return bool(
            len(running) == 0
            or self._n_rounds >= MOST_POINTS
            or (np.isfinite(lowest) and lowest <= running.min())
        )

    def points(self) -> Float[np.ndarray, "n_points n_parameters"]:
        """Return the ends, and how far the others have come, the best ones first."""
        points = np.concatenate([self._ends, self._searches.points])
        squares = np.concatenate([self._squares, self._searches.errors])
        order = np.argsort(squares, kind="stable")
        good = np.isfinite(squares[order]) & (squares[order] <= AS_GOOD * squares.min())
        return np.asarray(points[order][good])


def n_searches(n_samples: int, n_rounds: int, cost: int) -> int:
    """Return how many searches suit a budget, each sample of which costs `cost` evaluations."""
    if cost == 0 or cost > n_samples:
        return 0
    affordable = int(SHARE * n_samples * n_rounds / (POINTS_OF_A_SEARCH * cost))
    return max(1, min(MOST_SEARCHES, n_samples // cost, affordable))

"""Least-squares problems whose search starts in a corner of the unit box, and ends inside of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import final

import numpy as np

MOST_CORNERS = 4


@final
@dataclass(frozen=True, kw_only=True)
class Problem:
    """Residuals ``slopes (x - solution)``, which no corner makes zero."""

    slopes: np.ndarray
    solution: np.ndarray

    def at(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return residuals and their derivatives."""
        return self.slopes @ (x - self.solution), self.slopes

    def error_at(self, x: np.ndarray) -> float:
        """Return the sum of squared residuals."""
        return float(np.sum(self.at(x)[0] ** 2))


def problems(n_parameters: int) -> Iterator[Problem]:
    """Yield problems with coupled parameters, alike and of very different weight."""
    for seed, weakest in product(range(3), (1.0, 1e-2)):
        random = np.random.default_rng(seed)
        slopes = random.normal(size=(n_parameters + 3, n_parameters))
        yield Problem(
            slopes=slopes * np.geomspace(1.0, weakest, n_parameters),
            solution=random.uniform(0.2, 0.8, n_parameters),
        )


def corners(n_parameters: int) -> np.ndarray:
    """Return all corners, or the two opposite ones and some more; and points just beside them."""
    every = np.array(list(product([0.0, 1.0], repeat=n_parameters)))
    some = np.random.default_rng(1).permutation(len(every))[:MOST_CORNERS]
    chosen = every[np.unique([0, len(every) - 1, *some])]
    return np.concatenate([chosen, np.abs(chosen - 1e-9)])

"""Which spike of the model belongs to which recorded one, and how far apart they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float, Int
from brianfit.fitting.polish.damped_fit import LinearModel

SCALES = (4.0, 1.0)
"""Pairs count less from this many median differences on; directions are tried with each."""

FAST = 1.0
"""Spikes whose derivatives are larger than this many medians of them count as much as such ones."""


@final
@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Spikes of one sample beside the recorded ones.

    Attributes
    ----------
    differences
        Simulated minus recorded time of every pair [s].
    slopes
        Their derivatives in coordinates.
    n_alone
        Spikes without partner, recorded and simulated.
    """

    differences: Float[np.ndarray, " n_pairs"]
    slopes: Float[np.ndarray, "n_pairs n_parameters"]
    n_alone: int
    n_recorded: int

    def mean_square(self) -> float:
        """Return the mean square of the differences [s^2]."""
        return float(np.mean(self.differences**2)) if self.differences.size else 0.0

    def error(self, window: float) -> float:
        """Return what is minimised [s^2]."""
        alone = self.n_alone * window**2 / 2
        return float((np.sum(self.differences**2) + alone) / self.n_recorded)

    def models(self) -> Iterator[LinearModel]:
        """Yield models of the error: of all pairs, of those that are nearer and nearer, of halves.

        Pairs much further apart than most may be none; and spikes whose time changes much more
        than that of most are about to come or go. Every second pair alone leads over small
        obstacles, which are not the same for both halves.
        """
        yield self._model(np.ones(self.differences.size))
        if self.differences.size == 0:
            return
        sizes = np.linalg.norm(self.slopes, axis=1)
        steady = np.minimum(1.0, FAST * np.median(sizes) / np.maximum(sizes, 1e-300)) ** 2
        usual = max(float(np.median(np.abs(self.differences))), 1e-9)
        for scale in SCALES:
            yield self._model(steady / (1 + (self.differences / (scale * usual)) ** 2) ** 2)
        for half in (0, 1):
            yield self._model(steady * (np.arange(steady.size) % 2 == half))

    def in_words(self) -> str:
        """Return how well spikes match."""
        rms = 1e3 * np.sqrt(self.mean_square())
        alone = f", {self.n_alone} without partner" if self.n_alone else ""
        return f"{self.differences.size} pairs of spikes {rms:.3g} ms (rms) apart{alone}"

    def _model(self, weights: np.ndarray) -> LinearModel:
        weighted = self.slopes * weights[:, np.newaxis] / self.n_recorded
        return LinearModel(gradient=weighted.T @ self.differences, matrix=weighted.T @ self.slopes)


def match_spikes(
    recorded: Float[np.ndarray, " n_recorded"],
    simulated: Float[np.ndarray, " n_simulated"],
    window: float,
) -> tuple[Int[np.ndarray, " n_pairs"], Int[np.ndarray, " n_pairs"]]:
    """Return the numbers of the spikes that are pairs, one to one and in order.

    The sum of the squared differences is as small as can be, where a spike without partner costs
    ``window**2 / 2``; so partners are at most `window` [s] apart.
    """
    alone = window**2 / 2
    n, m = recorded.size, simulated.size
    places = np.arange(m + 1) * alone
    costs = np.empty((n + 1, m + 1))
    costs[0] = places
    for i in range(n):
        best = costs[i] + alone
        paired = costs[i, :-1] + (recorded[i] - simulated) ** 2
        best[1:] = np.minimum(best[1:], paired)
        # A spike of the model without partner may follow any of the cheapest ways so far.
        costs[i + 1] = places + np.minimum.accumulate(best - places)
    return _pairs(costs, recorded, simulated, alone)


def _pairs(
    costs: np.ndarray, recorded: np.ndarray, simulated: np.ndarray, alone: float
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the cheapest way back."""
    first: list[int] = []
    second: list[int] = []
    i, j = recorded.size, simulated.size
    while i > 0 and j > 0:
        paired = costs[i - 1, j - 1] + (recorded[i - 1] - simulated[j - 1]) ** 2
        others = min(costs[i - 1, j], costs[i, j - 1])
        if paired <= others + alone:
            i, j = i - 1, j - 1
            first.append(i)
            second.append(j)
        elif costs[i - 1, j] <= costs[i, j - 1]:
            i -= 1
        else:
            j -= 1
    return np.array(first[::-1], dtype=np.int64), np.array(second[::-1], dtype=np.int64)

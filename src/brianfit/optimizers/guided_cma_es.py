"""CMA-ES whose best samples are polished by least squares on the traces from time to time."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._dialogue import Dialogue
from brianfit.optimizers._local_searches import LocalSearches
from brianfit.optimizers._search_box import SearchBox
from brianfit.optimizers.cma_es import CMAESOptimizer

FIRST_POLISH = 12
"""Rounds of CMA-ES alone before the first polish; doubled after each polish that did not help."""

PATIENCE = 6
"""A polish ends after so many rounds in which it found no sample better than all before."""

KEPT = 50
"""So many of the best samples are remembered, to start from those that lie apart."""

APART = 0.01
"""Starts of a polish differ by at least this in one coordinate at least."""

TOLERANCE = 1e-10
"""A local search ends when its next step promises a smaller fraction of its sum of squares."""


@final
class GuidedCMAESOptimizer(AbstractOptimizer):
    """CMA-ES on the error, and at times least squares on the traces from the best samples on.

    For smooth traces that are compared by features, counts or shapes. Such an error has no
    derivatives, but where the trace is met it is least: least squares leads there in a few steps
    once CMA-ES is near. Which samples are good is for the error alone to say; a polish that does
    not help is given up, and the next one waits twice as long.

    Parameters
    ----------
    population
        As in `CMAESOptimizer`.

    Attributes
    ----------
    n_polishes : int
        How often the traces were followed.
    n_guided : int
        As in `SupportsTraceGuidance`.
    """

    def __init__(self, *, population: int | None = None) -> None:
        self.n_polishes = self.n_guided = 0
        self._global = CMAESOptimizer(population=population)
        self._dialogue = Dialogue()
        self._local: LocalSearches | None = None
        self._cost = 1
        self._best = np.empty((0, 1))
        self._best_errors = np.empty(0)
        self._wait = self._rounds_left = FIRST_POLISH
        self._has_helped = False

    def __str__(self) -> str:
        return "CMA-ES, its best samples polished by least squares on the traces"

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._dialogue.start(box)
        self._global.seed(self.generator)
        self._local, self.n_polishes, self.n_guided, self._cost = None, 0, 0, 1
        self._best, self._best_errors = np.empty((0, len(box))), np.empty(0)
        self._wait = self._rounds_left = FIRST_POLISH
        unit = dict.fromkeys(parameter_names, (0.0, 1.0))
        return self._global.initialize(parameter_names, popsize, rounds, **unit)

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Start the first run at `point`; called between `initialize` and the first `ask`."""
        self._global.start_from(self._dialogue.box.to_unit(np.asarray(point)[np.newaxis])[0])

    def expect_costs(self, simulations_per_linearisation: int) -> None:
        """Take what a sample with derivatives costs."""
        self._cost = simulations_per_linearisation

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        self.n_guided = 0
        guided = np.empty((0, len(self._dialogue.box)))
        if self._local is not None:
            wanted = max(1, n_samples // self._cost)
            self._local.add(self._starts(wanted - len(self._local)))
            guided = self._local.trials[:wanted].copy()
            self.n_guided = len(guided)
        n_others = max(0, n_samples - self.n_guided * self._cost)
        return self._dialogue.answer(np.concatenate([guided, self._global.ask(n_others)]))

    def tell(self, parameters: Any, errors: Any) -> None:
        unit, values = self._dialogue.hear(parameters, errors)
        self._tell_global(unit, values)
        self._rounds_left -= 1
        if self._local is None and self._rounds_left <= 0 and np.isfinite(self._best_errors[0]):
            self._local = LocalSearches(
                unit.shape[1], tolerance=TOLERANCE, fine_tolerance=TOLERANCE
            )
            self.n_polishes += 1
            self._rounds_left, self._has_helped = PATIENCE, False

    def tell_guided(
        self,
        parameters: Any,
        errors: Any,
        squares: Float[np.ndarray, " n_guided"],
        gradients: Float[np.ndarray, "n_guided n_parameters"],
        normal_matrices: Float[np.ndarray, "n_guided n_parameters n_parameters"],
    ) -> None:
        """Advance both searches; see `SupportsTraceGuidance`."""
        n_guided, box = self.n_guided, self._dialogue.box
        unit, values = self._dialogue.hear(parameters, errors)
        before = self._best_errors[0]
        self._remember(unit[:n_guided], values[:n_guided])
        helps = bool(self._best_errors[0] < before)
        self._tell_global(unit[n_guided:], values[n_guided:])
        width = box.high - box.low
        if self._local is not None:
            matrices = normal_matrices * width[:, np.newaxis] * width
            self._local.tell(np.arange(n_guided), np.asarray(squares), gradients * width, matrices)
        self._has_helped = self._has_helped or helps
        self._rounds_left = PATIENCE if helps else self._rounds_left - 1
        if self._rounds_left <= 0:
            self._local = None
            self._wait *= 1 if self._has_helped else 2
            self._rounds_left = self._wait

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._dialogue.recommend()

    def _tell_global(self, samples: np.ndarray, errors: np.ndarray) -> None:
        self._global.tell(samples, errors)
        self._remember(samples, errors)

    def _remember(self, samples: np.ndarray, errors: np.ndarray) -> None:
        """Keep the best samples, in order."""
        all_errors = np.concatenate([self._best_errors, errors])
        order = np.argsort(all_errors, kind="stable")[:KEPT]
        self._best = np.concatenate([self._best, samples])[order]
        self._best_errors = all_errors[order]

    def _starts(self, n_starts: int) -> Float[np.ndarray, "n_starts n_parameters"]:
        """Return the best samples that lie apart from each other and from searches under way."""
        taken = np.empty((0, self._best.shape[1])) if self._local is None else self._local.trials
        chosen = np.empty((0, self._best.shape[1]))
        for sample in self._best:
            others = np.concatenate([taken, chosen])
            if len(chosen) >= n_starts:
                break
            if len(others) == 0 or np.abs(others - sample).max(axis=1).min() >= APART:
                chosen = np.concatenate([chosen, sample[np.newaxis]])
        return chosen

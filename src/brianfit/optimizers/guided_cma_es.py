"""CMA-ES that is led to its start by the traces, and whose best samples are polished on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch, Want, as_batches
from brianfit.optimizers.cma_es import CMAESOptimizer
from brianfit.optimizers.local.searches import LocalSearches
from brianfit.optimizers.local.synchronised_starts import SynchronisedStarts, n_searches

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
    """CMA-ES on the error, with least squares on the traces before it and at times in between.

    For smooth traces that are compared by features, counts or shapes. Such an error has no
    derivatives, but where the trace is met it is least, and least squares leads there.

    First, local searches from all over the box follow the traces of the synchronised model, which
    is pulled towards the recordings, so that no spike can be missed; where they end, least squares
    on the traces as they are goes on. Where outputs cannot be synchronised, this is left out. Then
    CMA-ES begins at the best sample so far, and its best samples are polished by least squares
    from time to time. Which samples are good is for the error alone to say; a polish that does not
    help is given up, and the next one waits twice as long.

    Parameters
    ----------
    population
        As in `CMAESOptimizer`.

    Attributes
    ----------
    n_polishes : int
        How often the traces were followed.
    n_guided, n_synchronised : int
        How many of the samples asked for last follow the traces, and how many the synchronised
        model.

    References
    ----------
    Brookings, Goeritz & Marder (2014), J. Neurophysiol. 112:2332, doi 10.1152/jn.00007.2014.
    """

    wants = (Want.TRACE_DERIVATIVES, Want.SYNCHRONISED)
    needs = Want.TRACE_DERIVATIVES

    def __init__(self, *, population: int | None = None) -> None:
        self.n_polishes = self.n_guided = self.n_synchronised = 0
        self._global = CMAESOptimizer(population=population)
        self._ask_and_tell = AskAndTell()
        self._scouts: SynchronisedStarts | None = None
        self._local: LocalSearches | None = None
        self._seeds = np.empty((0, 1))
        self._budget = (1, 1)
        self._has_scouted = self._is_led = False
        self._best = np.empty((0, 1))
        self._best_errors = np.empty(0)
        self._wait = self._rounds_left = FIRST_POLISH
        self._has_helped = False

    def __str__(self) -> str:
        return "CMA-ES, led and polished by least squares on the traces"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        self._global.seed(self.generator)
        self._scouts = self._local = None
        self.n_polishes = self.n_guided = self.n_synchronised = 0
        self._budget = (popsize, rounds)
        self._seeds, self._has_scouted, self._is_led = np.empty((0, len(box))), False, False
        self._best, self._best_errors = np.empty((0, len(box))), np.empty(0)
        self._wait = self._rounds_left = FIRST_POLISH
        self._begin_global()
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Start the first run at `point`; called between `initialize` and the first `ask`."""
        self.start_from_each(np.asarray(point)[np.newaxis])

    def start_from_each(self, points: Float[np.ndarray, "n_starts n_parameters"]) -> None:
        """Start the first local searches at `points`, and the first run at the first of them."""
        self._seeds = self._ask_and_tell.box.to_unit(np.asarray(points, dtype=float))
        self._global.start_from(self._seeds[0])

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        self.n_guided = self.n_synchronised = 0
        led = np.empty((0, len(self._ask_and_tell.box)))
        if not self._has_scouted:
            self._send_scouts()
        if self._scouts is None and self._local is None:
            return self._ask_and_tell.answer(self._global.ask(n_samples))
        wants = Want.TRACE_DERIVATIVES if self._scouts is None else Want.SYNCHRONISED
        cost = self.offer.cost(wants)
        wanted = max(1, n_samples // cost)
        if self._scouts is not None:
            led = self._scouts.trials[:wanted]
            self.n_synchronised = len(led)
        elif self._local is not None:
            self._local.add(self._starts(wanted - len(self._local)))
            led = self._local.trials[:wanted].copy()
            self.n_guided = len(led)
        others = self._global.ask(max(0, n_samples - len(led) * cost))
        return self._ask_and_tell.answer_in_batches(
            [Batch(samples=led, wants=wants), Batch(samples=others)]
        )

    def tell(self, parameters: Samples, errors: Errors) -> None:
        led = [batch for batch in as_batches(parameters) if batch.wants is not Want.ERRORS]
        helps = self._hear(parameters, errors, sum(len(batch.samples) for batch in led))
        for batch in led:
            found = self._ask_and_tell.derivatives(batch.found)
            if batch.wants is Want.SYNCHRONISED and self._scouts is not None:
                self._scouts.tell(*found)
            elif self._local is not None:
                self._local.tell(np.arange(len(found[0])), *found)
        if self.n_guided > 0:
            self._judge_polish(helps=helps)
        elif self._scouts is None:
            self._rounds_left -= 1
            if self._rounds_left <= 0 and np.isfinite(self._best_errors[0]):
                self._begin_polish()
        elif self._scouts.is_done:
            self._call_scouts_back()

    def _judge_polish(self, *, helps: bool) -> None:
        """Give a polish up that has not helped for a while, and go on with CMA-ES."""
        self._has_helped = self._has_helped or helps
        self._rounds_left = PATIENCE if helps else self._rounds_left - 1
        if self._rounds_left <= 0:
            self._local = None
            self._begin_global_near_the_best()
            self._wait *= 1 if self._has_helped else 2
            self._rounds_left = self._wait

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _begin_global(self) -> None:
        names = self._ask_and_tell.box.names
        self._global.initialize(names, *self._budget, **dict.fromkeys(names, (0.0, 1.0)))

    def _send_scouts(self) -> None:
        """Begin searches on synchronised traces, as many as the budget can bear."""
        self._has_scouted = True
        n_scouts = n_searches(*self._budget, self.offer.cost(Want.SYNCHRONISED))
        if n_scouts > 0:
            drawn = stratified(n_scouts, len(self._ask_and_tell.box), self.generator)
            self._scouts = SynchronisedStarts(np.concatenate([self._seeds, drawn])[:n_scouts])
            self._seeds = self._seeds[:0]

    def _call_scouts_back(self) -> None:
        """Go on from where they have come by least squares, and afterwards by CMA-ES."""
        if self._scouts is not None:
            self._seeds, self._scouts = self._scouts.points(), None
        if len(self._seeds) and np.isfinite(self._best_errors[0]):
            self._is_led = True
            self._begin_polish()

    def _begin_global_near_the_best(self) -> None:
        """Begin CMA-ES anew, once, where the traces have led."""
        if self._is_led:
            self._is_led = False
            self._begin_global()
            self._global.start_from(self._best[0])

    def _begin_polish(self) -> None:
        if self.offer.cost(Want.TRACE_DERIVATIVES) == 0:
            return
        self._local = LocalSearches(
            len(self._ask_and_tell.box), tolerance=TOLERANCE, fine_tolerance=TOLERANCE
        )
        self.n_polishes += 1
        self._rounds_left, self._has_helped = PATIENCE, False

    def _hear(self, parameters: Any, errors: Any, n_led: int) -> bool:
        """Take the errors of a round; return whether one of its led samples is the best so far."""
        unit, values = self._ask_and_tell.hear(parameters, errors)
        before = self._best_errors.min(initial=np.inf)
        self._remember(unit[:n_led], values[:n_led])
        helps = bool(self._best_errors.min(initial=np.inf) < before)
        self._global.tell(unit[n_led:], values[n_led:])
        self._remember(unit[n_led:], values[n_led:])
        return helps

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
        for sample in np.concatenate([self._seeds, self._best]):
            others = np.concatenate([taken, chosen])
            if len(chosen) >= n_starts:
                break
            if len(others) == 0 or np.abs(others - sample).max(axis=1).min() >= APART:
                chosen = np.concatenate([chosen, sample[np.newaxis]])
        self._seeds = self._seeds[:0]
        return chosen

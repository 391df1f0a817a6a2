"""CMA-ES that begins where a model which follows the recordings has led."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._cma_run import SMALLEST_POPULATION, CMARun
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch, Want, as_batches
from brianfit.optimizers.cma_es import CMAESOptimizer
from brianfit.optimizers.local.searches import LocalSearchEnd, LocalSearches

SHARE = 0.15
"""Part of the budget that local searches on the led model may take."""

FEWEST_POINTS = 30
"""So many points with derivatives they take at least, as long as the budget lasts."""

ENOUGH_ENDS = 4
"""They are done earlier when so many have come to the lowest squares."""

SAME_SQUARES = 1.02
"""Squares that differ by less than this factor are the same."""

AS_GOOD = 2.0
"""Ends whose squares are larger than this multiple of the least are no starts."""

APART = 0.05
"""Starts differ by at least this in one unit coordinate."""

TOLERANCE, FINE_TOLERANCE = 1e-4, 1e-6
"""Of the local searches; they yield starts."""

PLAIN_SHARE = 1 / 5
"""Part of every round that CMA-ES in the whole box keeps, so that a lead that misleads is
not the end."""

RISE = 0.05
"""A run begins as wide as the squares rise by this part of them, ..."""

NARROWEST, WIDEST = 0.01, 0.15
"""... but not narrower or wider than this in any direction of the unit box."""

CONVERGED = 1e-5
"""A run ends when its samples differ by less than this fraction of the box, ..."""

PATIENCE = (10, 2)
"""... or when so many generations, and so many more for every parameter, have found nothing better
than it had: between two hollows of an error a distribution may wander for long."""

SCALES = (1.0, 0.3, 3.0)
"""When all ends were tried, runs begin at the best sample, so many times as wide, in turns."""


@final
class _Run:
    """A run of CMA-ES, and when it began to find nothing any more.

    Attributes
    ----------
    n_asked : int
        How many samples it was asked for last.
    """

    def __init__(self, search: CMARun) -> None:
        self._search = search
        self.n_asked = self._n_idle = 0
        self._lowest = np.inf

    def ask(
        self, n_samples: int, generator: np.random.Generator
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return samples, so many or what the present generation still needs."""
        self.n_asked = min(n_samples, self._search.room)
        if self.n_asked == 0:
            return np.empty((0, self._search.n_parameters))
        return self._search.ask(self.n_asked, generator)

    def tell(
        self,
        samples: Float[np.ndarray, "n_asked n_parameters"],
        errors: Float[np.ndarray, " n_asked"],
    ) -> None:
        """Take the errors of the samples asked for last."""
        if self.n_asked == 0:
            return
        self._search.tell(samples, errors)
        lowest = float(errors.min())
        self._n_idle = 0 if lowest < self._lowest else self._n_idle + self.n_asked
        self._lowest = min(self._lowest, lowest)
        self.n_asked = 0

    @property
    def is_over(self) -> bool:
        """Whether it pays to begin another one."""
        generations = PATIENCE[0] + PATIENCE[1] * self._search.n_parameters
        return self._search.finished or self._n_idle >= generations * self._search.population


@final
class LedCMAESOptimizer(AbstractOptimizer):
    """CMA-ES on the error, from starts to which a model that follows the recordings leads.

    For models that are reset at their spikes. A spike at a wrong time changes all that comes after
    it, so that their error is full of hollows. The same model, given the recorded spikes in the
    place of its own, has a voltage between spikes that is a smooth function of the parameters. Many
    local searches by least squares follow this voltage, and the likelihood of the spikes under the
    threshold of the model, with derivatives. From their best ends CMA-ES goes on in the whole box,
    on the error and with the model left to itself. The distribution that it begins with is as wide
    in every direction as the squares are flat. A fifth of each round stays with CMA-ES that knows
    nothing of these starts.

    Where a model cannot be given the spikes, but its outputs can be pulled towards recordings, this
    leads; where neither can be done, this is `CMAESOptimizer`.

    Parameters
    ----------
    population
        As in `CMAESOptimizer`, for the runs in the whole box.

    Attributes
    ----------
    ends : list of LocalSearchEnd
        Where local searches have come, in order of their squares, once they are done.
    n_restarts : int
        Runs of CMA-ES that were begun after the first ones.

    References
    ----------
    Mensi, Naud, Pozzorini, Avermann, Petersen & Gerstner (2012), J. Neurophysiol. 107:1756,
    doi 10.1152/jn.00408.2011.
    """

    wants = (Want.SYNCHRONISED,)

    def __init__(self, *, population: int | None = None) -> None:
        self.ends: list[LocalSearchEnd] = []
        self._plain = CMAESOptimizer(population=population)
        self._ask_and_tell = AskAndTell()
        self._searches: LocalSearches | None = None
        self._starts = np.empty((0, 1))
        self._queue: list[LocalSearchEnd] = []
        self._run: _Run | None = None
        self._n_runs = self._points_left = 0
        self._budget = (1, 1)

    def __str__(self) -> str:
        return "CMA-ES, led to its start by least squares on the model given the recorded spikes"

    @property
    def n_restarts(self) -> int:
        """Runs that were begun after the first ones."""
        return self._plain.n_restarts + max(0, self._n_runs - 1)

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        self.ends, self._queue, self._run = [], [], None
        self._n_runs = self._points_left = 0
        self._budget = (popsize, rounds)
        self._starts = np.full((1, len(box)), 0.5)
        self._searches = self._begin_searches(popsize, rounds)
        self._plain.seed(self.generator)
        names = box.names
        self._plain.initialize(names, popsize, rounds, **dict.fromkeys(names, (0.0, 1.0)))
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Start at `point`; called between `initialize` and the first `ask`."""
        self.start_from_each(np.asarray(point)[np.newaxis])

    def start_from_each(self, points: Float[np.ndarray, "n_starts n_parameters"]) -> None:
        """Start the first local searches at `points`, and the first run at the first of them."""
        unit = self._ask_and_tell.box.to_unit(np.asarray(points, dtype=float))
        self._starts = np.concatenate([unit, self._starts])
        self._plain.start_from(unit[0])

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        if self._searches is not None and self._are_done(self._searches):
            self._take_over(self._searches)
        led = self._led(n_samples)
        n_others = max(0, n_samples - len(led) * self.offer.cost(Want.SYNCHRONISED))
        near = self._near(n_others)
        others = np.concatenate([near, self._plain.ask(n_others - len(near))])
        if len(led) == 0:
            return self._ask_and_tell.answer(others)
        return self._ask_and_tell.answer_in_batches(
            [Batch(samples=led, wants=Want.SYNCHRONISED), Batch(samples=others)]
        )

    def tell(self, parameters: Samples, errors: Errors) -> None:
        n_led = 0
        for batch in as_batches(parameters):
            if batch.wants is Want.SYNCHRONISED:
                n_led += len(batch.samples)
                found = self._ask_and_tell.derivatives(batch.found)
                self._advance(found)
        unit, values = self._ask_and_tell.hear(parameters, errors)
        first = n_led
        if self._run is not None:
            first += self._run.n_asked
            self._run.tell(unit[n_led:first], values[n_led:first])
            if self._run.is_over:
                self._run = self._new_run()
        self._plain.tell(unit[first:], values[first:])

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _begin_searches(self, popsize: int, rounds: int) -> LocalSearches | None:
        """Return the local searches; None if nothing can lead them at the cost of a round."""
        cost = self.offer.cost(Want.SYNCHRONISED)
        if not 0 < cost <= popsize:
            return None
        self._points_left = max(FEWEST_POINTS, int(SHARE * popsize * rounds / cost))
        return LocalSearches(
            len(self._ask_and_tell.box), tolerance=TOLERANCE, fine_tolerance=FINE_TOLERANCE
        )

    def _advance(self, found: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """Take what was found at the points of the local searches."""
        if self._searches is not None:
            self._points_left -= len(found[0])
            self.ends += self._searches.tell(np.arange(len(found[0])), *found)

    def _led(self, n_samples: int) -> Float[np.ndarray, "n_led n_parameters"]:
        """Return the next points of the local searches."""
        nothing = np.empty((0, len(self._ask_and_tell.box)))
        cost = self.offer.cost(Want.SYNCHRONISED)
        if self._searches is None or cost > n_samples:
            return nothing
        wanted = n_samples // cost
        missing = wanted - len(self._searches)
        if missing > 0:
            while len(self._starts) < missing:
                drawn = stratified(max(wanted, 1), nothing.shape[1], self.generator)
                self._starts = np.concatenate([self._starts, drawn])
            self._searches.add(self._starts[:missing])
            self._starts = self._starts[missing:]
        return self._searches.trials[:wanted].copy()

    def _are_done(self, searches: LocalSearches) -> bool:
        """Return whether the searches have used their share, or come to the same end."""
        squares = np.array([end.error for end in self.ends])
        lowest = min(squares.min(initial=np.inf), searches.errors.min(initial=np.inf))
        n_same = np.count_nonzero(squares <= SAME_SQUARES * lowest)
        return bool(self._points_left <= 0 or n_same >= ENOUGH_ENDS)

    def _take_over(self, searches: LocalSearches) -> None:
        """Begin CMA-ES where the local searches have come."""
        reached = [end for end in (*self.ends, *searches.so_far()) if np.isfinite(end.error)]
        self.ends = sorted(reached, key=lambda end: end.error)
        self._searches, self._queue = None, []
        for end in self.ends:
            if end.error > AS_GOOD * self.ends[0].error:
                break
            if all(np.abs(end.end - other.end).max() >= APART for other in self._queue):
                self._queue.append(end)
        if self.ends:
            self._run = self._new_run()

    def _new_run(self) -> _Run:
        """Return a run that begins at the next end, or at the best sample if all were tried."""
        if self._queue:
            end, scale = self._queue.pop(0), 1.0
            mean = end.end
        else:
            end, scale = self.ends[0], SCALES[self._n_runs % len(SCALES)]
            mean = self._ask_and_tell.box.to_unit(self.recommend()[np.newaxis])[0]
        self._n_runs += 1
        return _Run(
            CMARun(
                mean,
                sigma=scale,
                covariance=_as_wide_as_flat(end),
                population=max(SMALLEST_POPULATION, _n_near(self._budget[0])),
                tolerance=CONVERGED,
            )
        )

    def _near(self, n_samples: int) -> Float[np.ndarray, "n_near n_parameters"]:
        """Return samples of the runs that were led to their starts."""
        if self._run is None:
            return np.empty((0, len(self._ask_and_tell.box)))
        return self._run.ask(_n_near(n_samples), self.generator)


def _n_near(n_samples: int) -> int:
    """Return how many samples of a round are not left to the search in the whole box."""
    return n_samples - int(PLAIN_SHARE * n_samples)


def _as_wide_as_flat(end: LocalSearchEnd) -> Float[np.ndarray, "n_parameters n_parameters"]:
    """Return a covariance whose directions are as wide as the squares are flat."""
    curvatures, directions = np.linalg.eigh(end.matrix)
    with np.errstate(divide="ignore"):
        widths = np.sqrt(RISE * end.error / np.maximum(curvatures, 0.0))
    widths = np.clip(np.nan_to_num(widths, nan=WIDEST, posinf=WIDEST), NARROWEST, WIDEST)
    return np.asarray((directions * widths**2) @ directions.T)

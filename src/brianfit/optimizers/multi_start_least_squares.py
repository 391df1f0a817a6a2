"""Least squares from many starts: the method for smooth errors that are sums of squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit._foundation.units import DIMENSIONLESS, scalar_si
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch, Want, as_batches
from brianfit.optimizers.local.searches import LocalSearchEnd, LocalSearches
from brianfit.optimizers.local.synchronised_starts import MOST_SEARCHES, SynchronisedStarts

STARTS_AT_A_TIME = 16
"""Starts are drawn from Latin hypercubes of so many points."""

FIRST_SCOUTS = 12
"""After so many rounds, the two best local searches should be near the same end. If they are not,
synchronised ones are sent ahead; and again after twice the rounds."""

SAME_HOLLOW = 1.01
"""Errors that differ by less than this factor are taken for those of the same hollow."""

SAME_PLACE = 0.05
"""Points that differ by less than this in every unit coordinate are in the same hollow. Where the
spikes of a recording are missed, searches agree about the error of silence, but not where it is."""

NOTHING = 1e-9
"""Errors that are smaller are those of a perfect fit; the median of the first round is one."""


@final
class MultiStartLeastSquares(AbstractOptimizer):
    """Trust-region least squares (Gauss-Newton) from many starts, which advance side by side.

    It needs derivatives of the residuals and so takes part only in fits whose metrics are all means
    of squares, such as `MSEMetric`. The samples of a round are divided by what one point with
    derivatives costs: with finite differences, one more simulation than there are free
    parameters. A local search that has ended is replaced by one from a new start.

    The first start is the middle of the box, around which bounds are laid as a rule, unless the
    fit says where to start; the others fill the box evenly.

    Spikes that are missed or late make an error full of hollows. When no two local searches have
    come to the same lowest error at the same place after a while, others follow the synchronised
    model, which is pulled towards the recordings, and local searches go on from where these end.
    This takes outputs that have a differential equation.

    Parameters
    ----------
    tolerance
        A local search ends when its next step promises to lower the error by less than this
        fraction. With larger ones, searches end where outputs are nearly flat, and fewer succeed.
    fine_tolerance
        The same for local searches whose error is the best so far, or near it.

    Attributes
    ----------
    ends : list of LocalSearchEnd
        The local searches that have ended, in order.
    n_synchronised : int
        How many of the samples asked for last follow the synchronised model.

    References
    ----------
    Branch, Coleman & Li (1999), SIAM J. Sci. Comput. 21:1, doi 10.1137/S1064827595289108.
    """

    wants = (Want.DERIVATIVES, Want.SYNCHRONISED)
    needs = Want.DERIVATIVES

    def __init__(self, *, tolerance: float = 1e-6, fine_tolerance: float = 1e-8) -> None:
        for name, value in (("tolerance", tolerance), ("fine_tolerance", fine_tolerance)):
            if not 0 < scalar_si(name, value, DIMENSIONLESS) < 1:
                raise InvalidValueError(f"`{name}` must lie between 0 and 1, but is {value!r}.")
        self.tolerance = float(tolerance)
        self.fine_tolerance = float(fine_tolerance)
        self.ends: list[LocalSearchEnd] = []
        self._ask_and_tell = AskAndTell()
        self._searches = LocalSearches(1, tolerance=tolerance, fine_tolerance=fine_tolerance)
        self._waiting = np.empty((0, 1))
        self._n_asked = self.n_synchronised = self._n_told = 0
        self._next_scouts = FIRST_SCOUTS
        self._scouts: SynchronisedStarts | None = None

    def __str__(self) -> str:
        return "least squares from many starts (trust region, derivatives)"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._ask_and_tell.start(box)
        self.ends = []
        self._searches = LocalSearches(
            len(box), tolerance=self.tolerance, fine_tolerance=self.fine_tolerance
        )
        self._waiting = np.full((1, len(box)), 0.5)
        self._scouts, self.n_synchronised = None, 0
        self._n_told, self._next_scouts = 0, FIRST_SCOUTS
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Start the first local search at `point`; called after `initialize`."""
        self.start_from_each(np.asarray(point)[np.newaxis])

    def start_from_each(self, points: Float[np.ndarray, "n_starts n_parameters"]) -> None:
        """Start the first local searches at `points`; called after `initialize`."""
        unit = self._ask_and_tell.box.to_unit(np.asarray(points, dtype=float))
        self._waiting = np.concatenate([unit, self._waiting])

    @property
    def _cost_of_scout(self) -> int:
        """A synchronised sample is simulated once more than others; 0 if there are none."""
        return min(self.offer.cost(Want.SYNCHRONISED), 2)

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        cost = self.offer.cost(Want.DERIVATIVES)
        if cost > 0:
            n_samples = max(1, n_samples // cost)
        if self._scouts is not None and self._scouts.is_done:
            self._take_over(self._scouts.points())
        if self._scouts is None and self._n_told >= self._next_scouts:
            self._send_scouts(n_samples)
        led = self._waiting[:0] if self._scouts is None else self._scouts.trials
        self.n_synchronised = len(led)
        self._n_asked = max(0, n_samples - len(led) * self._cost_of_scout)
        missing = self._n_asked - len(self._searches)
        if missing > 0:
            self._searches.add(self._starts(missing))
        points = self._searches.trials[: self._n_asked]
        if cost == 0:
            return self._ask_and_tell.answer(points)
        return self._ask_and_tell.answer_in_batches(
            [
                Batch(samples=led, wants=Want.SYNCHRONISED),
                Batch(samples=points, wants=Want.DERIVATIVES),
            ]
        )

    def tell(self, parameters: Samples, errors: Errors) -> None:
        batches = as_batches(parameters)
        if all(batch.wants is Want.ERRORS for batch in batches):
            raise InvalidTypeError(
                "MultiStartLeastSquares follows derivatives of residuals, so it needs a metric "
                "that is a mean of squares, such as MSEMetric, for every output, and no penalty. "
                "Use another optimizer, or another metric."
            )
        self._ask_and_tell.hear(parameters, errors)
        self._n_told += 1
        for batch in batches:
            found = self._ask_and_tell.derivatives(batch.found)
            if batch.wants is Want.DERIVATIVES:
                self.ends += self._searches.tell(np.arange(len(found[0])), *found)
            elif self._scouts is not None:
                self._scouts.tell(*found)

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

    def _send_scouts(self, n_samples: int) -> None:
        """Begin searches on synchronised traces if ordinary ones lead to different ends."""
        if not self._have_agreed() and 0 < self._cost_of_scout <= n_samples:
            n_scouts = max(1, min(MOST_SEARCHES, n_samples // (2 * self._cost_of_scout)))
            self._scouts = SynchronisedStarts(self._starts(n_scouts))
        else:
            self._next_scouts = 2 * self._n_told

    def _have_agreed(self) -> bool:
        """Return whether two searches have come to the lowest error at the same place."""
        ends = [end.end for end in self.ends]
        points = np.concatenate(
            [np.array(ends).reshape(-1, self._waiting.shape[1]), self._searches.points]
        )
        errors = np.concatenate([[end.error for end in self.ends], self._searches.errors])
        if errors.size == 0:
            return False
        best = int(np.argmin(errors))
        is_low = errors <= SAME_HOLLOW * errors[best] + NOTHING
        is_near = np.abs(points - points[best]).max(axis=1) <= SAME_PLACE
        return bool(errors[best] <= NOTHING or np.count_nonzero(is_low & is_near) > 1)

    def _take_over(self, points: Float[np.ndarray, "n_points n_parameters"]) -> None:
        """Begin local searches where synchronised ones have ended, in the place of the worst."""
        self._scouts = None
        self._next_scouts = 2 * self._n_told
        self._searches.drop_worst(min(len(points), len(self._searches) - 1))
        self._waiting = np.concatenate([points, self._waiting])

    def _starts(self, n_starts: int) -> Float[np.ndarray, "n_starts n_parameters"]:
        n_parameters = self._waiting.shape[1]
        while len(self._waiting) < n_starts:
            drawn = stratified(max(STARTS_AT_A_TIME, n_starts), n_parameters, self.generator)
            self._waiting = np.concatenate([self._waiting, drawn])
        starts, self._waiting = self._waiting[:n_starts], self._waiting[n_starts:]
        return starts

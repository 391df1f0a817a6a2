"""Least squares from many starts: the method for smooth errors that are sums of squares."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._dialogue import Dialogue
from brianfit.optimizers._local_searches import LocalSearchEnd, LocalSearches
from brianfit.optimizers._search_box import SearchBox
from brianfit.optimizers._stratified import stratified

STARTS_AT_A_TIME = 16
"""Starts are drawn from Latin hypercubes of so many points."""


@final
class MultiStartLeastSquares(AbstractOptimizer):
    """Trust-region least squares (Gauss-Newton) from many starts, which advance side by side.

    It needs derivatives of the residuals and so takes part only in fits whose metrics are all means
    of squares, such as `MSEMetric`. The samples of a round are divided by what one point with
    derivatives costs: with finite differences, one more simulation than there are free
    parameters. A local search that has ended is replaced by one from a new start.

    Parameters
    ----------
    tolerance
        A local search ends when its next step promises to lower the error by less than this
        fraction.
    fine_tolerance
        The same for local searches whose error is the best so far, or near it.

    Attributes
    ----------
    ends : list of LocalSearchEnd
        The local searches that have ended, in order.

    References
    ----------
    Branch, Coleman & Li (1999), SIAM J. Sci. Comput. 21:1, doi 10.1137/S1064827595289108.
    """

    def __init__(self, *, tolerance: float = 1e-4, fine_tolerance: float = 1e-8) -> None:
        for name, value in (("tolerance", tolerance), ("fine_tolerance", fine_tolerance)):
            if not 0 < value < 1:
                raise InvalidValueError(f"`{name}` must lie between 0 and 1, but is {value!r}.")
        self.tolerance = float(tolerance)
        self.fine_tolerance = float(fine_tolerance)
        self.ends: list[LocalSearchEnd] = []
        self._dialogue = Dialogue()
        self._searches = LocalSearches(1, tolerance=tolerance, fine_tolerance=fine_tolerance)
        self._waiting = np.empty((0, 1))
        self._n_asked = 0

    def __str__(self) -> str:
        return "least squares from many starts (trust region, derivatives)"

    def initialize(self, parameter_names: Any, popsize: int, rounds: int, /, **bounds: Any) -> int:
        box = SearchBox.from_bounds(parameter_names, bounds)
        self._dialogue.start(box)
        self.ends = []
        self._searches = LocalSearches(
            len(box), tolerance=self.tolerance, fine_tolerance=self.fine_tolerance
        )
        self._waiting = np.empty((0, len(box)))
        return popsize

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Start the first local search at `point`; called after `initialize`."""
        self.start_from_each(np.asarray(point)[np.newaxis])

    def start_from_each(self, points: Float[np.ndarray, "n_starts n_parameters"]) -> None:
        """Start the first local searches at `points`; called after `initialize`."""
        unit = self._dialogue.box.to_unit(np.asarray(points, dtype=float))
        self._waiting = np.concatenate([unit, self._waiting])

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"]:
        missing = n_samples - len(self._searches)
        if missing > 0:
            self._searches.add(self._starts(missing))
        self._n_asked = n_samples
        return self._dialogue.answer(self._searches.trials[:n_samples].copy())

    def tell(self, parameters: Any, errors: Any) -> None:
        raise InvalidTypeError(
            "MultiStartLeastSquares follows derivatives of residuals, so it needs a metric that is "
            "a mean of squares, such as MSEMetric, for every output, and no penalty. Use another "
            "optimizer, or another metric."
        )

    def tell_linearised(
        self,
        parameters: Any,
        errors: Any,
        gradients: Float[np.ndarray, "n_samples n_parameters"],
        normal_matrices: Float[np.ndarray, "n_samples n_parameters n_parameters"],
    ) -> None:
        """Advance the local searches; see `SupportsLinearisation`."""
        _, values = self._dialogue.hear(parameters, errors)
        box = self._dialogue.box
        width = box.high - box.low
        self.ends += self._searches.tell(
            np.arange(self._n_asked),
            values,
            gradients * width,
            normal_matrices * width[:, np.newaxis] * width,
        )

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._dialogue.recommend()

    def _starts(self, n_starts: int) -> Float[np.ndarray, "n_starts n_parameters"]:
        n_parameters = self._waiting.shape[1]
        while len(self._waiting) < n_starts:
            drawn = stratified(max(STARTS_AT_A_TIME, n_starts), n_parameters, self.generator)
            self._waiting = np.concatenate([self._waiting, drawn])
        starts, self._waiting = self._waiting[:n_starts], self._waiting[n_starts:]
        return starts

"""Random search: samples that fill the box evenly, whatever their errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_flag, check_positive_integer
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers._ask_and_tell import AskAndTell
from brianfit.optimizers._base import AbstractOptimizer
from brianfit.optimizers._search_box import SearchBox, check_search, stratified
from brianfit.optimizers.batches import Batch


@final
class RandomSearch(AbstractOptimizer):
    """Every round is a Latin hypercube over the whole box.

    The yardstick that a search must beat, and a way to see how an error depends on parameters.

    Parameters
    ----------
    racing
        Whether a sample is given up as soon as its error has passed the lowest one so far; errors
        in the history are then lower bounds for such samples, and say little about the rest of the
        box.
    """

    def __init__(self, *, racing: bool = False) -> None:
        self.racing = check_flag("racing", racing)
        self._ask_and_tell = AskAndTell()

    def __str__(self) -> str:
        return "random search, which fills the box evenly"

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Interval
    ) -> int:
        check_search(parameter_names, popsize, rounds)
        self._ask_and_tell.start(SearchBox.from_bounds(parameter_names, bounds))
        return popsize

    def ask(self, n_samples: int) -> Float[np.ndarray, "n_samples n_parameters"] | list[Batch]:
        check_positive_integer("n_samples", n_samples, minimum=0)
        samples = stratified(n_samples, len(self._ask_and_tell.box), self.generator)
        limits = np.full(n_samples, self._ask_and_tell.best_error)
        return self._ask_and_tell.answer_within(samples, limits if self.gives_limits else None)

    def tell(self, parameters: Samples, errors: Errors) -> None:
        self._ask_and_tell.hear(parameters, errors)

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        return self._ask_and_tell.recommend()

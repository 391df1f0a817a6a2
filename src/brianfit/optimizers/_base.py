"""What an optimizer is: it proposes samples (ask) and is told their errors (tell).

An optimizer works on coordinates between the bounds that it was given; brianfit gives every
parameter the bounds [0, 1] and does the scaling and the units itself. Errors may be inf (the
sample diverged), never nan.

To write one, derive from `AbstractOptimizer` (public name `Optimizer`). One that wants to know more
than errors asks by batches, see `batches.py`; one that can begin at given points has the methods of
the protocols at the end of this file.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.errors import FitStateError
from brianfit._foundation.parts import AbstractPart
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples
from brianfit.optimizers.batches import Offer, Want


class AbstractOptimizer(AbstractPart):
    """A method that searches a box; public name `Optimizer`.

    The state of an optimizer is search state only. A pickled or deep-copied one goes on exactly as
    the original, random numbers included.

    Attributes
    ----------
    generator : numpy.random.Generator
        Where all random numbers come from; set by `seed`.
    offer : Offer
        What the fit can tell beyond errors; set by `expect`.
    wants : tuple of Want
        What it may want of samples beyond their errors; only this is offered.
    needs : Want
        What a fit has to offer, so that the optimizer can be used at all.
    needs_parts : bool
        Whether it wants to know of what errors are the sums.
    racing : bool
        Whether it gives limits beyond which samples may be given up.
    """

    wants: tuple[Want, ...] = ()
    needs: Want = Want.ERRORS
    needs_parts: bool = False
    racing: bool = False
    _generator: np.random.Generator | None = None
    _search: object | None = None
    _offer: Offer = Offer()

    @property
    def generator(self) -> np.random.Generator:
        """The source of random numbers; unpredictable unless `seed` was called."""
        if self._generator is None:
            self._generator = np.random.default_rng()
        return self._generator

    def seed(self, generator: np.random.Generator) -> None:
        """Take random numbers from `generator` from now on; called before `initialize`."""
        self._generator = generator

    @property
    def offer(self) -> Offer:
        """What the fit can tell beyond errors: nothing, unless `expect` was called."""
        return self._offer

    def expect(self, offer: Offer) -> None:
        """Take what the fit can tell beyond errors; called before `initialize`."""
        self._offer = offer

    @property
    def gives_limits(self) -> bool:
        """Whether samples are asked for with limits: it wants to, and they are heeded."""
        return self.racing and self._offer.races

    def begin_search(self) -> object:
        """Belong to a search from now on; called after `initialize`.

        Returns
        -------
        object
            What `check_search` knows the search by, until another one begins.
        """
        self._search = object()
        return self._search

    def check_search(self, search: object) -> None:
        """Check that no other search has begun since `begin_search` returned `search`.

        Raises
        ------
        FitStateError
            If one has: an optimizer has a single state.
        """
        if self._search is not search:
            raise FitStateError(
                f"This search cannot go on: its {type(self).__name__} has begun another one since, "
                "as another fitter was given the same object. Give each fitter an optimizer of its "
                "own, or begin anew with restart=True."
            )

    @abstractmethod
    def initialize(
        self,
        parameter_names: Sequence[str],
        popsize: int,
        rounds: int,
        /,
        **bounds: Interval,
    ) -> int:
        """Start a search from nothing.

        Parameters
        ----------
        parameter_names
            Names of the parameters; columns of the samples.
        popsize
            Number of samples wanted per round.
        rounds
            Number of rounds foreseen; further ones may follow.
        **bounds
            ``name=(low, high)`` for every parameter.

        Returns
        -------
        int
            The number of samples that will be asked for per round: `popsize`, or the smallest
            number with which the method works.
        """

    @abstractmethod
    def ask(
        self, n_samples: int
    ) -> Float[np.ndarray, "n_samples n_parameters"] | list[Mapping[str, float]] | list[Any]:
        """Return `n_samples` samples to evaluate.

        Returns
        -------
        numpy.ndarray or list
            An array, a list of dictionaries ``{name: value}``, or a list of sequences. Where more
            than errors is wanted, a list of `Batch`, with so many samples in all that they take
            `n_samples` simulations, see `offer`.
        """

    @abstractmethod
    def tell(self, parameters: Samples, errors: Errors) -> None:
        """Take the errors of the samples asked for last.

        Parameters
        ----------
        parameters
            The samples in the form that `ask` gave; of batches, each with its answer.
        errors
            Of all samples in order, those of all batches one after the other.
        """

    @abstractmethod
    def recommend(self) -> Any:
        """Return the best sample so far: an array, a sequence, or a dictionary by name."""


@runtime_checkable
class SupportsStart(Protocol):
    """What an optimizer offers that can begin its search at a given point."""

    def start_from(self, point: Float[np.ndarray, " n_parameters"]) -> None:
        """Begin the search at `point`; called after `initialize`, before the first `ask`."""


@runtime_checkable
class SupportsStarts(Protocol):
    """What an optimizer offers that makes use of several points to begin at."""

    def start_from_each(self, points: Float[np.ndarray, "n_starts n_parameters"]) -> None:
        """Begin at `points`, the first ones first; called instead of `SupportsStart.start_from`."""

"""What an optimizer is: it proposes samples (ask) and is told their errors (tell).

An optimizer works on coordinates between the bounds that it was given; brianfit gives every
parameter the bounds [0, 1] and does the scaling and the units itself. Errors may be inf (the
sample diverged), never nan.

To write one, derive from `AbstractOptimizer` (public name `Optimizer`). What an optimizer can do
beyond that is told by the protocols at the end of this file: it offers one by having the method,
unless a subclass has written `ask` or `tell` anew without it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.errors import FitStateError
from brianfit._foundation.parts import AbstractPart, Capability
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Errors, Interval, Samples


class AbstractOptimizer(AbstractPart):
    """A method that searches a box; public name `Optimizer`.

    The state of an optimizer is search state only. A pickled or deep-copied one goes on exactly as
    the original, random numbers included.

    Attributes
    ----------
    generator : numpy.random.Generator
        Where all random numbers come from; set by `seed`.
    """

    _generator: np.random.Generator | None = None
    _search: object | None = None

    @property
    def generator(self) -> np.random.Generator:
        """The source of random numbers; unpredictable unless `seed` was called."""
        if self._generator is None:
            self._generator = np.random.default_rng()
        return self._generator

    def seed(self, generator: np.random.Generator) -> None:
        """Take random numbers from `generator` from now on; called before `initialize`."""
        self._generator = generator

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

        Ready optimizers return an array. One's own may return a list of dictionaries
        ``{name: value}`` or a list of sequences instead.
        """

    @abstractmethod
    def tell(self, parameters: Samples, errors: Errors) -> None:
        """Take the errors of the samples asked for last, which are in the form that `ask` gave."""

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


@runtime_checkable
class SupportsLinearisation(Protocol, metaclass=Capability, instead_of=("tell",)):
    """What an optimizer offers that follows derivatives of sums of squares.

    It is told them instead of errors alone (`tell` is not called), and asked for fewer samples: as
    many as can be simulated with their derivatives at the cost of a round.
    """

    def tell_linearised(
        self,
        parameters: Samples,
        errors: Errors,
        gradients: Float[np.ndarray, "n_samples n_parameters"],
        normal_matrices: Float[np.ndarray, "n_samples n_parameters n_parameters"],
    ) -> None:
        """Take what is known of the samples asked for last, r being the residuals of a sample.

        Parameters
        ----------
        parameters
            In the form that `ask` gave.
        errors
            ``r^T r``.
        gradients
            ``J^T r``, J being the derivatives of r with respect to the coordinates; zero for a
            sample that diverged.
        normal_matrices
            ``J^T J``.
        """


@runtime_checkable
class SupportsTraceGuidance(Protocol, metaclass=Capability, instead_of=("ask", "tell")):
    """What an optimizer offers that, for some of its samples, follows the traces as well.

    For errors without derivatives, of traces that can be compared by squares besides.
    """

    def expect_costs(self, simulations_per_linearisation: int) -> None:
        """Take what a sample with derivatives costs; called after `initialize`.

        `ask` returns so few samples that a round costs no more than what it was asked for.
        """

    @property
    def n_guided(self) -> int:
        """How many of the samples asked for last, the first ones, need derivatives."""

    def tell_guided(
        self,
        parameters: Samples,
        errors: Errors,
        squares: Float[np.ndarray, " n_guided"],
        gradients: Float[np.ndarray, "n_guided n_parameters"],
        normal_matrices: Float[np.ndarray, "n_guided n_parameters n_parameters"],
    ) -> None:
        """Take the errors of all samples asked for last, and for the first `n_guided` more.

        Called instead of `tell` if there are any. Of the sums of squares of the traces, in their
        own scale, these are ``r^T r``, ``J^T r``, ``J^T J``; see `SupportsLinearisation`.
        """


@runtime_checkable
class SupportsSynchronisation(Protocol, metaclass=Capability, instead_of=("ask", "tell")):
    """What an optimizer offers that follows some samples while their model is synchronised.

    The model is then pulled towards the recordings, so that its spikes coincide with theirs; see
    `brianfit.model.synchronised`.
    """

    def expect_synchronisation(self, simulations_per_sample: int) -> None:
        """Take what such a sample costs; 0 if there are none. Called after `initialize`.

        `ask` returns so few samples that a round costs no more than what it was asked for.
        """

    @property
    def n_synchronised(self) -> int:
        """How many of the samples asked for last, the first ones, are to be synchronised."""

    def tell_synchronised(
        self,
        squares: Float[np.ndarray, " n_synchronised"],
        gradients: Float[np.ndarray, "n_synchronised n_parameters"],
        normal_matrices: Float[np.ndarray, "n_synchronised n_parameters n_parameters"],
    ) -> None:
        """Take ``r^T r``, ``J^T r``, ``J^T J`` of the first samples, in their own scale.

        Called before the errors of the round are told, which are those of the model by itself.
        What is told there of derivatives begins with the sample after these. `squares` are inf
        where the model could not be synchronised.
        """


@runtime_checkable
class SupportsPartErrors(Protocol, metaclass=Capability, instead_of=("tell",)):
    """What an optimizer offers that weighs parts of the error against each other.

    It is told them instead of errors alone (`tell` is not called).
    """

    def expect_parts(self, n_parts: int) -> None:
        """Prepare for `n_parts` errors; called after `initialize`, before the first `ask`."""

    def tell_parts(
        self,
        parameters: Samples,
        errors: Errors,
        part_errors: Float[np.ndarray, "n_samples n_parts"],
    ) -> None:
        """Take the errors of the samples asked for last, in sum and in parts; inf where failed."""


@runtime_checkable
class SupportsErrorLimits(Protocol, metaclass=Capability, instead_of=("ask", "tell")):
    """What an optimizer offers to which an error means nothing beyond a limit, as of a parent.

    A sample whose error has passed its limit while it is simulated may be given up. The error told
    is then still above the limit, but only a lower bound of what it would have been.
    """

    @property
    def racing(self) -> bool:
        """Whether samples are to be given up at all."""

    def error_limits(self) -> Float[np.ndarray, " n_samples"]:
        """Return the limits of the samples asked for last; inf where the error is needed.

        Called between `ask` and `tell`, and not for every round. Limits are in the scale in which
        errors are told.
        """

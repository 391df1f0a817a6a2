"""Work of which the large part is the same in every round, so that it travels once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.errors import SimulationError

_logger = logging.getLogger(__name__)


@runtime_checkable
class SupportsWholeRounds(Protocol):
    """What is shared, where it may need all samples of a round at a time."""

    @property
    def needs_whole_rounds(self) -> bool:
        """Whether results depend on which samples are evaluated together."""


@final
@dataclass(frozen=True)
class SharedWork:
    """A function of samples for an executor: ``call(shared, *settings, values, first_sample)``.

    Attributes
    ----------
    call
        A function of a module, so that other processes find it.
    shared
        The same object in every round, such as the objective; it is sent to a worker once.
    settings
        What changes from round to round.
    failure
        ``failure(shared, n_samples)`` is the result for samples that came to no end; None: there is
        no such result, and a time limit ends the fit.
    at_once
        So many samples make a chunk; None: as many as their measured cost makes worthwhile.
    """

    call: Callable[..., Any]
    shared: Any
    settings: tuple[Any, ...] = ()
    failure: Callable[[Any, int], Any] | None = None
    at_once: int | None = None

    def __call__(self, values: np.ndarray, first_sample: int) -> Any:
        return self.call(self.shared, *self.settings, values, first_sample)

    def chunk_size(self, n_samples: int) -> int | None:
        """Return of how many samples a chunk must be; None: of as many as one likes."""
        needs_all = isinstance(self.shared, SupportsWholeRounds) and self.shared.needs_whole_rounds
        return n_samples if needs_all and self.at_once is None else self.at_once

    def failed(self, n_samples: int, why: str) -> Any:
        """Return the result for samples that came to no end.

        Raises
        ------
        SimulationError
            If there is no such result; `why` is the message.
        """
        if self.failure is None:
            raise SimulationError(why)
        _logger.warning("%s What came to no end counts as failed, with the error inf.", why)
        return self.failure(self.shared, n_samples)


def shared_work(evaluate: Callable[[np.ndarray, int], Any]) -> SharedWork:
    """Return `evaluate` as a `SharedWork`; any other function is shared as a whole."""
    if isinstance(evaluate, SharedWork):
        return evaluate
    return SharedWork(call=call_function, shared=evaluate)


def call_function(
    function: Callable[[np.ndarray, int], Any], values: np.ndarray, first_sample: int
) -> Any:
    """Call a function that is shared as a whole."""
    return function(values, first_sample)

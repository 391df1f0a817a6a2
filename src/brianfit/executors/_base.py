"""What an executor is: it decides where and in which parts samples are evaluated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from brianfit._foundation.shapes import Float

Result_co = TypeVar("Result_co", covariant=True)
Result = TypeVar("Result")


class Evaluate(Protocol[Result_co]):
    """The function that evaluates part of a round."""

    def __call__(
        self, values: Float[np.ndarray, "n_samples n_parameters"], *, first_sample: int
    ) -> Result_co:
        """Evaluate `values`, which start at sample `first_sample` of the round."""


class Join(Protocol[Result]):
    """The function that puts the results of consecutive parts together."""

    def __call__(self, parts: Sequence[Result], /) -> Result:
        """Return one result."""


class AbstractExecutor(ABC):
    """A place where samples are evaluated; the results do not depend on it."""

    @abstractmethod
    def run(
        self,
        evaluate: Evaluate[Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Join[Result],
    ) -> Result:
        """Evaluate all samples of a round.

        Parameters
        ----------
        evaluate
            Evaluates consecutive samples; may be called for parts of `values`.
        join
            Puts the results of the parts together, in the order of the samples.
        """

"""What an executor is: it decides where and in which parts samples are evaluated."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from brianfit._foundation.parts import AbstractPart
from brianfit._foundation.shapes import Float

Result = TypeVar("Result")


class AbstractExecutor(AbstractPart):
    """A place where samples are evaluated; the results do not depend on it."""

    @abstractmethod
    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate all samples of a round.

        Parameters
        ----------
        evaluate
            Evaluates consecutive samples, the first of which has the given number within the round:
            ``evaluate(values[first:last], first)``. Where it goes to other processes, it is best a
            `SharedWork`.
        join
            Puts the results of the parts together, in the order of the samples.
        """

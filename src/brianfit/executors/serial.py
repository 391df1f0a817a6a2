"""Evaluate in this process, all samples at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.executors._base import AbstractExecutor, Result


@final
class SerialExecutor(AbstractExecutor):
    """Evaluate in this process; the engine may still use all cores."""

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Result],
        values: Float[np.ndarray, "n_samples n_parameters"],
        join: Callable[[Sequence[Result]], Result],
    ) -> Result:
        """Evaluate all samples in one call."""
        return join([evaluate(values, 0)])

"""What an optimizer was told: checked samples and errors, and the best of them."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from brianfit._foundation.errors import FitStateError
from brianfit._foundation.shapes import Float
from brianfit.optimizers._search_box import SearchBox, read_errors


@final
class BestSample:
    """The best of all samples told so far.

    Diverged samples (error inf) count only as long as nothing better was told.
    """

    def __init__(self, box: SearchBox) -> None:
        self.box = box
        self.error = np.inf
        self._sample: np.ndarray | None = None

    def update(
        self, parameters: Any, errors: Any
    ) -> tuple[Float[np.ndarray, "n_samples n_parameters"], Float[np.ndarray, " n_samples"]]:
        """Take note of samples; return them and their errors as arrays, free of nan.

        Raises
        ------
        InvalidValueError
            If shapes do not fit.
        """
        samples = self.box.read(parameters)
        values = read_errors(errors, len(samples))
        if len(values) == 0:
            return samples, values
        first = int(np.argmin(values))
        if self._sample is None or values[first] < self.error:
            self._sample = samples[first].copy()
            self.error = float(values[first])
        return samples, values

    def recommend(self) -> Float[np.ndarray, " n_parameters"]:
        """Return the best sample.

        Raises
        ------
        FitStateError
            If nothing was told yet.
        """
        if self._sample is None:
            raise FitStateError(
                "The optimizer has not been told any errors yet, so it cannot recommend a sample."
            )
        return self._sample.copy()


def not_initialized() -> FitStateError:
    """Return the error of an optimizer that is used before `initialize`."""
    return FitStateError("The optimizer must be initialized before it is asked or told anything.")

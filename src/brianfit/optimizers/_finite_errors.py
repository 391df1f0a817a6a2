"""Finite errors for methods that compute with them instead of only comparing."""

from __future__ import annotations

from typing import final

import numpy as np

from brianfit._foundation.shapes import Float

ERROR_OF_ALL_DIVERGED = 1e10
"""Stands for inf as long as no sample had a finite error; fits scale errors to about one."""


@final
class FiniteErrors:
    """Replaces inf by the worst finite error told so far."""

    def __init__(self) -> None:
        self.worst: float | None = None

    def replace(self, errors: Float[np.ndarray, " n_samples"]) -> Float[np.ndarray, " n_samples"]:
        """Return errors, inf replaced."""
        finite = errors[np.isfinite(errors)]
        if finite.size:
            worst = float(finite.max())
            self.worst = worst if self.worst is None else max(worst, self.worst)
        stand_in = ERROR_OF_ALL_DIVERGED if self.worst is None else self.worst
        return np.where(np.isfinite(errors), errors, stand_in)

"""The measured part of a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float


@final
@dataclass(frozen=True, kw_only=True)
class MeasuredPart:
    """Where a trace was measured.

    Attributes
    ----------
    first
        The first measured step.
    measured
        Whether each step from there to the last measured one was measured.
    """

    first: int
    measured: Bool[np.ndarray, " n_steps_of_part"]

    def cut(self, trace: Float[np.ndarray, " n_steps"]) -> Float[np.ndarray, " n_steps_of_part"]:
        """Return the part of a trace, with straight lines over the gaps.

        Output and recording are cut by the same part, so both have the same straight lines.
        """
        part = trace[self.first : self.first + self.measured.size]
        if self.measured.all():
            return part
        steps = np.arange(part.size)
        return np.asarray(np.interp(steps, steps[self.measured], part[self.measured]))


def measured_part(trace: Float[np.ndarray, " n_steps"], *, first_step: int) -> MeasuredPart | None:
    """Return where a recorded trace is not nan from `first_step` on; None: nowhere."""
    steps = first_step + np.flatnonzero(~np.isnan(trace[first_step:]))
    if steps.size == 0:
        return None
    first, last = int(steps[0]), int(steps[-1])
    return MeasuredPart(first=first, measured=~np.isnan(trace[first : last + 1]))

"""Values given over time, one row per trace: inputs and targets as the equations see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class TimedValues:
    """A variable that is given, not computed.

    The value at time ``t`` is ``values[trace, floor(t / dt)]``, held constant between the values
    and after the last one, exactly as by Brian's `TimedArray`.

    Attributes
    ----------
    values
        In SI units. Traces that end earlier are filled up with their last value.
    dt
        Time from one value to the next [s]; need not be that of the simulation.
    dimensions
        Physical dimensions of the values.
    """

    values: Float[np.ndarray, "n_traces n_values"]
    dt: float
    dimensions: Dimension

"""Running sums in the language of the equations: errors computed while the model is simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Accumulator:
    """The sum over all steps of an expression, one sum per sample and trace.

    The expression is evaluated at the start of every step, before the state is updated, which is
    when Brian's `StateMonitor` records. It is computed on SI numbers without units.

    Attributes
    ----------
    name
        Key of the sum in the result of the simulation; an identifier.
    expression
        In the language of Brian's equations: variables of the model and names of `timed`.
    variables
        The names of the model's variables that the expression reads.
    timed
        Values per step, known beforehand: targets, weights. Finite everywhere.
    """

    name: str
    expression: str
    variables: tuple[str, ...]
    timed: Mapping[str, Float[np.ndarray, "n_traces n_steps"]]

"""What all figures share: colours that colour-blind readers can tell apart, and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from brian2.units.fundamentalunits import DIMENSIONLESS, Quantity
from matplotlib.axes import Axes

from brianfit._foundation.units import Dimension, from_si

# The colours of Okabe & Ito, https://jfly.uni-koeln.de/color; they differ in lightness too.
RECORDED = "black"
MODEL = "#D55E00"
INPUT = "#0072B2"
LEFT_OUT = "#F0E442"


@final
@dataclass(frozen=True, kw_only=True)
class Scale:
    """The unit in which an axis is labelled.

    Attributes
    ----------
    factor
        SI numbers times this are numbers in the unit.
    unit
        Its name; empty for plain numbers.
    """

    factor: float
    unit: str

    def label(self, name: str) -> str:
        """Return the text of an axis."""
        return f"{name} [{self.unit}]" if self.unit else name


def scale_for(values: Sequence[np.ndarray], dimensions: Dimension) -> Scale:
    """Return a unit in which the largest of these SI numbers is easy to read."""
    if dimensions is DIMENSIONLESS:
        return Scale(factor=1.0, unit="")
    known = np.concatenate([np.abs(row[np.isfinite(row)]).ravel() for row in values])
    largest = float(known.max(initial=0.0))
    quantity: Quantity = from_si(largest if largest > 0 else 1.0, dimensions)
    unit = quantity.get_best_unit()
    return Scale(factor=1.0 / float(unit), unit=str(unit).replace("^2", "²"))


def tidy(axes: Axes) -> None:
    """Leave only the lines of the frame that carry numbers."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize="small")

"""Rows of panels, one for each parameter."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import Dimension
from brianfit.plots._style import Scale, scale_for, tidy
from brianfit.results import Uncertainty

COLUMNS = 3


def panels(number: int) -> list[Axes]:
    """Return panels in rows, as many as are wanted."""
    columns = min(number, COLUMNS)
    rows = -(-number // columns)
    _, grid = plt.subplots(
        rows, columns, figsize=(3.2 * columns, 2.5 * rows), squeeze=False, layout="constrained"
    )
    for surplus in grid.ravel()[number:]:
        surplus.set_visible(False)
    found: list[Axes] = list(grid.ravel()[:number])
    for axes in found:
        tidy(axes)
    return found


def scale_of(values: np.ndarray, dimensions: Dimension) -> Scale:
    """Return the unit of a parameter."""
    return scale_for([np.atleast_1d(values)], dimensions)


def check_drawable(uncertainty: Uncertainty, part: object, what: str, method: str) -> None:
    """Check that there is something to draw.

    Raises
    ------
    InvalidValueError
        If there is not.
    """
    if uncertainty.is_withheld:
        raise InvalidValueError(f"There are no intervals to draw: {uncertainty.reason}")
    if not part:
        raise InvalidValueError(f"There are no {what} to draw; ask fitter.uncertainty({method}).")

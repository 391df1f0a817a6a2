"""The errors at which local searches ended, from the lowest up."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from brianfit._foundation.errors import InvalidValueError
from brianfit.plots._style import INPUT, MODEL, scale_for, tidy
from brianfit.results import FitResult

# Errors that span more than this factor are drawn on a logarithmic axis.
_LOGARITHMIC = 10.0


def plot_waterfall(result: FitResult, *, axes: Axes | None = None) -> Axes:
    """Draw the error of every local search that ended; each step is a place of its own.

    A wide lowest step means that many starts found the same best place, which may then be
    trusted; a single point there, that the search was lucky.

    Parameters
    ----------
    result
        Of a fit with local searches, such as by `MultiStartLeastSquares`.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If no local search ended.
    """
    clusters = result.diagnostics().clusters
    if not clusters:
        raise InvalidValueError("A waterfall needs local searches, and none ended in this fit.")
    if axes is None:
        _, axes = plt.subplots(figsize=(5.4, 3.6), layout="constrained")
    errors = np.array([search.error for cluster in clusters for search in cluster.searches])
    scale = scale_for([errors], result.dimensions.error)
    first = 1
    for number, cluster in enumerate(clusters):
        values = np.array([search.error for search in cluster.searches]) * scale.factor
        axes.plot(
            np.arange(first, first + values.size),
            values,
            "o-",
            color=MODEL if number == 0 else INPUT,
            markersize=5,
            linewidth=1,
            label=_label(number, values.size),
        )
        first += values.size
    if errors.min() > 0 and errors.max() > _LOGARITHMIC * errors.min():
        axes.set_yscale("log")
    axes.set_xlabel("local searches, by their error")
    axes.set_ylabel(scale.label("error at the end"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize="small", frameon=False)
    tidy(axes)
    return axes


def _label(number: int, size: int) -> str | None:
    """Return the words of the lowest step, and of the first of the others."""
    if number == 0:
        return "at the best place" if size > 1 else "the best one"
    return "elsewhere" if number == 1 else None

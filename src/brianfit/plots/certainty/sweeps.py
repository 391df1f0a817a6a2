"""Every sweep fitted alone."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from brianfit.plots._style import INPUT, MODEL
from brianfit.plots.certainty.panels import check_drawable, panels, scale_of
from brianfit.results import Uncertainty


def plot_parameters_by_sweep(uncertainty: Uncertainty) -> list[Axes]:
    """Draw each parameter as fitted to every sweep alone, beside the value of all together.

    Bars are 95 % of each sweep, from its noise; the line and its band are value and 95 % interval
    of all sweeps. Sweeps that are further apart than their bars are not described by one value.

    Raises
    ------
    InvalidValueError
        If there are not several sweeps.
    """
    check_drawable(uncertainty, uncertainty.sweeps, "sweeps fitted alone", "'sweeps'")
    found = panels(len(uncertainty.sweeps))
    for axes, (name, spread) in zip(found, uncertainty.sweeps.items(), strict=True):
        one = uncertainty.intervals[name]
        scale = scale_of(spread.values, uncertainty.dimensions[name])
        numbers = np.arange(spread.values.size)
        axes.errorbar(
            numbers,
            spread.values * scale.factor,
            1.96 * spread.standard_errors * scale.factor,
            fmt="o",
            color=INPUT,
            markersize=4,
        )
        axes.axhline(one.value * scale.factor, color=MODEL)
        if np.isfinite(one.limits[1]).all():
            axes.axhspan(*(one.limits[1] * scale.factor), color=MODEL, alpha=0.2)
        axes.set_xlabel("sweep")
        axes.set_ylabel(scale.label(name))
    return found

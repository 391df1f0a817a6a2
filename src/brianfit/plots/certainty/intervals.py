"""The intervals of all parameters, each relative to its value."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.units import readable
from brianfit.plots._style import INPUT, MODEL, RECORDED, tidy
from brianfit.plots.certainty.panels import check_drawable
from brianfit.results import Uncertainty
from brianfit.results.intervals.uncertainty import IDENTIFIABLE

ROW_HEIGHT = 0.45  # inch
OPEN = 1.15
"""An end that is missing is drawn so many times further out than the furthest one."""


def plot_intervals(uncertainty: Uncertainty, *, axes: Axes | None = None) -> Axes:
    """Draw 68 and 95 % intervals of all parameters, in percent of their values.

    An arrow is an end that the bounds of the fit cut off.

    Parameters
    ----------
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If the intervals are withheld.
    """
    check_drawable(uncertainty, uncertainty.intervals, "intervals", "")
    names = uncertainty.names
    if axes is None:
        _, axes = plt.subplots(figsize=(8, 1.2 + ROW_HEIGHT * len(names)), layout="constrained")
    ends = {name: _relative(uncertainty, name) for name in names}
    known = np.abs(np.concatenate([each[np.isfinite(each)] for each in ends.values()]))
    furthest = OPEN * float(known.max(initial=1.0))
    for row, name in enumerate(names):
        _draw_row(axes, -float(row), ends[name], furthest)
    axes.axvline(0, color=RECORDED, linewidth=0.6)
    axes.set_yticks([-float(k) for k in range(len(names))], [_label(uncertainty, n) for n in names])
    axes.set_ylim(-len(names) + 0.4, 0.6)
    axes.set_xlabel("distance from the best value [% of it]; thick: 68 %, thin: 95 %")
    tidy(axes)
    return axes


def _relative(uncertainty: Uncertainty, name: str) -> np.ndarray:
    """Return the ends in percent of the value, by level and side."""
    one = uncertainty.intervals[name]
    size = abs(one.value) if one.value != 0 else 1.0
    return np.asarray(100 * (one.limits - one.value) / size)


def _draw_row(axes: Axes, row: float, ends: np.ndarray, furthest: float) -> None:
    for (low, high), width in zip(ends[::-1], (1.2, 5.0), strict=True):
        for end, side in ((low, -1.0), (high, 1.0)):
            reach = float(end) if np.isfinite(end) else side * furthest
            axes.plot([0, reach], [row, row], color=INPUT, linewidth=width, solid_capstyle="butt")
            if not np.isfinite(end):
                axes.plot([reach], [row], ">" if side > 0 else "<", color=INPUT)
    axes.plot([0], [row], "D", color=MODEL, markersize=6, markeredgecolor="white")


def _label(uncertainty: Uncertainty, name: str) -> str:
    one = uncertainty.intervals[name]
    text = f"{name} = {readable(one.value, uncertainty.dimensions[name])}"
    return text if one.verdict == IDENTIFIABLE else f"{text}\n{one.verdict}"

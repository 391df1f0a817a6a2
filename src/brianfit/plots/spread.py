"""Where good samples lie between the bounds of each parameter."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import readable
from brianfit.plots._coordinates import good_evaluations, is_logarithmic, positions
from brianfit.plots._style import INPUT, MODEL, RECORDED, tidy
from brianfit.results import FitResult

_ROW_HEIGHT = 0.42  # inch
_QUARTILES = (25, 50, 75)


def plot_parameter_spread(
    result: FitResult, *, tolerance: float = 0.1, axes: Axes | None = None
) -> Axes:
    """Draw each free parameter between its bounds: the best sample, and how far good ones spread.

    A parameter whose good samples fill the whole width is not determined by the recording; one
    that sits at an end wants other bounds.

    Parameters
    ----------
    result
        Of a fit in which at least one sample could be scored.
    tolerance
        Good are samples whose error exceeds the lowest by at most this part of it.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If no sample could be scored.
    """
    names = result.history.parameter_names
    if not result.best_values:
        raise InvalidValueError("There is no spread to draw: no sample of this fit was scored.")
    if axes is None:
        _, axes = plt.subplots(figsize=(8, 1.3 + _ROW_HEIGHT * len(names)), layout="constrained")
    chosen = good_evaluations(result, tolerance)
    good = positions(result, result.history.values[chosen])
    best = positions(result, np.array([[result.best_values[name] for name in names]]))[0]
    rows = -np.arange(len(names), dtype=np.float64)
    for row, column, name in zip(rows, good.T, names, strict=True):
        _draw_row(axes, result, name, row, column)
    axes.plot(
        best, rows, "D", color=MODEL, markersize=7, markeredgecolor="white", label="best", zorder=4
    )
    axes.set_yticks(rows, [_label(result, name) for name in names])
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(rows[-1] - 0.7, 0.7)
    axes.set_xticks([0, 0.5, 1], ["lower", "middle", "upper"])
    axes.set_xlabel("position between the bounds\n(of a log parameter: of its logarithm)")
    _explain(axes, chosen.size)
    tidy(axes)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return axes


def _draw_row(axes: Axes, result: FitResult, name: str, row: float, column: np.ndarray) -> None:
    low, high = (
        readable(value, result.dimensions.parameters[name]) for value in result.bounds[name]
    )
    axes.plot([0, 1], [row, row], color=RECORDED, linewidth=0.6, alpha=0.5, zorder=1)
    axes.plot(
        column, np.full(column.size, row), "o", color=INPUT, markersize=4, alpha=0.25, zorder=2
    )
    left, middle, right = np.percentile(column, _QUARTILES)
    axes.plot([left, right], [row, row], color=INPUT, linewidth=5, alpha=0.45, zorder=2)
    axes.plot([middle, middle], [row - 0.16, row + 0.16], color=INPUT, linewidth=2, zorder=3)
    for x, text, side in ((0.0, low, "left"), (1.0, high, "right")):
        axes.text(x, row - 0.22, text, ha=side, va="top", fontsize="small", alpha=0.8)


def _label(result: FitResult, name: str) -> str:
    value = readable(result.best_values[name], result.dimensions.parameters[name])
    scale = " (log)" if is_logarithmic(result, name) else ""
    at = result.at_bound.get(name)
    warning = f"\nat its {at} bound" if at else ""
    return f"{name}{scale} = {value}{warning}"


def _explain(axes: Axes, n_good: int) -> None:
    axes.plot([], [], "o", color=INPUT, markersize=4, alpha=0.5, label=f"{n_good} good samples")
    axes.plot([], [], color=INPUT, linewidth=5, alpha=0.45, label="their middle half")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize="small", frameon=False)

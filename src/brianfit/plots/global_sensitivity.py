"""Which parameter makes a trace vary, at every moment."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brianfit._foundation.arguments import check_choice, check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import SECOND
from brianfit.plots._style import RECORDED, scale_for, tidy
from brianfit.sensitivity import GlobalSensitivity, TraceIndices

# Further colours of Okabe & Ito beside those that have a meaning here.
_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#F0E442", "#999999")


def plot_global_sensitivity(
    found: GlobalSensitivity,
    *,
    output: str | None = None,
    trace: int = 0,
    figure: Figure | None = None,
) -> np.ndarray:
    """Draw how a trace varies over the box of a fit, and which parameters cause that.

    Above, the median of the trace and where 90 % of it lies. In the middle, the first indices, one
    on the other: what is left white is caused by parameters together. Below, the total indices.

    Parameters
    ----------
    found
        What ``fitter.global_sensitivity()`` returns.
    output
        Which output; the first unless told.
    trace
        Number of the sweep.
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (3,)

    Raises
    ------
    BrianfitError
        If there is no such trace.
    """
    if not found.traces:
        raise InvalidValueError("No trace was looked at over time: give `n_times` above 0.")
    name = next(iter(found.traces)) if output is None else output
    check_choice("output", name, tuple(found.traces))
    indices = found.traces[name]
    number = check_positive_integer("trace", trace, minimum=0)
    if number >= len(indices.labels):
        last = len(indices.labels) - 1
        raise InvalidValueError(
            f"`trace` must be the number of a sweep, 0 to {last}, but is {trace}."
        )
    if figure is None:
        figure = plt.figure(figsize=(8.0, 6.0), layout="constrained")
    panels = figure.subplots(3, 1, sharex=True, height_ratios=(1.2, 1, 1))
    time = scale_for([indices.times], SECOND)
    times = indices.times * time.factor
    _draw_trace(panels[0], times, indices, number, name)
    _draw_indices(panels[1:], times, indices, number)
    panels[-1].set_xlabel(time.label("time"))
    for panel in panels:
        panel.margins(x=0)
        tidy(panel)
    figure.align_ylabels(list(panels))
    return np.asarray(panels)


def _draw_trace(
    panel: Axes, times: np.ndarray, indices: TraceIndices, number: int, name: str
) -> None:
    unit = scale_for([indices.low[number], indices.high[number]], indices.dimensions)
    low, middle, high = (
        each[number] * unit.factor for each in (indices.low, indices.middle, indices.high)
    )
    panel.fill_between(times, low, high, color="0.85", linewidth=0, label="90 % of the box")
    panel.plot(times, middle, color=RECORDED, linewidth=1, label="median")
    panel.set_ylabel(unit.label(name))
    panel.set_title(indices.labels[number], loc="left", fontsize="small")
    panel.legend(fontsize="small", frameon=False, loc="upper right")


def _draw_indices(
    panels: np.ndarray, times: np.ndarray, indices: TraceIndices, number: int
) -> None:
    first = np.clip(np.nan_to_num(indices.first[:, number]), 0.0, 1.0)
    colours = [_COLOURS[k % len(_COLOURS)] for k in range(len(indices.names))]
    panels[0].stackplot(times, first, labels=indices.names, colors=colours, linewidth=0)
    for parameter, colour, total in zip(
        indices.names, colours, indices.total[:, number], strict=True
    ):
        panels[1].plot(times, total, color=colour, linewidth=1.2, label=parameter)
    panels[0].set_ylabel("first indices")
    panels[1].set_ylabel("total indices")
    for panel in panels:
        panel.set_ylim(0, 1.05)
    panels[0].legend(fontsize="small", frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))

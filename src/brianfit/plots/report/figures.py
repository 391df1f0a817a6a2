"""The figures of a report, as pictures inside the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.shown.markup import Markup, tag
from brianfit.plots.convergence import plot_convergence
from brianfit.plots.correlation import plot_correlation
from brianfit.plots.pareto import plot_pareto_front
from brianfit.plots.raster import plot_spike_raster
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.drawings import FONT_SIZE, figure_of, svg_of
from brianfit.plots.residuals import plot_residuals
from brianfit.plots.spread import plot_parameter_spread
from brianfit.plots.waterfall import plot_waterfall
from brianfit.results import Prediction

# Inches. The column of a phone and a half page of paper are as wide as `_NARROW`.
_NARROW, _COLUMN, _PAGE = 3.4, 5.2, 8.6
_MOST_NUMBERS = 5
"""Rows of a matrix whose numbers can be read on a phone."""
_LONG_TITLE = 45  # letters
_MAX_SWEEPS = 40
"""A figure with a panel or row for every sweep is drawn for so many sweeps."""


@final
@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure that may be drawn.

    Attributes
    ----------
    draw
        Returns axes.
    text
        What stands below it, and is read out in its place.
    is_wide
        Whether it needs the width of the page.
    keeps_shape
        Whether its height changes with its width.
    narrow
        What is done to the axes where the figure is as narrow as a phone.
    """

    draw: Callable[[], Any]
    text: str
    is_wide: bool = False
    keeps_shape: bool = False
    narrow: Callable[[Any], None] | None = None


def figures(contents: ReportContents) -> Markup | None:
    """Return all figures that can be drawn of a fit."""
    shown = [picture for picture in map(drawn, pictures(contents)) if picture is not None]
    return tag("div", *shown, class_="figures") if shown else None


def pictures(contents: ReportContents) -> Iterator[Picture]:
    """Yield the figures that suit a fit."""
    result, prediction = contents.result, contents.prediction
    if result.history.n_evaluations:
        yield Picture(
            draw=lambda: plot_convergence(result),
            text="The error of every evaluation, and the lowest one so far.",
        )
    if result.local_searches:
        yield Picture(
            draw=lambda: plot_waterfall(result),
            text="The errors at which local searches ended. A wide lowest step was found from "
            "many starts and can be trusted.",
        )
    if len(result.history.part_names) > 1:
        yield Picture(
            draw=lambda: plot_pareto_front(result),
            text="Two errors against each other: no evaluation beats the front in both.",
        )
    if result.best_values:
        yield Picture(
            draw=lambda: plot_parameter_spread(result),
            text="Where the good samples lie between the bounds. A parameter whose samples fill "
            "the width is not determined by the recording.",
            narrow=_legend_above,
        )
    if len(result.history.parameter_names) > 1:
        yield Picture(
            draw=lambda: plot_correlation(result),
            text="Correlations between parameters among good samples. A pair near 1 or −1 is "
            "determined in combination only.",
            keeps_shape=True,
            narrow=_without_crowded_numbers,
        )
    if prediction is not None:
        yield from prediction_pictures(prediction)


def prediction_pictures(prediction: Prediction) -> Iterator[Picture]:
    """Yield the figures of what a model yields: spikes and residuals of every sweep."""
    if len(prediction.recordings) > _MAX_SWEEPS:
        return
    if prediction.spikes is not None or prediction.recordings.has_spikes:
        yield Picture(
            draw=lambda: plot_spike_raster(prediction),
            text="Spike times, recorded (black) and of the model (orange).",
            is_wide=True,
        )
    if prediction.recordings.trace_names:
        yield Picture(
            draw=lambda: plot_residuals(prediction),
            text="Model minus recording. A shape over time is what the model cannot do; "
            "spikes that come a little early or late show as pairs of peaks.",
            is_wide=True,
            narrow=_courses_alone,
        )


def drawn(picture: Picture) -> Markup | None:
    """Return a figure in two widths; the page shows the one that fits."""
    broad = _PAGE if picture.is_wide else _COLUMN
    try:
        drawings = [_drawing(picture, broad, "broad"), _drawing(picture, _NARROW, "narrow")]
    except BrianfitError:
        return None
    caption = tag("figcaption", picture.text)
    return tag("figure", *drawings, caption, class_="wide" if picture.is_wide else None)


def _drawing(picture: Picture, width: float, class_: str) -> Markup:
    with plt.ioff(), mpl.rc_context({"font.size": FONT_SIZE}):
        axes = picture.draw()
        if width == _NARROW and picture.narrow is not None:
            picture.narrow(axes)
    return svg_of(
        figure_of(axes),
        width=width,
        text=picture.text,
        class_=class_,
        keeps_shape=picture.keeps_shape,
    )


def _legend_above(axes: Axes) -> None:
    """Give the legend and the label of the axis the width of the figure."""
    axes.xaxis.label.set(size="small", horizontalalignment="right", x=1.0)
    handles, labels = axes.get_legend_handles_labels()
    legend = axes.get_legend()
    if legend is not None:
        legend.remove()
    figure_of(axes).legend(
        handles, labels, loc="outside upper left", ncols=2, fontsize="small", frameon=False
    )


def _without_crowded_numbers(axes: Axes) -> None:
    """Leave the colours alone where the numbers in the cells would overlap."""
    if len(axes.get_xticks()) > _MOST_NUMBERS:
        for number in axes.texts:
            number.set_visible(False)


def _courses_alone(axes: np.ndarray) -> None:
    """Leave out how often each value occurs."""
    figure = figure_of(axes)
    for course, counts in axes:
        figure.delaxes(counts)
        title = course.get_title(loc="left")
        if len(title) > _LONG_TITLE:
            course.set_title("\n".join(title.rsplit("  ·  ", 1)), loc="left", fontsize="small")
    axes[0, 0].get_gridspec().set_width_ratios([1, 0.001])

"""The figures of a report, as pictures inside the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brianfit._foundation.errors import BrianfitError
from brianfit.plots.convergence import plot_convergence
from brianfit.plots.correlation import plot_correlation
from brianfit.plots.pareto import plot_pareto_front
from brianfit.plots.raster import plot_spike_raster
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.markup import Markup, tag
from brianfit.plots.residuals import plot_residuals
from brianfit.plots.spread import plot_parameter_spread
from brianfit.plots.waterfall import plot_waterfall

_DPI = 160
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
    """

    draw: Callable[[], Any]
    text: str
    is_wide: bool = False


def figures(contents: ReportContents) -> Markup | None:
    """Return all figures that can be drawn of a fit."""
    shown = [picture for picture in map(_drawn, pictures(contents)) if picture is not None]
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
        )
    if len(result.history.parameter_names) > 1:
        yield Picture(
            draw=lambda: plot_correlation(result),
            text="Correlations between parameters among good samples. A pair near 1 or −1 is "
            "determined in combination only.",
        )
    if prediction is not None and len(prediction.recordings) <= _MAX_SWEEPS:
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
            )


def _drawn(picture: Picture) -> Markup | None:
    try:
        with plt.ioff():
            axes = picture.draw()
    except BrianfitError:
        return None
    figure = _figure_of(axes)
    data, width, height = _png(figure)
    image = tag(
        "img",
        src=f"data:image/png;base64,{data}",
        alt=picture.text,
        width=width,
        height=height,
    )
    caption = tag("figcaption", picture.text)
    return tag("figure", image, caption, class_="wide" if picture.is_wide else None)


def _figure_of(axes: Any) -> Figure:
    first: Axes = axes if isinstance(axes, Axes) else axes.flat[0]
    figure = first.figure
    return figure if isinstance(figure, Figure) else figure.figure


def _png(figure: Figure) -> tuple[str, int, int]:
    """Return a picture as text, and the size at which it is shown [pixel]."""
    packed = io.BytesIO()
    figure.savefig(packed, format="png", dpi=_DPI)
    plt.close(figure)
    inches = figure.get_size_inches()
    width, height = (round(96 * float(size)) for size in inches)
    return base64.b64encode(packed.getvalue()).decode("ascii"), width, height

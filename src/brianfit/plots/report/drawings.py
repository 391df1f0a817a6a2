"""Turn figures into SVG that is part of a page: its text is text, at the size of the page's own."""

from __future__ import annotations

import io
import re
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import EventCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from brianfit._foundation.shown.markup import Markup, tag

FONT_SIZE = 11.0  # points; what matplotlib calls small is 12 px then
_MANY_POINTS = 1500
"""A curve with more points than this is a picture inside the drawing, sharp enough for paper."""
_DPI = 220
# What belongs to a file of its own, or would act on the whole page.
_OF_A_FILE = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", flags=re.DOTALL)
_GROUP_ID = re.compile(r'<g id="[^"]*"')
_DRAWING = re.compile(
    r'<svg[^>]*?viewBox="(?P<box>[^"]*)"[^>]*>(?P<inside>.*)</svg>\s*$', flags=re.DOTALL
)


def figure_of(axes: Any) -> Figure:
    """Return the figure of axes, or of an array of them."""
    first: Axes = axes if isinstance(axes, Axes) else axes.flat[0]
    figure = first.figure
    return figure if isinstance(figure, Figure) else figure.figure


def svg_of(
    figure: Figure, *, width: float, text: str, class_: str, keeps_shape: bool = False
) -> Markup:
    """Return a figure, drawn `width` inches wide, as an element of a page; then close the figure.

    Parameters
    ----------
    text
        What is read out in its place.
    keeps_shape
        Whether its height changes with its width.
    """
    wide, high = (float(inches) for inches in figure.get_size_inches())
    figure.set_size_inches(width, high * width / wide if keeps_shape else high)
    for artist in figure.findobj(_has_many_points):
        artist.set_rasterized(True)
    packed = io.StringIO()
    # Names inside a drawing are made from the salt: no two drawings of a page share one.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"{class_} {text}"}):
        figure.savefig(packed, format="svg", dpi=_DPI, metadata={"Date": None})
    plt.close(figure)
    return _inline(packed.getvalue(), text=text, class_=class_)


def _inline(svg: str, *, text: str, class_: str) -> Markup:
    found = _DRAWING.search(_GROUP_ID.sub("<g", _OF_A_FILE.sub("", svg)))
    if found is None:
        raise RuntimeError("matplotlib wrote no drawing.")
    pixels = float(found["box"].split()[2]) * 96 / 72
    return tag(
        "svg",
        Markup(found["inside"]),
        viewBox=found["box"],
        class_=f"drawing {class_}",
        style=f"width: {pixels:.0f}px",
        role="img",
        aria_label=text,
    )


def _has_many_points(artist: Artist) -> bool:
    if isinstance(artist, Line2D):
        return len(artist.get_xdata()) > _MANY_POINTS  # type: ignore[arg-type]
    return isinstance(artist, EventCollection) and len(artist.get_positions()) > _MANY_POINTS

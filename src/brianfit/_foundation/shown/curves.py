"""Curves as SVG, small enough to be sent again and again; without Brian."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.markup import Markup, tag

_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 8, 36
_INK, _GRID = "#57606a", "#d8dee4"


@final
@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve of a drawing; where `y` is not finite, it has a gap.

    Attributes
    ----------
    is_stepped
        Whether each value holds from its place to the next.
    """

    x: Float[np.ndarray, " n"]
    y: Float[np.ndarray, " n"]
    colour: str
    is_stepped: bool = False


@final
@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on the horizontal axis, with a word."""

    x: float
    text: str


@final
@dataclass(frozen=True, kw_only=True)
class Axes:
    """What is drawn around curves."""

    x_label: str
    y_label: str
    width: int = 640
    height: int = 240
    is_logarithmic: bool = False


def drawing(lines: Sequence[Line], axes: Axes, *, text: str, marks: Sequence[Mark] = ()) -> Markup:
    """Return curves as an SVG element.

    Parameters
    ----------
    text
        What is read out in its place.
    """
    from_zero = [np.zeros(1), *(line.x for line in lines)]
    across = _Scale.of(from_zero, (_LEFT, axes.width - _RIGHT), is_log=False)
    values = [line.y[line.y > 0] if axes.is_logarithmic else line.y for line in lines]
    bottom = axes.height - _BOTTOM
    up = _Scale.of(values, (bottom, _TOP), is_log=axes.is_logarithmic)
    parts = [*_frame(across, up, axes)]
    parts += [_mark(mark, across, bottom) for mark in marks]
    parts += [_path(line, across, up) for line in lines]
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {axes.width} {axes.height}",
        width="100%",
        role="img",
        aria_label=text,
        class_="curves",
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Scale:
    """From values to pixels."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool

    @staticmethod
    def of(values: Sequence[np.ndarray], ends: tuple[int, int], *, is_log: bool) -> _Scale:
        known = np.concatenate([np.empty(0), *values])
        known = known[np.isfinite(known)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        if is_log and low > 0:
            low, high = math.log10(low), math.log10(high)
        if not high > low:
            margin = max(abs(low), 1.0) * 0.1
            low, high = low - margin, high + margin
        start, end = ends
        return _Scale(low=low, high=high, start=float(start), end=float(end), is_log=is_log)

    def to_pixels(self, values: np.ndarray) -> np.ndarray:
        """Return places in the drawing; nan where there is none."""
        if self.is_log:
            values = np.log10(np.where(values > 0, values, np.nan))
        share = (values - self.low) / (self.high - self.low)
        return np.asarray(self.start + share * (self.end - self.start))

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """Return places and texts of about so many values that are easy to read."""
        rough = (self.high - self.low) / count
        power = 10.0 ** math.floor(math.log10(rough))
        steps = (1.0, 2.0, 5.0, 10.0)
        step = next(n * power for n in steps if n * power >= rough * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        values = [number * step for number in range(first, last + 1)]
        return [(self._pixel(value), self._text(value)) for value in values]

    def _pixel(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def _text(self, value: float) -> str:
        return f"{10**value if self.is_log else value + 0.0:.4g}".replace("-", "−")


def _frame(across: _Scale, up: _Scale, axes: Axes) -> list[Markup]:
    bottom, right = axes.height - _BOTTOM, axes.width - _RIGHT
    parts = []
    for at, words in up.ticks(4):
        parts.append(tag("line", x1=_LEFT, x2=right, y1=f"{at:.1f}", y2=f"{at:.1f}", stroke=_GRID))
        parts.append(_words(words, _LEFT - 6.0, at + 3.5, anchor="end"))
    for at, words in across.ticks(max(2, axes.width // 110)):
        parts.append(_words(words, at, bottom + 15.0, anchor="middle"))
    parts.append(tag("line", x1=_LEFT, x2=right, y1=bottom, y2=bottom, stroke=_INK))
    parts.append(_words(axes.x_label, (_LEFT + right) / 2, bottom + 30.0, anchor="middle"))
    middle = (_TOP + bottom) / 2
    parts.append(
        tag(
            "text", axes.y_label, x=12, y=f"{middle:.1f}", fill=_INK, font_size=11,
            text_anchor="middle", transform=f"rotate(-90 12 {middle:.1f})",
        )
    )  # fmt: skip
    return parts


def _words(text: str, x: float, y: float, *, anchor: str) -> Markup:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}"}
    return tag("text", text, **place, fill=_INK, font_size=11, text_anchor=anchor)


def _mark(mark: Mark, across: _Scale, bottom: int) -> Markup:
    at = f"{float(across.to_pixels(np.array([mark.x]))[0]):.1f}"
    line = tag("line", x1=at, x2=at, y1=_TOP, y2=bottom, stroke=_INK, stroke_dasharray="3 3")
    return tag("g", tag("title", mark.text), line)


def _path(line: Line, across: _Scale, up: _Scale) -> Markup:
    x, y = across.to_pixels(line.x), up.to_pixels(line.y)
    if line.is_stepped and x.size:
        x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    parts, pen = [], "M"
    for at, height in zip(x.tolist(), y.tolist(), strict=True):
        if not (math.isfinite(at) and math.isfinite(height)):
            pen = "M"
            continue
        parts.append(f"{pen}{at:.1f},{height:.1f}")
        pen = "L"
    return tag("path", d="".join(parts), fill="none", stroke=line.colour, stroke_width="1.6")

"""The course of the error, drawn with characters."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotille

from brianfit._foundation.shown.si_text import si_text
from brianfit.watching.frame import Course

_LOGARITHMIC = 10.0  # errors that span more than this factor, as in the report
_LABEL = 14  # characters beside the axis
_BLANK = "\u2800"


def course_plot(
    course: Course,
    powers: Sequence[float],
    *,
    width: int,
    height: int,
    by_time: bool = False,
    is_plain: bool = False,
) -> list[str]:
    """Return lines of text with the lowest error so far against evaluations or time.

    Parameters
    ----------
    by_time
        Whether against the time of all rounds, not the number of evaluations.
    is_plain
        Whether only characters of ASCII are used.
    """
    x = course.seconds if by_time else course.evaluations
    known = np.isfinite(course.errors)
    columns, rows = width - _LABEL - 2, height - 2
    if not known.any() or columns < 10 or rows < 2:
        return []
    x, errors = x[known], course.errors[known]
    is_log = bool(errors.min() > 0 and errors.max() > _LOGARITHMIC * errors.min())
    y = np.log10(errors) if is_log else errors
    low, high = _range(float(y.min()), float(y.max()))
    canvas = plotille.Canvas(
        width=columns, height=rows, xmin=0.0, ymin=low, xmax=float(x.max()) * 1.0001 or 1.0,
        ymax=high,
    )  # fmt: skip
    for k in range(x.size):
        start = x[k - 1] if k else 0.0
        canvas.line(float(start), float(y[k]), float(x[k]), float(y[k]))
        if k:
            canvas.line(float(start), float(y[k - 1]), float(start), float(y[k]))
    drawn = canvas.plot().splitlines()
    if is_plain:
        drawn = ["".join(" " if sign in {_BLANK, " "} else "*" for sign in line) for line in drawn]
    labels = _labels(low, high, len(drawn), powers, is_log=is_log)
    body = [f"{label:>{_LABEL}} |{line}" for label, line in zip(labels, drawn, strict=True)]
    marks = _marks(course, x, columns, by_time=by_time)
    end = si_text(float(x.max()), (0, 0, 1, 0, 0, 0, 0), digits=3) if by_time else f"{x.max():.0f}"
    what = "time of the rounds" if by_time else "evaluations"
    return [
        *body,
        f"{'':>{_LABEL}} +{marks}",
        f"{'':>{_LABEL}}  {what}{end:>{columns - len(what)}}",
    ]


def _range(low: float, high: float) -> tuple[float, float]:
    if high > low:
        margin = 0.03 * (high - low)
        return low - margin, high + margin
    margin = 0.1 * max(abs(high), 1e-300)
    return low - margin, high + margin


def _labels(
    low: float, high: float, n_rows: int, powers: Sequence[float], *, is_log: bool
) -> list[str]:
    """Return what stands beside each row: the value at the top, in the middle, at the bottom."""
    labels = [""] * n_rows
    for row in {0, n_rows // 2, n_rows - 1}:
        value = high - (row + 0.5) * (high - low) / n_rows
        labels[row] = si_text(10**value if is_log else value, powers, digits=3)[:_LABEL]
    return labels


def _marks(course: Course, x: np.ndarray, columns: int, *, by_time: bool) -> str:
    """Return the axis below, with R where the optimizer began anew, > where a process went on."""
    axis = ["-"] * columns
    places = np.concatenate([[0.0], course.evaluations])
    times = np.concatenate([[0.0], course.seconds])
    for sign, numbers in ((">", course.calls), ("R", course.restarts)):
        for number in numbers:
            at = float(np.interp(number, places, times)) if by_time else float(number)
            share = at / max(float(x.max()), math.ulp(0.0))
            axis[min(columns - 1, int(share * columns))] = sign
    return "".join(axis)

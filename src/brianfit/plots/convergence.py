"""The error in the course of a fit."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit.plots._style import MODEL, RECORDED, scale_for, tidy
from brianfit.results import FitResult

# Errors that span more than this factor are drawn on a logarithmic axis.
_LOGARITHMIC = 10.0


def plot_convergence(result: FitResult, *, axes: Axes | None = None) -> Axes:
    """Draw the error of every evaluation and the lowest one so far.

    Samples that could not be scored are marked along the upper edge; those that were given up on
    the way are left out.

    Parameters
    ----------
    result
        Of a fit with at least one round.
    axes
        Where to draw; a new figure unless told.
    """
    if axes is None:
        _, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    errors = result.history.errors
    has_failed = np.isinf(errors)
    scored = ~has_failed & ~result.history.is_bound
    scale = scale_for([errors[scored]], result.dimensions.error)
    number = np.arange(1, errors.size + 1)
    axes.plot(
        number[scored],
        errors[scored] * scale.factor,
        color=RECORDED,
        marker=".",
        markersize=3,
        alpha=0.25,
        linestyle="none",
        label="evaluations",
    )
    lowest = np.minimum.accumulate(errors)
    known = np.isfinite(lowest)
    axes.plot(
        number[known],
        lowest[known] * scale.factor,
        color=MODEL,
        drawstyle="steps-post",
        label="lowest so far",
    )
    _mark_failures(axes, number[has_failed])
    if _is_wide(errors[scored]):
        axes.set_yscale("log")
    axes.set_xlabel("evaluations")
    axes.set_ylabel(scale.label("error"))
    axes.legend(fontsize="small", frameon=False)
    tidy(axes)
    return axes


def _mark_failures(axes: Axes, numbers: np.ndarray) -> None:
    if numbers.size == 0:
        return
    axes.plot(
        numbers,
        np.ones(numbers.size),
        transform=axes.get_xaxis_transform(),
        color=RECORDED,
        marker="x",
        markersize=4,
        linestyle="none",
        clip_on=False,
        label="diverged",
    )


def _is_wide(errors: np.ndarray) -> bool:
    return bool(errors.size and errors.min() > 0 and errors.max() > _LOGARITHMIC * errors.min())

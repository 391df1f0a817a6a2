"""Errors of several outputs against each other: what must be given up for what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.arguments import check_choice
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.plots._style import MODEL, RECORDED, scale_for, tidy
from brianfit.results import FitResult, is_on_front

# Errors that span more than this factor are drawn on a logarithmic axis.
_LOGARITHMIC = 30.0


def plot_pareto_front(
    result: FitResult, *, outputs: Sequence[str] | None = None, axes: Axes | None = None
) -> Axes:
    """Draw two errors of every evaluation against each other, and the front none beats in both.

    Parameters
    ----------
    result
        Of a fit with at least two outputs, or whose `ParetoOptimizer` weighed several errors.
    outputs
        The two that are drawn, outputs or parts of their errors; the first two unless told.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If the fit has a single error, or one of `outputs` is none of it.
    """
    history = result.history
    known = history.part_names
    names = tuple(known[:2]) if outputs is None else tuple(outputs)
    for name in names:
        check_choice("outputs", name, known)
    if len(names) != 2 or names[0] == names[1]:
        raise InvalidValueError(
            f"A front needs two different outputs, but found {list(names)}; the fit has "
            f"{list(known)}."
        )
    if axes is None:
        _, axes = plt.subplots(figsize=(5.4, 4), layout="constrained")
    columns = [known.index(name) for name in names]
    are_outputs = known == history.output_names
    errors = (history.raw_output_errors if are_outputs else history.part_errors)[:, columns]
    errors = errors[np.all(np.isfinite(errors), axis=1)]
    units = result.dimensions
    scales = [
        scale_for([errors[:, k]], units.raw_output_errors[name] if are_outputs else units.error)
        for k, name in enumerate(names)
    ]
    shown = errors * [scale.factor for scale in scales]
    front = shown[is_on_front(shown)]
    front = front[np.argsort(front[:, 0])]
    axes.plot(*shown.T, ".", color=RECORDED, alpha=0.2, markersize=4, label="evaluations")
    axes.plot(*front.T, "o-", color=MODEL, markersize=4, drawstyle="steps-post", label="front")
    _mark_best(axes, _chosen(result, names), [scale.factor for scale in scales])
    _set_axes(axes, shown)
    axes.set_xlabel(scales[0].label(f"error of {names[0]}"))
    axes.set_ylabel(scales[1].label(f"error of {names[1]}"))
    axes.legend(fontsize="small", frameon=False)
    tidy(axes)
    return axes


def _chosen(result: FitResult, names: Sequence[str]) -> list[float]:
    """Return the errors of the best sample, or nothing if there is none."""
    history = result.history
    if history.part_names == history.output_names:
        errors = result.raw_output_errors
        return [errors[name] for name in names if name in errors]
    if history.best is None:
        return []
    row = history.part_errors[history.best]
    return [float(row[history.part_names.index(name)]) for name in names]


def _mark_best(axes: Axes, errors: Sequence[float], factors: Sequence[float]) -> None:
    if not errors:
        return
    at = [error * factor for error, factor in zip(errors, factors, strict=True)]
    axes.plot(
        *([value] for value in at), "D", color="white", markeredgecolor=RECORDED, label="chosen"
    )


def _set_axes(axes: Axes, errors: Float[np.ndarray, "n 2"]) -> None:
    for axis, column in (("x", errors[:, 0]), ("y", errors[:, 1])):
        if column.size and column.min() > 0 and column.max() > _LOGARITHMIC * column.min():
            axes.set(**{f"{axis}scale": "log"})

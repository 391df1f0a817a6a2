"""How an output changes with each parameter, over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from brianfit._foundation.arguments import check_choice, check_positive_integer
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import SECOND
from brianfit.plots._style import MODEL, RECORDED, scale_for, tidy
from brianfit.results import FitResult

_ROW_HEIGHT = 1.1  # inch
_ONE_PERCENT = 0.01


def plot_sensitivities(
    result: FitResult,
    sensitivities: Mapping[str, Mapping[str, QuantityLike]],
    *,
    output: str | None = None,
    trace: int = 0,
    figure: Figure | None = None,
) -> np.ndarray:
    """Draw by how much one percent more of each parameter changes a trace.

    Curves of the same shape belong to parameters that can stand in for each other; a flat one to
    a parameter that this stimulus says nothing about.

    Parameters
    ----------
    result
        Of the fit.
    sensitivities
        What ``fitter.sensitivities()`` returns.
    output
        Which output; the first that is a trace unless told.
    trace
        Number of the sweep.
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (n_parameters,)

    Raises
    ------
    BrianfitError
        If there are no such sensitivities, or no such sweep.
    """
    if result.problem is None:
        raise InvalidValueError("The result does not tell its problem: its time step is unknown.")
    traces = [name for name in sensitivities if name != "spikes"]
    if not traces:
        raise InvalidTypeError("Only the sensitivities of traces are drawn, and there are none.")
    name = traces[0] if output is None else output
    check_choice("output", name, traces)
    changes = _changes(result, sensitivities[name], trace)
    unit = scale_for(list(changes.values()), result.problem.recordings.dimensions[name])
    time = scale_for([result.problem.recordings.durations], SECOND)
    if figure is None:
        figure = plt.figure(figsize=(9, 0.7 + _ROW_HEIGHT * len(changes)), layout="constrained")
    axes = figure.subplots(len(changes), 1, sharex=True, squeeze=False)[:, 0]
    for (parameter, values), panel in zip(changes.items(), axes, strict=True):
        times = np.arange(values.size) * result.problem.dt * time.factor
        panel.axhline(0, color=RECORDED, linewidth=0.6)
        panel.plot(times, values * unit.factor, color=MODEL, linewidth=0.8)
        panel.set_title(f"{parameter}, one percent more", loc="left", fontsize="small")
        panel.set_ylabel(unit.label(f"Δ{name}"), fontsize="small")
        panel.margins(x=0.01)
        tidy(panel)
    axes[-1].set_xlabel(time.label("time"))
    figure.align_ylabels(list(axes))
    return np.asarray(axes)


def _changes(
    result: FitResult, derivatives: Mapping[str, Any], trace: int
) -> dict[str, np.ndarray]:
    """Return the change of a trace for one percent of each parameter [SI]."""
    number = check_positive_integer("trace", trace, minimum=0)
    changes = {}
    for parameter, derivative in derivatives.items():
        rows = np.atleast_2d(np.asarray(derivative, dtype=np.float64))
        if number >= len(rows):
            raise InvalidValueError(
                f"`trace` must be the number of a sweep, 0 to {len(rows) - 1}, but is {trace}."
            )
        if parameter not in result.best_values:
            raise InvalidValueError(f"The result has no parameter '{parameter}'.")
        changes[parameter] = _ONE_PERCENT * result.best_values[parameter] * rows[number]
    return changes

"""What the model misses: simulated minus recorded, sweep by sweep."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brianfit._foundation.arguments import check_choice
from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.strangers.escaping import in_figure
from brianfit._foundation.units import SECOND
from brianfit.plots._style import LEFT_OUT, MODEL, RECORDED, Scale, scale_for, tidy
from brianfit.results import Prediction

_SWEEP_HEIGHT = 1.5  # inch
_TIME_TO_COUNT = (6, 1)


def plot_residuals(
    prediction: Prediction, *, variable: str | None = None, figure: Figure | None = None
) -> np.ndarray:
    """Draw model minus recording over time, and how often each value occurs.

    A good fit leaves noise around zero; what has a shape over time, the model cannot do yet.

    Parameters
    ----------
    prediction
        With a simulated and recorded trace.
    variable
        Which one; the first one unless told.
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (n_traces, 2)
        Course and distribution of every sweep.

    Raises
    ------
    BrianfitError
        If there is no trace that was both recorded and simulated.
    """
    recordings = prediction.recordings
    names = [name for name in recordings.trace_names if name in prediction.traces]
    if not names:
        raise InvalidTypeError("Residuals need a trace that was recorded and simulated.")
    name = names[0] if variable is None else variable
    check_choice("variable", name, names)
    residuals = prediction.residuals(name)
    unit = scale_for(list(residuals), recordings.dimensions[name])
    time = scale_for([recordings.durations], SECOND)
    if figure is None:
        figure = plt.figure(
            figsize=(9, _SWEEP_HEIGHT * len(recordings) + 0.6), layout="constrained"
        )
    axes = figure.subplots(
        len(recordings),
        2,
        sharex="col",
        sharey=True,
        squeeze=False,
        gridspec_kw={"width_ratios": _TIME_TO_COUNT},
    )
    times = np.arange(residuals.shape[1]) * prediction.dt * time.factor
    for number, (row, (course, counts)) in enumerate(zip(residuals, axes, strict=True)):
        measured = np.isfinite(row)
        _draw_course(course, times[measured], row[measured] * unit.factor)
        _draw_counts(counts, row[measured] * unit.factor)
        course.set_ylabel(unit.label(f"Δ{name}"), fontsize="small")
        _draw_title(course, prediction, number, row[measured], unit)
    axes[-1, 0].set_xlabel(time.label("time"))
    axes[-1, 1].set_xlabel("share of steps [%]", fontsize="small")
    return np.asarray(axes)


def _draw_course(axes: Axes, times: np.ndarray, values: np.ndarray) -> None:
    axes.axhline(0, color=RECORDED, linewidth=0.6)
    axes.plot(times, values, color=MODEL, linewidth=0.7)
    axes.margins(x=0.01)
    tidy(axes)


def _draw_counts(axes: Axes, values: np.ndarray) -> None:
    if values.size:
        axes.hist(
            values,
            bins=40,
            weights=np.full(values.size, 100 / values.size),
            orientation="horizontal",
            color=MODEL,
            alpha=0.7,
        )
    axes.axhline(0, color=RECORDED, linewidth=0.6)
    tidy(axes)


def _draw_title(
    axes: Axes, prediction: Prediction, number: int, values: np.ndarray, unit: Scale
) -> None:
    parts = [in_figure(prediction.recordings.recordings[number].label)]
    if number in prediction.held_out:
        parts.append("held out, predicted")
        axes.set_facecolor((LEFT_OUT, 0.12))
    if values.size:
        size = float(np.sqrt(np.mean(values**2))) * unit.factor
        parts.append(f"root mean square {size:.3g} {unit.unit}".rstrip())
    axes.set_title("  ·  ".join(parts), loc="left", fontsize="small")

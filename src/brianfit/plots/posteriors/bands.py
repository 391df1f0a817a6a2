"""What the model yields with the draws of a posterior, as bands over the recordings."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brianfit._foundation.arguments import check_choice, check_instance
from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.strangers.escaping import in_figure
from brianfit._foundation.units import SECOND
from brianfit.fitting.posteriors.predicted_draws import PredictedDraws
from brianfit.plots._style import MODEL, RECORDED, Scale, scale_for, tidy

_ROW = 1.8  # inch
_LEVELS = {0.95: 0.3, 0.68: 0.45}


def plot_bands(
    predicted: PredictedDraws, *, variable: str | None = None, figure: Figure | None = None
) -> np.ndarray:
    """Draw what was recorded, and the bands in which 68 % and 95 % of the draws lie.

    The bands show how sure the model is of itself; the noise of recordings is not in them, so that
    recordings may leave them.

    Parameters
    ----------
    predicted
        From `Posterior.predict`.
    variable
        What is drawn; the first recorded trace unless told.
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (n_traces,)

    Raises
    ------
    BrianfitError
        If there is no such trace.
    """
    check_instance("predicted", predicted, PredictedDraws, "what posterior.predict returns")
    if not predicted.traces:
        raise InvalidTypeError("There are no simulated traces to draw.")
    name = next(iter(predicted.traces)) if variable is None else variable
    check_choice("variable", name, list(predicted.traces))
    n_traces = len(predicted.recordings)
    if figure is None:
        figure = plt.figure(figsize=(9, _ROW * n_traces + 0.6), layout="constrained")
    axes = figure.subplots(n_traces, 1, squeeze=False, sharex=True, sharey=True)[:, 0]
    time = scale_for([predicted.recordings.durations], SECOND)
    unit = scale_for([predicted.traces[name]], predicted.dimensions[name])
    for number, panel in enumerate(axes):
        _draw_recorded(panel, predicted, name, number, (time, unit))
        _draw_bands(panel, predicted, name, number, (time, unit))
        panel.set_ylabel(unit.label(name), fontsize="small")
        label = predicted.recordings.recordings[number].label
        panel.set_title(in_figure(label), loc="left", fontsize="small")
        panel.margins(x=0.01)
        tidy(panel)
    axes[-1].set_xlabel(time.label("time"))
    axes[0].legend(
        loc="lower right", bbox_to_anchor=(1, 1), fontsize="small", frameon=False, ncols=4
    )
    return np.asarray(axes)


def _draw_recorded(
    panel: Axes, predicted: PredictedDraws, name: str, number: int, scales: tuple[Scale, Scale]
) -> None:
    recording = predicted.recordings.recordings[number]
    if name not in recording.traces:
        return
    time, unit = scales
    recorded = recording.traces[name]
    t = np.arange(recorded.size) * recording.dt * time.factor
    panel.plot(t, recorded * unit.factor, color=RECORDED, linewidth=0.6, label="recorded")


def _draw_bands(
    panel: Axes, predicted: PredictedDraws, name: str, number: int, scales: tuple[Scale, Scale]
) -> None:
    time, unit = scales
    rows = predicted.traces[name][:, number] * unit.factor
    is_there = ~np.isnan(rows).any(axis=0)
    t = np.flatnonzero(is_there) * predicted.dt * time.factor
    rows = rows[:, is_there]
    for level, shade in _LEVELS.items():
        low, high = np.quantile(rows, [0.5 - level / 2, 0.5 + level / 2], axis=0)
        label = f"{100 * level:.0f} % of the draws"
        panel.fill_between(t, low, high, color=MODEL, alpha=shade, linewidth=0, label=label)
    panel.plot(t, np.median(rows, axis=0), color=MODEL, linewidth=0.8, label="their median")

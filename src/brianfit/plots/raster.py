"""Spike times of recording and model, sweep by sweep."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.errors import InvalidTypeError
from brianfit._foundation.strangers.escaping import in_figure
from brianfit._foundation.units import SECOND
from brianfit.plots._style import LEFT_OUT, MODEL, RECORDED, scale_for, tidy
from brianfit.results import Prediction

_ROW_HEIGHT = 0.16  # inch
_GAP = 0.6  # between sweeps, in rows


def plot_spike_raster(prediction: Prediction, *, axes: Axes | None = None) -> Axes:
    """Draw spike times: every recorded repeat in black, the model below it in colour.

    Parameters
    ----------
    prediction
        Of a model with a threshold, or with recorded spikes.
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidTypeError
        If there are spikes neither in the recordings nor in the model.
    """
    recordings = prediction.recordings
    if prediction.spikes is None and not recordings.has_spikes:
        raise InvalidTypeError("A raster needs spikes, recorded or of a model with a threshold.")
    n_rows = sum(len(r.spike_trains) + 1 + _GAP for r in recordings)
    if axes is None:
        _, axes = plt.subplots(figsize=(9, 1.1 + _ROW_HEIGHT * n_rows), layout="constrained")
    time = scale_for([recordings.durations], SECOND)
    height, ticks = 0.0, []
    for number, recording in enumerate(recordings):
        trains = [(train, RECORDED) for train in recording.spike_trains]
        if prediction.spikes is not None:
            trains.append((prediction.spikes[number], MODEL))
        top = height
        for train, colour in trains:
            axes.eventplot(
                np.asarray(train) * time.factor,
                lineoffsets=height,
                linelengths=0.8,
                linewidths=1.0,
                colors=colour,
            )
            height -= 1.0
        if number in prediction.held_out:
            axes.axhspan(height + 0.5, top + 0.5, color=LEFT_OUT, alpha=0.15, linewidth=0)
        ticks.append((top + height + 1) / 2)
        height -= _GAP
    axes.set_yticks(ticks, [_label(prediction, number) for number in range(len(recordings))])
    axes.set_xlim(0, float(recordings.durations.max()) * time.factor)
    axes.set_xlabel(time.label("time"))
    _explain_colours(axes, prediction)
    tidy(axes)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return axes


def _label(prediction: Prediction, number: int) -> str:
    name = in_figure(prediction.recordings.recordings[number].label)
    return f"{name}\n(held out)" if number in prediction.held_out else name


def _explain_colours(axes: Axes, prediction: Prediction) -> None:
    shown = []
    if prediction.recordings.has_spikes:
        shown.append((RECORDED, "recorded"))
    if prediction.spikes is not None:
        shown.append((MODEL, "model"))
    for colour, label in shown:
        axes.plot([], [], color=colour, marker="|", linestyle="none", label=label)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize="small", frameon=False)

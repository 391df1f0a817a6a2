"""Spikes of recorded repeats and of trials of a model, row by row."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.units import SECOND
from brianfit.plots._style import MODEL, RECORDED, scale_for, tidy
from brianfit.results import Trials

_MOST = 20  # rows of trials


def plot_trials(trials: Trials, *, sweep: int = 0, axes: Axes | None = None) -> Axes:
    """Draw the spikes of every recorded repeat in black, below them trials of the model in colour.

    Parameters
    ----------
    trials
        From ``predict(..., n_trials=...)``; the first 20 of every sweep are drawn.
    sweep
        Which sweep.
    axes
        Where to draw; a new figure unless told.
    """
    recorded, simulated = trials.recorded[sweep], trials.simulated[sweep][:_MOST]
    if axes is None:
        height = 1.0 + 0.09 * (len(recorded) + len(simulated))
        _, axes = plt.subplots(figsize=(9, height), layout="constrained")
    time = scale_for([trials.durations], SECOND)
    row = 0
    for trains, colour, label in ((recorded, RECORDED, "recorded"), (simulated, MODEL, "model")):
        for train in trains:
            axes.eventplot(
                np.asarray(train) * time.factor,
                lineoffsets=-row,
                linelengths=0.8,
                linewidths=0.8,
                colors=colour,
            )
            row += 1
        axes.plot([], [], color=colour, marker="|", linestyle="none", label=label)
        row += 1
    axes.set_xlim(0, float(trials.durations[sweep]) * time.factor)
    axes.set_yticks([])
    axes.set_xlabel(time.label("time"))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize="small", frameon=False)
    tidy(axes)
    axes.spines["left"].set_visible(False)
    return axes

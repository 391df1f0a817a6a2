"""The rate of spikes over time, recorded and predicted by a set of trials."""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND
from brianfit.plots._style import MODEL, RECORDED, scale_for, tidy
from brianfit.results import Trials


def plot_rates(
    trials: Trials, *, sweep: int = 0, width: TimeLike = 0.02, axes: Axes | None = None
) -> Axes:
    """Draw the recorded rate of spikes in black, that of the trials of the model in colour.

    Parameters
    ----------
    trials
        From ``predict(..., n_trials=...)``.
    sweep
        Which sweep.
    width
        Of the bins in which spikes are counted [s].
    axes
        Where to draw; a new figure unless told.

    Raises
    ------
    InvalidValueError
        If there is no such sweep, or `width` does not suit it.
    """
    edges, recorded, simulated = trials.rates(sweep, width)
    if axes is None:
        _, axes = plt.subplots(figsize=(9, 3), layout="constrained")
    time = scale_for([trials.durations], SECOND)
    for rate, colour, label in ((recorded, RECORDED, "recorded"), (simulated, MODEL, "model")):
        axes.step(edges * time.factor, rate, where="post", color=colour, label=label, linewidth=1.0)
    axes.set_xlim(0, float(trials.durations[sweep]) * time.factor)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(time.label("time"))
    axes.set_ylabel("rate of spikes [Hz]")
    axes.legend(loc="upper right", fontsize="small", frameon=False)
    tidy(axes)
    return axes

"""Whether the intervals between spikes are those of a model: the time-rescaling test."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.shapes import Float
from brianfit.plots._style import MODEL, RECORDED, tidy


def plot_time_rescaling(
    rescaled: Float[np.ndarray, " n_intervals"], *, axes: Axes | None = None
) -> Axes:
    """Draw the quantiles of rescaled intervals over those of the right model, with the 5 % band.

    Parameters
    ----------
    rescaled
        ``fit.tell_spikes(recordings).rescaled``: sorted, between 0 and 1.
    axes
        Where to draw; a new figure unless told.
    """
    if axes is None:
        _, axes = plt.subplots(figsize=(3.6, 3.6), layout="constrained")
    n = max(rescaled.size, 1)
    expected = (np.arange(rescaled.size) + 0.5) / n
    band = 1.358 / np.sqrt(n)  # Kolmogorov-Smirnov, 5 %
    for shift in (-band, band):
        axes.plot([0, 1], [shift, 1 + shift], color=RECORDED, linewidth=0.6, linestyle="--")
    axes.plot([0, 1], [0, 1], color=RECORDED, linewidth=0.8)
    axes.plot(expected, rescaled, color=MODEL, linewidth=1.5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("quantile of the right model")
    axes.set_ylabel("quantile of the recording")
    tidy(axes)
    return axes

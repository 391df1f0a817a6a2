"""Mean square differences between spikes as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def means_between_spikes(
    model: np.ndarray,
    data: np.ndarray,
    weights: np.ndarray,
    level: float,
    window: tuple[int, int],
) -> np.ndarray:
    """Return the weighted mean squared difference where the model is not close to its spikes.

    Parameters
    ----------
    model, data, weights
        Arrays (n_samples, n_traces, n_steps) and (n_traces, n_steps); steps with weight zero, and
        what `data` is there, do not count.
    level
        A spike of the model is an upward crossing of it.
    window
        How many steps before and after a spike are cut out.

    Returns
    -------
    array, shape (n_samples, n_traces)
        inf where nothing is left, nan where the model is not finite.
    """
    n_samples, n_traces, n_steps = model.shape
    result = np.empty((n_samples, n_traces))
    for sample in range(n_samples):
        for trace in range(n_traces):
            values = model[sample, trace]
            counts = weights[trace].copy()
            cut_out_spikes(values, counts, level, window)
            total = counted = 0.0
            for step in range(n_steps):
                if not np.isfinite(values[step]):
                    total = np.nan
                if counts[step] > 0:
                    difference = values[step] - data[trace, step]
                    total += counts[step] * difference * difference
                    counted += counts[step]
            result[sample, trace] = total / counted if counted > 0 else np.inf
            if np.isnan(total):
                result[sample, trace] = np.nan
    return result


@numba.njit(cache=True, nogil=True)
def cut_out_spikes(
    values: np.ndarray, weights: np.ndarray, level: float, window: tuple[int, int]
) -> None:
    """Set the weights around every upward crossing of `level` to zero."""
    before, after = window
    for step in range(1, values.size):
        if values[step - 1] <= level and values[step] > level:
            weights[max(step - before, 0) : step + after + 1] = 0.0

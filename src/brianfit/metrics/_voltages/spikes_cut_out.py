"""Spikes of a recording cut out, as a compiled loop; importing this file imports Numba."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def cut_out_spikes(
    values: np.ndarray, kept: np.ndarray, level: float, window: tuple[int, int]
) -> None:
    """Set `kept` to nan around every upward crossing of `level` by `values`.

    Steps without a value (nan) are passed over: a recording with a longer sampling step than the
    simulation has many.

    Parameters
    ----------
    window
        How many steps before and after a crossing are cut out.
    """
    before, after = window
    last = np.nan
    for step in range(values.size):
        if np.isnan(values[step]):
            continue
        if last <= level and values[step] > level:
            kept[max(step - before, 0) : step + after + 1] = np.nan
        last = values[step]

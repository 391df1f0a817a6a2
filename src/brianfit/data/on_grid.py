"""Recordings on the time grid of a simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brianfit._foundation.shapes import Float


def on_simulation_grid(
    values: Float[np.ndarray, " n_values"], *, recorded_dt: float, dt: float, n_steps: int
) -> Float[np.ndarray, " n_steps"]:
    """Return a recorded trace at the steps of a simulation; nan where nothing was measured.

    A step has a value if a recorded one lies within half a step of it; the value is interpolated
    linearly between the recorded ones, so it is the recorded one itself where both grids meet. A
    recording with a longer sampling step than the simulation is thus compared at its own times
    only, and nothing is invented between them. Interpolation next to a gap (nan) gives nan unless
    the times coincide.

    Parameters
    ----------
    values
        Recorded at 0, `recorded_dt`, 2 `recorded_dt`, ... [any unit].
    recorded_dt, dt
        Sampling step and simulation step [s].
    """
    position = np.arange(n_steps) * (dt / recorded_dt)
    nearest = np.round(position)
    coincides = np.abs(position - nearest) <= 1e-6
    position = np.where(coincides, nearest, position)
    before = np.floor(position).astype(np.int64)
    fraction = position - before
    last = values.size - 1
    left = values[np.minimum(before, last)]
    right = values[np.minimum(before + 1, last)]
    result = np.where(coincides, left, left + fraction * (right - left))
    near = np.abs(position - nearest) * recorded_dt <= 0.5 * dt * (1 + 1e-6)
    measured = near & (before + (fraction > 0) <= last)
    return np.where(measured, result, np.nan)


def padded(
    rows: Sequence[Float[np.ndarray, " _"]],
) -> Float[np.ndarray, "n_traces n_values"]:
    """Return rows of different length as one array, each filled up with its last value."""
    longest = max(row.size for row in rows)
    return np.array([np.pad(row, (0, longest - row.size), mode="edge") for row in rows])


def without_gaps(values: Float[np.ndarray, " n_values"]) -> Float[np.ndarray, " n_values"]:
    """Fill gaps (nan) linearly, at the ends with the nearest value; all nan becomes zero."""
    known = np.flatnonzero(~np.isnan(values))
    if known.size == 0:
        return np.zeros_like(values)
    return np.asarray(np.interp(np.arange(values.size), known, values[known]))

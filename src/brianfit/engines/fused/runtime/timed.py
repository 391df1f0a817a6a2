"""Which value of a table holds at a time: Brian's index arithmetic, for kernels."""

from __future__ import annotations

from numba import njit


@njit(forceinline=True, error_model="numpy")
def timed_row(t: float, epsilon: float, upsampling: int, n_rows: int) -> int:
    """Return the number of the value that holds at `t`, as `TimedArray` counts.

    Parameters
    ----------
    epsilon
        The step of the table, divided by `upsampling` [s].
    upsampling
        So much finer than its own step is the grid to which Brian rounds the time.
    """
    row = int((t / epsilon + 0.5) / upsampling)
    return min(max(row, 0), n_rows - 1)

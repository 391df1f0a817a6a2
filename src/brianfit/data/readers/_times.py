"""A column of times to a sampling step."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.shapes import Float

_UNEVEN = 1e-3
"""Sampling steps of one column of times may differ by this fraction; times are often rounded."""
_FEWEST = 50  # values, from which a step is inferred that is finer than the times are written


def step_of_times(path: Path, name: str, times: Float[np.ndarray, " _"]) -> tuple[float, str]:
    """Return the sampling step of times [s], and a sentence if it had to be inferred.

    Raises
    ------
    UnreadableFileError
        If the times do not rise in equal steps.
    InvalidValueError
        If they are rounded so that they do not tell the step.
    """
    steps = np.diff(times)
    if steps.size == 0 or not np.all(np.isfinite(steps)):
        raise UnreadableFileError(
            f"{path.name}: a sweep needs a time in every row, and two rows at least."
        )
    step = float(np.median(steps))
    largest = float(np.abs(times[[0, -1]]).max())
    is_even = step > 0 and np.all(np.abs(steps - step) <= _UNEVEN * step + 1e-6 * largest)
    if is_even:
        return float((times[-1] - times[0]) / (times.size - 1)), ""
    grid = _grid(times)
    if grid is not None and steps.min() >= 0:
        return _inferred(path, name, times, grid)
    raise UnreadableFileError(
        f"{path.name}: the times must rise in equal steps, but the steps range from "
        f"{steps.min():g} s to {steps.max():g} s."
    )


def _grid(times: Float[np.ndarray, " _"]) -> float | None:
    """Return the power of ten to which times are rounded; None if rounding does not explain them.

    Times that were rounded, or cut off, lie within a grid step of the line through the ends.
    """
    steps = np.diff(times)
    rising = steps[steps > 0]
    if rising.size == 0:
        return None
    line = times[0] + np.arange(times.size) * (times[-1] - times[0]) / (times.size - 1)
    off = float(np.abs(times - line).max())
    grid = 10.0 ** np.round(np.log10(rising.min()))
    is_on_grid = np.abs(times / grid - np.round(times / grid)).max() < 1e-3
    return float(grid) if is_on_grid and off <= 1.05 * grid else None


def _inferred(
    path: Path, name: str, times: Float[np.ndarray, " _"], grid: float
) -> tuple[float, str]:
    """Return the roundest step that puts every time where it was rounded to."""
    n_steps = times.size - 1
    low = (times[-1] - times[0] - grid) / n_steps
    high = (times[-1] - times[0] + grid) / n_steps
    step = _roundest(max(low, 0.0), high) if times.size >= _FEWEST else None
    if step is None or not _explains(times, step, grid):
        raise InvalidValueError(
            f"{path.name}: the times in {name!r} are rounded to {grid:g} s and do not tell the "
            "sampling step. Give it, such as dt=0.1*ms (on the command line --dt '0.1 ms')."
        )
    return step, (
        f"the times are rounded to {grid:g} s; a sampling step of {step:g} s was inferred from "
        f"{times.size} of them. Give `dt` if that is wrong."
    )


def _roundest(low: float, high: float) -> float | None:
    """Return the number between two others with the fewest digits; None if there are several."""
    for digits in range(1, 4):
        place = Decimal(10) ** (Decimal(high).adjusted() - digits + 1)
        first = (Decimal(low) / place).to_integral_value(rounding="ROUND_CEILING")
        last = (Decimal(high) / place).to_integral_value(rounding="ROUND_FLOOR")
        if first <= last:
            return float(first * place) if first == last and first > 0 else None
    return None


def _explains(times: Float[np.ndarray, " _"], step: float, grid: float) -> bool:
    """Return whether all times are multiples of a step, rounded to the grid."""
    off = times - np.arange(times.size) * step
    return bool(np.ptp(off) <= 1.01 * grid)

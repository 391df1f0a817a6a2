"""A column of times to a sampling step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.shapes import Float

_UNEVEN = 1e-3
"""Sampling steps of one column of times may differ by this fraction; times are often rounded."""
_DIGITS = 1e-6
"""Times may be rounded to this fraction of the longest ..."""
_LOST = 0.25
"""... but so that a value that is missing, a whole step, cannot be mistaken for it."""
_FEWEST = 50  # values, from which a step is inferred that is finer than the times are written
_AT_ONCE = 2**20  # values that are looked at together, so that little memory is needed


def step_of_times(path: Path, name: str, times: Float[np.ndarray, " _"]) -> tuple[float, str]:
    """Return the sampling step of times [s], and a sentence if it had to be inferred.

    Raises
    ------
    UnreadableFileError
        If the times do not rise in equal steps.
    InvalidValueError
        If they are rounded so that they do not tell the step.
    """
    if times.size < 2 or not np.all(np.isfinite(times)):
        raise UnreadableFileError(
            f"{path.name}: a sweep needs a time in every row, and two rows at least."
        )
    step = float(times[-1] - times[0]) / (times.size - 1)
    shortest = min(float(np.diff(block).min()) for _, block in _blocks(times))
    longest = max(float(np.diff(block).max()) for _, block in _blocks(times))
    rounded = min(_DIGITS * float(np.abs(times[[0, -1]]).max()), _LOST * step)
    allowed = _UNEVEN * step + rounded
    if step > 0 and step - allowed <= shortest and longest <= step + allowed:
        return step, ""
    grid = _grid(times)
    if grid is not None and shortest >= 0 and not _lacks_values(times, grid):
        return _inferred(path, name, times, grid)
    raise UnreadableFileError(
        f"{path.name}: the times must rise in equal steps, but the steps range from "
        f"{shortest:g} s to {longest:g} s."
    )


def _blocks(times: Float[np.ndarray, " n"]) -> Iterator[tuple[int, Float[np.ndarray, " _"]]]:
    """Yield pieces that share a value with the next one, and the place of their first value."""
    for first in range(0, times.size - 1, _AT_ONCE):
        yield first, times[first : first + _AT_ONCE + 1]


def _grid(times: Float[np.ndarray, " _"]) -> float | None:
    """Return the power of ten to which times are rounded; None if rounding does not explain them.

    Times that were rounded, or cut off, lie within a grid step of the line through the ends.
    """
    smallest = np.inf
    for _, block in _blocks(times):
        steps = np.diff(block)
        smallest = min(smallest, float(np.min(steps, where=steps > 0, initial=np.inf)))
    if not np.isfinite(smallest):
        return None
    grid = 10.0 ** np.round(np.log10(smallest))
    slope = (times[-1] - times[0]) / (times.size - 1)
    off, beside = 0.0, 0.0
    for first, block in _blocks(times):
        line = times[0] + (first + np.arange(block.size)) * slope
        off = max(off, float(np.abs(block - line).max()))
        beside = max(beside, float(np.abs(block / grid - np.round(block / grid)).max()))
    return float(grid) if beside < 1e-3 and off <= 1.05 * grid else None


def _lacks_values(times: Float[np.ndarray, " _"], grid: float) -> bool:
    """Return whether the step is on the grid to which times are rounded, and still they jump."""
    step = _round_step(times, grid)
    return step is not None and _is_multiple(step, grid) and not _explains(times, step, grid)


def _round_step(times: Float[np.ndarray, " _"], grid: float) -> float | None:
    """Return the roundest step that leads from the first to the last time; None if none does."""
    n_steps = times.size - 1
    low = (times[-1] - times[0] - grid) / n_steps
    high = (times[-1] - times[0] + grid) / n_steps
    return _roundest(max(low, 0.0), high) if times.size >= _FEWEST else None


def _is_multiple(step: float, grid: float) -> bool:
    return abs(step / grid - round(step / grid)) < 1e-6


def _inferred(
    path: Path, name: str, times: Float[np.ndarray, " _"], grid: float
) -> tuple[float, str]:
    """Return the roundest step that puts every time where it was rounded to."""
    step = _round_step(times, grid)
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
    """Return whether all times are multiples of a step, rounded to the grid.

    Multiples of a step that is on the grid need no rounding: what is off then is missing.
    """
    allowed = (0.01 if _is_multiple(step, grid) else 1.01) * grid
    ends = []
    for first, block in _blocks(times):
        off = block - (first + np.arange(block.size)) * step
        ends += [float(off.min()), float(off.max())]
    return max(ends) - min(ends) <= allowed

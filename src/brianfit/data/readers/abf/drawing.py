"""The waveform of an output, drawn from its table of segments ("epochs" in the format).

A sweep begins with a 64th of its length at the level between sweeps, goes through the segments, and
ends at the level between sweeps: the holding level, or that of the last segment. The level from
which ramps and trains start is that of the segment before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.data.readers.abf.protocol import Output, Segment, Shape, Varied

HOLDING_FRACTION = 64
"""Which part of a sweep lies before its first segment."""


def waveform(
    outputs: Sequence[Output], output: Output, *, sweep: int, n_rows: int, alternates: bool
) -> Float[np.ndarray, " n_rows"]:
    """Return the values of an output in a sweep, in its own unit.

    Parameters
    ----------
    outputs
        All of them: the list of one may change what another holds.
    alternates
        Whether outputs 0 and 1 take turns: number 0 begins, the other one holds.

    Raises
    ------
    InvalidValueError
        If an segment has a form that is not known.
    """
    holding = _holding(outputs, output, sweep)
    if not output.follows_table:
        return np.full(n_rows, holding)
    now = output.in_sweep(sweep)
    rests = alternates and output.number == (sweep + 1) % 2
    level = _between_sweeps(output, holding, sweep)
    first = max(n_rows // HOLDING_FRACTION, 1)
    values = np.full(n_rows, level)
    base = level
    for segment in _in_use(now):
        duration = segment.duration + segment.duration_step * sweep
        if duration <= 0:
            continue
        before, base = base, segment.level + segment.level_step * sweep
        drawn = np.full(duration, level) if rests else _drawn(segment, before, base, duration)
        last = min(first + duration, n_rows)
        values[first:last] = drawn[: last - first]
        first = last
    values[first:] = base if output.keeps_last_level else holding
    return values


def _holding(outputs: Sequence[Output], output: Output, sweep: int) -> float:
    for other in outputs:
        listed = other.user_list
        is_meant = {other.number, output.number} == {0, 1}
        if listed is not None and listed.varied is Varied.HOLDING_OF_OTHER and is_meant:
            return listed.value(sweep)
    return output.holding


def _between_sweeps(output: Output, holding: float, sweep: int) -> float:
    """Return the level at which a sweep begins."""
    now = output.in_sweep(sweep)
    if now.post_train_level is not None:
        return now.post_train_level
    if not output.keeps_last_level or sweep == 0:
        return holding
    before = _in_use(output.in_sweep(sweep - 1))
    return before[-1].level + before[-1].level_step * (sweep - 1) if before else holding


def _in_use(output: Output) -> list[Segment]:
    return [segment for segment in output.segments if segment.shape != Shape.OFF]


def _drawn(
    segment: Segment, before: float, level: float, duration: int
) -> Float[np.ndarray, " duration"]:
    if segment.shape == Shape.STEP:
        return np.full(duration, level)
    if segment.shape == Shape.RAMP:
        return np.linspace(before, level, duration)
    if segment.shape not in _PULSES:
        raise InvalidValueError(
            f"A segment of the protocol has the form {segment.shape}, which is not known. Give "
            "the stimulus that was used with `stimulus` (on the command line --stimulus FILE)."
        )
    values = np.full(duration, before)
    period, width = segment.period, max(segment.width, 0)
    if period <= 0:
        return values
    n_whole, rest = divmod(duration, period)
    pulse = _PULSES[Shape(segment.shape)](before, level, period, min(width, period))
    values[: n_whole * period] = np.tile(pulse, n_whole)
    if rest >= width and segment.shape in {Shape.PULSES, Shape.BIPHASIC}:  # one more pulse has room
        values[n_whole * period :] = pulse[:rest]
    if segment.shape == Shape.COSINES and n_whole:
        values[: n_whole * period] = _cosines(before, level, n_whole, n_whole * period)
    return values


def _rectangle(
    before: float, level: float, period: int, width: int
) -> Float[np.ndarray, " period"]:
    return np.where(np.arange(period) < width, level, before)


def _biphasic(before: float, level: float, period: int, width: int) -> Float[np.ndarray, " period"]:
    place = np.arange(period)
    second = np.where(place < width, 2 * before - level, before)
    return np.where(place < width // 2, level, second)


def _triangle(before: float, level: float, period: int, width: int) -> Float[np.ndarray, " period"]:
    rise = np.linspace(before, level, width)
    return np.concatenate([rise, np.linspace(level, before, period - width)])


def _cosines(
    before: float, level: float, n_periods: int, n_values: int
) -> Float[np.ndarray, " n_values"]:
    """Return waves that begin and end at the level before."""
    phase = np.linspace(0, 2 * np.pi * n_periods, n_values)
    return np.asarray(before + (level - before) * (1 - np.cos(phase)) / 2)


_PULSES: Final[Mapping[Shape, Callable[[float, float, int, int], np.ndarray]]] = {
    Shape.PULSES: _rectangle,
    Shape.BIPHASIC: _biphasic,
    Shape.TRIANGLES: _triangle,
    Shape.COSINES: _rectangle,  # drawn as one piece, see above
}

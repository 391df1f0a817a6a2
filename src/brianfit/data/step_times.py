"""When a step of current begins and ends, read off the stimuli."""

from __future__ import annotations

import numpy as np
from brian2 import second

from brianfit._foundation.arguments import check_choice, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.units import Quantity
from brianfit.data.recordings import RecordingSet

_MOVING = 0.25  # of the span of a stimulus, within 5 ms: it is on the way from step to step
_MARGIN = 0.003  # [s] in which a step is on its way, smoothed
_OFTEN = 0.05  # of the time: what moves more often is not made of steps


@checked
def step_times(recordings: RecordingSet, input: str | None = None) -> tuple[Quantity, Quantity]:
    """Return when the step of current begins and ends [s], for `StepResponse` and the like.

    The step is where the stimuli of the sweeps differ; or else, where they leave the value with
    which they begin. Where that is several times, it is the longest, or first, of these.

    Parameters
    ----------
    input
        Name of the current; None: the first input.

    Raises
    ------
    InvalidValueError
        If there is no such input, or it never changes.
    """
    rows, dt = _rows(recordings, input)
    course = _course(rows)
    if not np.ptp(course) > 0:
        raise InvalidValueError(
            "The stimulus is the same at all times, so that no step can be read off it. Give the "
            "times of the step yourself."
        )
    first, last = _longest_stretch(course > 0.5 * np.max(course))  # half up at the time of a step
    return float(first) * dt * second, float(last) * dt * second


def around_step(
    recordings: RecordingSet, input: str | None = None, *, before: float = 0.2, after: float = 0.15
) -> tuple[Quantity, Quantity]:
    """Return from when to when sweeps hold one step of current and nothing else [s], for `cut`.

    Parameters
    ----------
    input
        As for `step_times`.
    before, after
        How much is kept on both sides of the step [s], unless the current moves earlier.

    Raises
    ------
    InvalidValueError
        As in `step_times`.
    """
    start, stop = (float(time / second) for time in step_times(recordings, input))
    rows, dt = _rows(recordings, input)
    margin = round(_MARGIN / dt)
    first, last = round(start / dt), round(stop / dt)
    limit = _MOVING * np.ptp(rows)
    lead, tail = rows[:, : max(first - margin, 1)], rows[:, last + margin :]
    moved = np.flatnonzero((np.abs(lead - lead[:, -1:]) > limit).any(axis=0))
    begin = max(start - before, (moved[-1] + margin) * dt if moved.size else 0.0)
    end = min(stop + after, rows.shape[1] * dt)
    if tail.size:
        moved = np.flatnonzero((np.abs(tail - tail[:, :1]) > limit).any(axis=0))
        end = min(end, (last + moved[0]) * dt) if moved.size else end
    return begin * second, end * second


def is_made_of_steps(recordings: RecordingSet) -> bool:
    """Return whether the stimuli are constant most of the time, but for noise of the amplifier."""
    for recording in recordings:
        for values in recording.inputs.values():
            span = float(np.ptp(values))
            if span == 0:
                continue
            smooth = _smoothed(values, recording.dt)
            moving = np.abs(np.gradient(smooth)) * (0.005 / recording.dt) > _MOVING * span
            if np.mean(moving) > _OFTEN:
                return False
    return True


def _rows(
    recordings: RecordingSet, input: str | None
) -> tuple[Float[np.ndarray, "n_sweeps n_steps"], float]:
    """Return one input of all sweeps on a common grid, smoothed, and its step [s]."""
    if not recordings.input_names:
        raise InvalidValueError("The recordings have no stimulus.")
    name = recordings.input_names[0] if input is None else input
    check_choice("input", name, recordings.input_names)
    dt = min(recording.dt for recording in recordings)
    times = np.arange(int(float(recordings.durations.min()) / dt)) * dt
    rows = []
    for recording in recordings:
        values = recording.inputs[name]
        rows.append(_smoothed(np.interp(times, np.arange(values.size) * recording.dt, values), dt))
    return np.array(rows), dt


def _longest_stretch(is_up: Bool[np.ndarray, " n_steps"]) -> tuple[int, int]:
    """Return the first step of the longest stretch, or the first of those, and that after it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_up.astype(np.int64), [0]])))
    lengths = edges[1::2] - edges[::2]
    # Stretches that differ by less than a tenth are equally long; noise decides by how much.
    k = int(np.flatnonzero(lengths > 0.9 * lengths.max())[0])
    return int(edges[2 * k]), int(edges[2 * k + 1])


def _course(rows: Float[np.ndarray, "n_sweeps n_steps"]) -> Float[np.ndarray, " n_steps"]:
    """Return how far the sweeps are apart at every time, or else how far from their beginning."""
    spread = np.ptp(rows, axis=0)
    if np.ptp(spread) > 0.1 * np.ptp(rows):
        return np.asarray(spread - spread.min())
    moved = np.abs(rows - rows[:, :1]).max(axis=0)
    return np.asarray(moved)


def _smoothed(values: Float[np.ndarray, " _"], dt: float) -> Float[np.ndarray, " _"]:
    """Return means over about 2 ms, as much before a value as after it."""
    half = min(round(0.001 / dt), values.size // 4)
    width = 2 * half + 1
    padded = np.pad(values, half, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")


__all__ = ["around_step", "is_made_of_steps", "step_times"]

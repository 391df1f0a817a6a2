"""Spike times as a trace: the rate of spikes in every step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, readable, scalar_si
from brianfit.data.recordings import Recording, RecordingSet


@checked
def with_spike_rate(
    recordings: RecordingSet, dt: TimeLike, *, name: str = "hazard"
) -> RecordingSet:
    """Return recordings whose only trace is the rate of recorded spikes, one sweep per train.

    It is the recording that `EscapeRateLikelihood` compares a hazard with, and ``hazard_target`` in
    the equations tells the model when the cell fired.

    Parameters
    ----------
    recordings
        With spike times; every repeat of a stimulus becomes a sweep of its own, since a model that
        is given the recorded spikes has another course in each.
    dt
        The step of the simulation [s], to which inputs are brought: they keep their value until the
        next one.
    name
        Of the trace.

    Raises
    ------
    InvalidValueError
        If the spike times are not known, or `dt` is not positive.
    """
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    if not (np.isfinite(step) and step > 0):
        raise InvalidValueError(f"`dt` must be positive and finite, but is {dt}.")
    if not recordings.has_spikes:
        raise InvalidValueError(
            "The spike times of the recordings are not known. with_spikes() finds them in a trace."
        )
    sweeps = [
        _sweep(recording, number, step, name)
        for recording in recordings
        for number in range(len(recording.spike_trains))
    ]
    inputs = {each: recordings.dimensions[each] for each in recordings.input_names}
    rates = replace(recordings, recordings=tuple(sweeps), dimensions={**inputs, name: SECOND**-1})
    return rates.changed(
        sweeps, f"spikes became rates '{name}' in steps of {readable(step, SECOND)}"
    )


def _sweep(recording: Recording, number: int, dt: float, name: str) -> Recording:
    n_steps = max(1, round(recording.duration / dt))
    # A spike time is a multiple of the step up to rounding.
    places = np.floor(recording.spike_trains[number] / dt + 1e-6).astype(np.int64)
    counts = np.bincount(places[places < n_steps], minlength=n_steps)
    label = recording.label
    if len(recording.spike_trains) > 1:
        label = f"{label}, repeat {number}"
    return Recording(
        dt=dt,
        inputs={
            key: _held(row, recording.dt, dt, n_steps) for key, row in recording.inputs.items()
        },
        traces={name: counts / dt},
        duration=n_steps * dt,
        label=label,
    )


def _held(
    values: Float[np.ndarray, " n_values"], recorded_dt: float, dt: float, n_steps: int
) -> Float[np.ndarray, " n_steps"]:
    places = np.floor(np.arange(n_steps) * (dt / recorded_dt) + 1e-6).astype(np.int64)
    return np.asarray(values[np.minimum(places, values.size - 1)])

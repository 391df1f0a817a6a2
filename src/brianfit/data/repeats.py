"""Sweeps that repeat one stimulus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidValueError
from brianfit.data.recordings import Recording, RecordingSet


@checked
def merge_repeats(recordings: RecordingSet) -> RecordingSet:
    """Return the recordings with one sweep for every stimulus, which holds all its spike trains.

    A model then is simulated once for every stimulus, and compared with every repeat. Traces
    are left out: a sweep has one trace of each variable.

    Raises
    ------
    InvalidValueError
        If the spike times of the recordings are not known.
    """
    if not recordings.has_spikes:
        raise InvalidValueError(
            "The spike times of the recordings are not known, so there are no trains to merge. "
            "detect_spikes() finds them in a trace."
        )
    merged = []
    for sweeps in equal_stimuli(recordings):
        first = recordings.recordings[sweeps[0]]
        trains = [train for k in sweeps for train in recordings.recordings[k].spike_trains]
        merged.append(replace(first, traces={}, spike_trains=tuple(trains)))
    inputs = {name: recordings.dimensions[name] for name in recordings.input_names}
    return replace(recordings, recordings=tuple(merged), dimensions=inputs)


def equal_stimuli(recordings: RecordingSet) -> list[list[int]]:
    """Return the numbers of the sweeps, those with equal inputs together, in rising order.

    Sweeps without any input have nothing by which they could be told apart or put together, so each
    of them stands alone.
    """
    groups: list[list[int]] = []
    for number, recording in enumerate(recordings):
        for group in groups:
            if _have_equal_inputs(recordings.recordings[group[0]], recording):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _have_equal_inputs(first: Recording, second: Recording) -> bool:
    if not first.inputs or first.dt != second.dt or first.duration != second.duration:
        return False
    return all(np.array_equal(first.inputs[name], second.inputs[name]) for name in first.inputs)

"""Give recordings the stimulus that their file does not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import amp, volt

from brianfit._foundation.arguments import checked
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import Traces
from brianfit._foundation.units import DIMENSIONLESS, Dimension, Quantity, same_dimensions
from brianfit.data.recordings import Recording, RecordingSet, check_recordings, sweeps_of
from brianfit.data.stimuli import AbstractStimulus

_USUAL_NAMES = {amp.dim: "I", volt.dim: "v_command"}


@checked
def with_stimulus(
    recordings: RecordingSet,
    stimulus: AbstractStimulus | Traces | Sequence[AbstractStimulus],
    *,
    name: str | None = None,
) -> RecordingSet:
    """Return the recordings with this stimulus, instead of the one they have, if any.

    Parameters
    ----------
    stimulus
        A stimulus such as `Steps`; a list of them, one per sweep; or an array with unit, shape
        (n_values) or (n_traces, n_values).
    name
        Name of the input; that of the present one unless told, or else ``I`` for a current.

    Raises
    ------
    InvalidValueError
        If it has values for another number of sweeps, or of another length.
    InvalidTypeError
        If it is none of these.
    """
    check_recordings(recordings)
    rows, dimensions, words = _rows(recordings, stimulus)
    called = name or next(iter(recordings.input_names), None) or _usual_name(dimensions)
    changed = [
        _stimulated(recording, called, row) for recording, row in zip(recordings, rows, strict=True)
    ]
    known = {
        trace: dim
        for trace, dim in recordings.dimensions.items()
        if trace not in recordings.input_names
    }
    given = recordings.changed(recordings.recordings, f"the stimulus '{called}' was given: {words}")
    return replace(given, recordings=tuple(changed), dimensions={called: dimensions, **known})


def _rows(
    recordings: RecordingSet, stimulus: Any
) -> tuple[list[Float[np.ndarray, " _"]], Dimension, str]:
    if isinstance(stimulus, AbstractStimulus):
        _check_count(recordings, stimulus.n_sweeps)
        stimuli = [(stimulus, k) for k in range(len(recordings))]
        return _values_of(recordings, stimuli), stimulus.dimensions, str(stimulus)
    if _is_list_of_stimuli(stimulus):
        _check_count(recordings, len(stimulus))
        if len({part.dimensions for part in stimulus}) > 1:
            raise InvalidValueError("The stimuli of all sweeps must have one unit.")
        words = "; ".join(dict.fromkeys(str(part) for part in stimulus))
        values = _values_of(recordings, [(part, 0) for part in stimulus])
        return values, stimulus[0].dimensions, words
    if not isinstance(stimulus, Quantity | list | tuple):
        raise InvalidTypeError(
            "A stimulus must be one such as Steps(...), a list of them, or an array with unit, but "
            f"is of type {type(stimulus).__name__}."
        )
    sweeps, dimensions = sweeps_of("stimulus", stimulus)
    if dimensions is DIMENSIONLESS:
        raise InvalidTypeError("The stimulus needs a unit, such as values*pA.")
    if len(sweeps) == 1:
        sweeps *= len(recordings)
    _check_count(recordings, len(sweeps))
    return sweeps, dimensions, "as an array"


def _is_list_of_stimuli(stimulus: Any) -> bool:
    return (
        isinstance(stimulus, Sequence)
        and len(stimulus) > 0
        and all(isinstance(part, AbstractStimulus) for part in stimulus)
    )


def _values_of(
    recordings: RecordingSet, stimuli: Sequence[tuple[AbstractStimulus, int]]
) -> list[Float[np.ndarray, " _"]]:
    return [
        stimulus.values(sweep=number, dt=recording.dt, n_values=_n_values(recording))
        for recording, (stimulus, number) in zip(recordings, stimuli, strict=True)
    ]


def _n_values(recording: Recording) -> int:
    return max(v.size for v in (*recording.inputs.values(), *recording.traces.values()))


def _check_count(recordings: RecordingSet, n_sweeps: int | None) -> None:
    if n_sweeps not in {None, len(recordings)}:
        raise InvalidValueError(
            f"The stimulus has values for {n_sweeps} sweeps, but there are {len(recordings)}."
        )


def _stimulated(recording: Recording, name: str, values: Float[np.ndarray, " _"]) -> Recording:
    n_values = _n_values(recording)
    if values.size != n_values:
        raise InvalidValueError(
            f"The stimulus of {recording.label} has {values.size} values, but its response "
            f"{n_values}."
        )
    if name in recording.traces:
        raise InvalidValueError(f"'{name}' is a trace of the recordings; name the stimulus else.")
    return replace(recording, inputs={name: values})


def _usual_name(dimensions: Dimension) -> str:
    for own, name in _USUAL_NAMES.items():
        if same_dimensions(own, dimensions):
            return name
    return "stimulus"

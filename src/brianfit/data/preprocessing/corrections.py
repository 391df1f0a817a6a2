"""Offsets and resistances of electrodes: what lies between the amplifier and the cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from brian2 import amp, ohm, volt

from brianfit._foundation.arguments import check_choice, checked
from brianfit._foundation.errors import UnitMismatchError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import (
    Dimension,
    readable,
    same_dimensions,
    scalar_si,
    unit_name,
)
from brianfit.data.recordings import Recording, RecordingSet, check_recordings

Correction = Callable[[Recording, Float[np.ndarray, " _"]], Float[np.ndarray, " _"]]


@checked
def subtract_junction_potential(
    recordings: RecordingSet, potential: QuantityLike, *, name: str = "v"
) -> RecordingSet:
    """Correct a voltage for the liquid junction potential: it becomes ``v - potential``.

    Parameters
    ----------
    potential
        Bath relative to pipette, as calculators give it: about 10 to 15 mV for potassium gluconate.
    name
        The voltage, an input or a trace.

    Raises
    ------
    InvalidValueError
        If there is no such variable.
    UnitMismatchError
        If it, or `potential`, is no voltage.
    """
    check_recordings(recordings)
    _check_variable(recordings, name, volt.dim)
    shift = scalar_si("potential", potential, volt.dim, plain_is_si=False)
    return _corrected(
        recordings,
        name,
        lambda _recording, values: values - shift,
        f"the junction potential {readable(shift, volt.dim)} was subtracted from '{name}'",
    )


@checked
def compensate_series_resistance(
    recordings: RecordingSet, resistance: QuantityLike, *, voltage: str = "v", current: str = "I"
) -> RecordingSet:
    """Take the voltage across the series resistance away: ``v - resistance*I``.

    In current clamp this is the bridge balance that was missed during the recording, in voltage
    clamp the error of the command voltage. The capacitance of the electrode is not corrected for.

    Parameters
    ----------
    resistance
        What was not compensated during the recording.
    voltage, current
        Names of both, inputs or traces; a positive current depolarises in current clamp.

    Raises
    ------
    InvalidValueError
        If there is no such variable.
    UnitMismatchError
        If the units are not those of a voltage, a current and a resistance.
    """
    check_recordings(recordings)
    _check_variable(recordings, voltage, volt.dim)
    _check_variable(recordings, current, amp.dim)
    ohms = scalar_si("resistance", resistance, ohm.dim, plain_is_si=False)
    return _corrected(
        recordings,
        voltage,
        lambda recording, values: values - ohms * {**recording.inputs, **recording.traces}[current],
        f"the voltage of '{current}' across {readable(ohms, ohm.dim)} was subtracted from "
        f"'{voltage}'",
    )


@checked
def add_holding(
    recordings: RecordingSet, holding: QuantityLike, *, name: str = "I"
) -> RecordingSet:
    """Add a constant to a stimulus: what was injected besides the protocol.

    Parameters
    ----------
    holding
        In the unit of the stimulus.
    name
        The stimulus.

    Raises
    ------
    InvalidValueError
        If there is no such input.
    UnitMismatchError
        If `holding` has another unit.
    """
    check_recordings(recordings)
    check_choice("name", name, recordings.input_names)
    dimensions = recordings.dimensions[name]
    offset = scalar_si("holding", holding, dimensions, plain_is_si=False)
    return _corrected(
        recordings,
        name,
        lambda _recording, values: values + offset,
        f"a holding level of {readable(offset, dimensions)} was added to '{name}'",
    )


def _check_variable(recordings: RecordingSet, name: str, dimensions: Dimension) -> None:
    check_choice("name", name, tuple(recordings.dimensions))
    if not same_dimensions(recordings.dimensions[name], dimensions):
        raise UnitMismatchError(
            f"'{name}' must have the unit {unit_name(dimensions)} for this correction, but has "
            f"{unit_name(recordings.dimensions[name])}."
        )


def _corrected(recordings: RecordingSet, name: str, correct: Correction, step: str) -> RecordingSet:
    changed = []
    for recording in recordings:
        values = {**recording.inputs, **recording.traces}
        values[name] = correct(recording, values[name])
        changed.append(
            replace(
                recording,
                inputs={own: values[own] for own in recording.inputs},
                traces={own: values[own] for own in recording.traces},
            )
        )
    return recordings.changed(changed, step)

"""Recordings that come with brianfit."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from brian2 import amp, mV, second, volt

from brianfit._foundation.arguments import check_choice, checked
from brianfit.data.preprocessing import detect_spikes
from brianfit.data.recordings import RecordingSet

EXAMPLES = ("B6",)
"""Names of the recordings."""

# Every spike of the cell peaks above 0 mV, and nothing else comes near this level.
_SPIKE_LEVEL = -10 * mV


@checked
def example_recording(name: str = "B6") -> RecordingSet:
    """Return a recording that ships with brianfit.

    'B6' is a cortical pyramidal cell: the input ``I`` (current, as recorded), the trace ``v``
    (membrane voltage) and the spike times, upward crossings of -10 mV, of five sweeps of 3 s with a
    value every 0.25 ms. A step of current lasts from 0.7 s to 2.7 s, on top of a holding current.
    Origin and licence are told in the folder ``cell_b6`` beside this file.

    Raises
    ------
    InvalidValueError
        If there is no recording of that name.
    """
    check_choice("name", name, EXAMPLES)
    with (files("brianfit.data") / "cell_b6" / "cell_b6.npz").open("rb") as file:
        stored = dict(np.load(file, allow_pickle=False))
    dt = float(stored["dt"]) * second
    current = stored["current"] * float(stored["current_scale"]) * amp
    voltage = stored["voltage"] * float(stored["voltage_scale"]) * volt
    return RecordingSet.from_arrays(
        dt=dt,
        inputs={"I": current},
        traces={"v": voltage},
        spikes=[detect_spikes(trace, dt, _SPIKE_LEVEL) for trace in voltage],
        labels=[f"sweep {number}" for number in stored["sweeps"]],
    )

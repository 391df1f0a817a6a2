"""The voltage without its spikes."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.data.recordings import Recording


def between_spikes(
    recording: Recording, trace: str, *, before: float, after: float
) -> Float[np.ndarray, " n_steps"]:
    """Return a voltage, nan from `before` every spike of the only train to `after` it [s]."""
    voltage = np.array(recording.traces[trace])
    for spike in recording.spike_trains[0]:
        first = max(0, int((spike - before) / recording.dt))
        voltage[first : int((spike + after) / recording.dt)] = np.nan
    return voltage


__all__ = ["between_spikes"]

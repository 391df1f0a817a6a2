"""The step with which recordings are simulated unless the user names one."""

from __future__ import annotations

import numpy as np

from brianfit.data.recordings import RecordingSet

_LONGEST = 1e-4  # [s]; integrate-and-fire models need no shorter one


def usual_simulation_step(recordings: RecordingSet) -> float:
    """Return the longest step up to 0.1 ms that is a multiple or whole part of the recorded [s]."""
    recorded = max(recording.dt for recording in recordings)
    if recorded >= _LONGEST:
        return recorded / int(np.ceil(recorded / _LONGEST - 1e-9))
    return recorded * int(np.floor(_LONGEST / recorded + 1e-9))


__all__ = ["usual_simulation_step"]

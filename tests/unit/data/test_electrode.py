"""An electrode of known response is taken away from the voltage of a known membrane."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import mV, nA, second
from scipy.signal import lfilter

from brianfit import RecordingSet, compensate_electrode
from brianfit._foundation.errors import InvalidValueError

DT = 1e-4


def filtered(current: np.ndarray, tau: float, resistance: float) -> np.ndarray:
    """Return the voltage [mV] of a resistance [Mohm] with a time constant [s]."""
    keep = np.exp(-DT / tau)
    return np.asarray(lfilter([resistance * (1 - keep)], [1.0, -keep], current))


def sweep(seed: int, *, dt: float = DT, n: int = 50_000) -> tuple[RecordingSet, np.ndarray]:
    """Return a recording through an electrode, and the voltage of its membrane [mV]."""
    current = np.random.default_rng(seed).normal(0.0, 0.2, size=n)
    membrane = -70.0 + filtered(current, 0.02, 100.0)
    recorded = membrane + filtered(current, 5e-4, 30.0)
    recordings = RecordingSet.from_arrays(
        dt=dt * second, inputs={"I": current * nA}, traces={"v": recorded * mV}
    )
    return recordings, membrane


def test_what_is_left_is_the_voltage_of_the_membrane() -> None:
    noise, _ = sweep(1)
    recordings, membrane = sweep(2)

    found = compensate_electrode(recordings, noise)

    left = found.recordings[0].traces["v"] * 1e3 - membrane
    electrode = recordings.recordings[0].traces["v"] * 1e3 - membrane
    assert left.std() < 0.1 * electrode.std()
    assert "response of an electrode of" in found.history[-1]


def test_noise_that_is_short_or_has_another_step_is_refused() -> None:
    recordings, _ = sweep(2)

    with pytest.raises(InvalidValueError, match="without gaps, for a second or more"):
        compensate_electrode(recordings, sweep(1, n=2000)[0])
    with pytest.raises(InvalidValueError, match="must have one sampling step"):
        compensate_electrode(recordings, sweep(1, dt=5e-5)[0])

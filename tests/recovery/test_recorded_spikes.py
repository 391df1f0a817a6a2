"""A model that is given the recorded spikes finds the cell that they are from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Mohm, amp, ms, mV, volt

from brianfit import Fitter, Parameter, RecordingSet, fit_recorded_spikes, library, with_spikes

LIF = library.get("lif")
TRUTH = {
    "tau_m": 10 * ms,
    "R": 100 * Mohm,
    "EL": -70 * mV,
    "VT": -50 * mV,
    "V_r": -65 * mV,
    "t_ref": 2 * ms,
}


def recorded(resistance: float = 20e6) -> RecordingSet:
    """Return the voltage of a cell, with an electrode in series and a peak at every spike."""
    rng = np.random.default_rng(3)
    current = np.repeat(rng.normal(0.18e-9, 0.08e-9, 200), 50)
    cell = Fitter(
        LIF,
        {"I": current[np.newaxis] * amp},
        {"v": np.zeros((1, current.size)) * volt},
        dt=0.1 * ms,
    )
    voltage = np.array(cell.generate("v", params=TRUTH))[0]
    peaks = np.flatnonzero(np.diff(voltage) < -10e-3)
    voltage = voltage + resistance * current
    voltage[peaks] = 0.02
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": current * amp}, traces={"v": voltage * volt}
    )
    return with_spikes(recordings, 0 * mV)


@pytest.mark.slow
def test_finds_membrane_electrode_and_threshold_of_a_cell() -> None:
    held = {name: Parameter(fixed=TRUTH[name]) for name in ("EL", "V_r", "t_ref")}

    found = fit_recorded_spikes(
        LIF, recorded(), dt=0.1 * ms, n_rounds=60, n_samples=16, params=held, seed=1
    )

    assert found.params["tau_m"] / ms == pytest.approx(10, rel=0.1)
    assert found.params["R"] / Mohm == pytest.approx(100, rel=0.1)
    assert found.R_e / Mohm == pytest.approx(20, rel=0.1)
    assert found.params["VT"] / mV == pytest.approx(-50, abs=1)
    assert set(found.params) == set(LIF.parameters)
    assert found.result.n_evaluations == 60 * 16


@pytest.mark.slow
def test_the_shape_of_spikes_does_not_count() -> None:
    plain = recorded()
    voltage = plain.recordings[0].traces["v"].copy()
    for spike in plain.recordings[0].spike_trains[0]:
        step = round(float(spike) / 1e-4)
        voltage[step : step + 99] = 1.0
    odd = replace(plain.recordings[0], traces={"v": voltage})

    errors = [
        fit_recorded_spikes(
            LIF, recordings, dt=0.1 * ms, n_rounds=2, n_samples=8, seed=1
        ).result.error
        for recordings in (plain, replace(plain, recordings=(odd,)))
    ]

    assert errors[0] == errors[1]

"""A model that is given the recorded spikes finds the cell that they are from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Mohm, amp, kHz, ms, mV, volt

from brianfit import (
    Fitter,
    Parameter,
    RecordingSet,
    SpikeFitter,
    fit_recorded_spikes,
    library,
    merge_repeats,
    with_spikes,
)

LIF = library.get("lif")
TRUTH = {
    "tau_m": 10 * ms,
    "R": 100 * Mohm,
    "EL": -70 * mV,
    "VT": -50 * mV,
    "V_r": -65 * mV,
    "t_ref": 2 * ms,
    "DeltaV": 2 * mV,
    "lambda_0": 1 * kHz,
}


def recorded() -> RecordingSet:
    """Return the voltage of a noisy cell with 20 Mohm in series, and a peak at every spike."""
    rng = np.random.default_rng(3)
    current = np.repeat(rng.normal(0.14e-9, 0.08e-9, 400), 50)
    known = {"I": current[np.newaxis] * amp}, {"v": np.zeros((1, current.size)) * volt}
    cell = Fitter(library.get("lif_escape"), *known, dt=0.1 * ms)
    voltage = np.array(cell.generate("v", params=TRUTH))[0]
    # The voltage of a step is that before its spike; in the next one it stands at V_r.
    is_reset = np.isclose(voltage, -0.065) & (np.roll(voltage, 1) != voltage)
    voltage = voltage + 20e6 * current
    voltage[is_reset] = 0.02
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": current * amp}, traces={"v": voltage * volt}
    )
    return with_spikes(recordings, 0 * mV)


@pytest.mark.slow
def test_finds_membrane_electrode_and_a_threshold_that_gives_as_many_spikes() -> None:
    held = {name: Parameter(fixed=TRUTH[name]) for name in ("EL", "V_r", "t_ref")}
    cell = recorded()

    found = fit_recorded_spikes(
        LIF, cell, dt=0.1 * ms, n_rounds=40, n_samples=16, params=held, seed=1
    )

    assert found.params["tau_m"] / ms == pytest.approx(10, rel=0.1)
    assert found.params["R"] / Mohm == pytest.approx(100, rel=0.1)
    assert found.R_e / Mohm == pytest.approx(20, rel=0.15)
    assert set(found.params) == set(LIF.parameters)
    assert found.result.history.n_rounds == 40
    alone = SpikeFitter(LIF, merge_repeats(cell), dt=0.1 * ms)
    n_recorded = cell.recordings[0].spike_trains[0].size
    assert n_recorded > 30
    assert len(alone.generate_spikes(params=found.params)[0]) == pytest.approx(n_recorded, abs=1)


@pytest.mark.slow
def test_the_shape_of_spikes_does_not_count() -> None:
    plain = recorded()
    voltage = plain.recordings[0].traces["v"].copy()
    for spike in plain.recordings[0].spike_trains[0]:
        step = round(float(spike) / 1e-4)
        voltage[step : step + 90] = 1.0
    odd = replace(plain, recordings=(replace(plain.recordings[0], traces={"v": voltage}),))

    errors = [
        fit_recorded_spikes(
            LIF, recordings, dt=0.1 * ms, n_rounds=1, n_samples=8, seed=1
        ).result.error
        for recordings in (plain, odd)
    ]

    assert errors[0] == errors[1]

"""How the generalised integrate-and-fire models relate to one another."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, nA

from brianfit import SpikeFitter, library

CELL = {
    "tau_m": 15 * ms,
    "R": 100 * Mohm,
    "EL": -70 * mV,
    "VT": -50 * mV,
    "V_r": -60 * mV,
    "b_1": 10 * mV,
    "b_2": 2 * mV,
    "c_1": 10 * mV,
    "c_2": 2 * mV,
    "t_ref": 3 * ms,
    "tau_1": 10 * ms,
    "tau_2": 100 * ms,
    "tau_g1": 10 * ms,
    "tau_g2": 100 * ms,
}


@pytest.mark.slow
def test_an_exponential_gif_whose_spike_begins_at_once_is_the_gif() -> None:
    noise = np.repeat(np.random.default_rng(2).normal(0.35, 0.25, size=60), 500)
    fitters = {
        name: SpikeFitter(library.get(name), noise[np.newaxis] * nA, [[]], dt=0.01 * ms)
        for name in ("gif", "egif")
    }
    sharp = fitters["gif"].generate_spikes(params=CELL)[0]

    steep = {**CELL, "DeltaT": 0.02 * mV, "V_peak": 0 * mV}
    exponential = fitters["egif"].generate_spikes(params=steep)[0]

    assert sharp.size >= 5
    # Above VT a spike takes about tau_m*DeltaT/(drive beyond VT): 0.5 ms where that is 0.6 mV.
    np.testing.assert_allclose(np.asarray(exponential), np.asarray(sharp), rtol=0, atol=5e-4)

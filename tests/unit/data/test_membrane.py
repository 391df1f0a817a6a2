"""Membranes read off voltages that were made from known ones."""

from __future__ import annotations

import numpy as np
import pytest

from brianfit import RecordingSet
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import estimate_membrane

DT = 1e-4


def recorded(spikes: list[float] | None = None, R_e: float = 0.0) -> RecordingSet:  # noqa: N803
    """Return 4 s of a membrane of 20 ms, 100 Mohm, -65 mV, that spikes pull down by 10 mV."""
    spikes = [0.5, 1.1, 2.0, 3.2] if spikes is None else spikes
    current = 1e-10 * np.repeat(np.random.default_rng(1).normal(1, 1, size=400), 100)
    voltage = np.empty(current.size)
    membrane = after_spike = 0.0
    steps = {round(spike / DT) for spike in spikes}
    for k, value in enumerate(current):
        membrane += (100e6 * value - membrane) * (1 - np.exp(-DT / 20e-3))
        after_spike = after_spike * np.exp(-DT / 45e-3) - 0.01 * (k in steps)
        voltage[k] = -0.065 + membrane + after_spike + R_e * value
    for step in steps:
        voltage[step - 5 : step + 15] = 0.03
    return RecordingSet.from_arrays(
        dt=_seconds(DT), inputs={"I": current}, traces={"v": voltage}, spikes=[np.array(spikes)]
    )


def _seconds(value: float) -> object:
    from brian2 import second

    return value * second


@pytest.mark.parametrize("R_e", [0.0, 15e6])
def test_time_constant_resistances_and_rest_are_found(R_e: float) -> None:  # noqa: N803
    found = estimate_membrane(recorded(R_e=R_e))

    # The regression holds the model that made the voltage, so only the search for tau is inexact.
    assert found.tau_m == pytest.approx(20e-3, rel=1e-3)
    assert pytest.approx(100e6, rel=1e-3) == found.R
    assert pytest.approx(-0.065, abs=1e-5) == found.EL
    assert found.R_e == pytest.approx(R_e, abs=0.2e6)
    assert found.explained > 0.9999


def test_the_onset_is_the_voltage_of_the_membrane_before_spikes() -> None:
    recordings = recorded(spikes=[1.5])
    before = recordings.recordings[0].traces["v"][15_000 - 30]

    found = estimate_membrane(recordings)

    assert found.onset == pytest.approx(before, abs=2e-4)


def test_without_spikes_there_is_no_onset() -> None:
    found = estimate_membrane(recorded(spikes=[]))

    assert np.isnan(found.onset)
    assert found.tau_m == pytest.approx(20e-3, rel=1e-3)


def test_an_unknown_trace_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(InvalidValueError, match="no 'u'; there are v"):
        estimate_membrane(recorded(), trace="u")


def test_repeats_without_voltages_of_their_own_are_refused() -> None:
    one = recorded()
    repeated = RecordingSet.from_arrays(
        dt=_seconds(DT),
        inputs={"I": one.recordings[0].inputs["I"]},
        traces={"v": one.recordings[0].traces["v"]},
        spikes=[[np.array([0.5]), np.array([0.6])]],
    )

    with pytest.raises(InvalidValueError, match="2 spike trains"):
        estimate_membrane(repeated)


def test_windows_that_leave_nothing_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="Nothing is left between the spikes"):
        estimate_membrane(recorded(), before=10.0, after=10.0)

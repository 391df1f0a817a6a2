"""What is read off a recording, against a voltage that was drawn with known numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nA, pA

from brianfit._foundation.errors import InvalidValueError
from brianfit.data import RecordingSet, estimate_cell, is_made_of_steps, step_times

DT = 1e-4
N_STEPS = 6000
START, STOP = 0.1, 0.5
HOLDING, CURRENTS = -20e-12, (-100e-12, 60e-12, 120e-12)
R, TAU, REST = 100e6, 0.010, -0.065
ONSET, PEAK, TROUGH = -0.045, 0.020, -0.060


def _spike(n: int) -> np.ndarray:
    """Return a spike: 1 ms up, 2 ms down to the trough, and slowly back."""
    up = np.linspace(ONSET, PEAK, 11)
    down = np.linspace(PEAK, TROUGH, 21)[1:]
    return np.concatenate([up, down, np.linspace(TROUGH, ONSET, n - 30)[:-1]])


def _cell(noise: float = 0.0) -> RecordingSet:
    """Return three sweeps of a leaky membrane; the last one fires from 0.2 s on, every 25 ms."""
    times = np.arange(N_STEPS) * DT
    rng = np.random.default_rng(0)
    currents = np.full((3, N_STEPS), HOLDING)
    currents[:, round(START / DT) : round(STOP / DT)] += np.array(CURRENTS)[:, np.newaxis]
    voltage = np.full((3, N_STEPS), REST + R * HOLDING)
    for k in range(1, N_STEPS):
        target = REST + R * currents[:, k - 1]
        voltage[:, k] = target + (voltage[:, k - 1] - target) * np.exp(-DT / TAU)
    for begin in range(2000, 4800, 250):
        voltage[2, begin : begin + 250] = _spike(250)
    voltage += rng.normal(0, 1, voltage.shape) * noise
    assert times.size == N_STEPS
    return RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": currents * 1e9 * nA}, traces={"v": voltage * 1e3 * mV}
    )


def test_the_beginning_tells_the_holding_current_and_where_it_holds_the_cell() -> None:
    found = estimate_cell(_cell())

    assert found.holding == pytest.approx(HOLDING)
    assert found.start == pytest.approx(REST + R * HOLDING, abs=1e-6)


def test_the_membrane_is_that_of_the_voltage_between_spikes() -> None:
    found = estimate_cell(_cell()[[0, 1]], threshold=0 * mV)

    assert pytest.approx(R, rel=0.02) == found.R
    assert found.tau_m == pytest.approx(TAU, rel=0.05)
    assert pytest.approx(REST, abs=2e-4) == found.EL
    assert found.n_spikes == 0
    assert np.isnan(found.onset).all()


def test_spikes_are_measured_from_onset_to_trough() -> None:
    found = estimate_cell(_cell())

    assert found.n_spikes == 12
    assert found.onset[1] == pytest.approx(ONSET, abs=1e-6)
    assert found.trough[1] == pytest.approx(TROUGH, abs=1e-6)
    assert found.peak[1] == pytest.approx(PEAK, abs=1e-6)
    # 1 ms up and, of 2 ms down by 80 mV, the part that is above the onset.
    assert found.width == pytest.approx(1e-3 + 2e-3 * 65 / 80, abs=1.5 * DT)
    assert found.shortest_interval == pytest.approx(0.025, abs=DT)


def test_noise_is_told_from_the_course_of_the_voltage() -> None:
    noise = 0.2e-3

    found = estimate_cell(_cell(noise))

    # The median of 18,000 values has a standard error of about 1 %.
    assert found.noise == pytest.approx(noise, rel=0.05)


def test_a_sag_is_the_part_of_the_hyperpolarisation_that_is_lost() -> None:
    sweeps = _cell()[[0]]
    voltage = sweeps.recordings[0].traces["v"].copy()
    base, deep = voltage[0], -0.090
    first, last = round(START / DT), round(STOP / DT)
    voltage[first:last] = base + (deep - base) * 0.75
    voltage[first + 200 : first + 600] = deep
    sweeps = RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": sweeps.recordings[0].inputs["I"][np.newaxis] * 1e9 * nA},
        traces={"v": voltage[np.newaxis] * 1e3 * mV},
    )

    assert estimate_cell(sweeps).sag == pytest.approx(0.25, abs=0.01)


def test_what_is_known_is_told_in_units_of_the_field() -> None:
    text = str(estimate_cell(_cell()))

    assert "holding current" in text
    assert "-20 pA" in text
    assert "nan" not in text


def test_a_current_is_no_voltage() -> None:
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": np.zeros((1, 100)) * pA}, traces={"i": np.zeros((1, 100)) * pA}
    )

    with pytest.raises(InvalidValueError, match="no voltage"):
        estimate_cell(recordings, trace="i")


def _set(currents: Any) -> RecordingSet:
    return RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": np.asarray(currents) * nA},
        traces={"v": np.zeros_like(currents) * mV},
    )


def test_the_step_is_where_the_sweeps_differ() -> None:
    start, stop = step_times(_cell())

    assert start / ms == pytest.approx(100, abs=0.2)
    assert stop / ms == pytest.approx(500, abs=0.2)


def test_of_two_steps_of_one_length_the_first_is_taken() -> None:
    currents = np.zeros((2, 5000))
    currents[1, 1000:2000] = currents[1, 3000:4000] = 1.0
    currents[:, 2000:3000] = -0.5  # the same in both sweeps

    start, stop = step_times(_set(currents))

    assert (start / ms, stop / ms) == pytest.approx((100, 200), abs=0.2)


def test_a_single_sweep_is_compared_with_its_beginning() -> None:
    currents = np.zeros((1, 5000))
    currents[0, 1000:4000] = 0.3

    start, stop = step_times(_set(currents))

    assert (start / ms, stop / ms) == pytest.approx((100, 400), abs=0.2)


def test_a_stimulus_that_never_changes_has_no_step() -> None:
    with pytest.raises(InvalidValueError, match="the same at all times"):
        step_times(_set(np.full((2, 100), 0.1)))


def test_noise_is_not_made_of_steps() -> None:
    rng = np.random.default_rng(0)
    noise = np.convolve(rng.normal(size=10049), np.ones(50) / 50, mode="valid")

    assert is_made_of_steps(_cell())
    assert not is_made_of_steps(_set(noise[np.newaxis]))

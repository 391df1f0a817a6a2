"""Cut, resample, filter, correct, detect; every step is remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from brian2 import Hz, Mohm, kHz, ms, mV, nA, pA, second

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, UnitMismatchError
from brianfit.data import (
    RecordingSet,
    Steps,
    add_holding,
    compensate_series_resistance,
    cut,
    low_pass,
    resample,
    spike_level,
    subtract_junction_potential,
    with_spikes,
    with_stimulus,
)


def recorded(v: Any, current: Any = None, *, dt: Any = 1 * ms, spikes: Any = None) -> RecordingSet:
    voltage = np.atleast_2d(np.asarray(v, dtype=float))
    injected = np.zeros_like(voltage) if current is None else np.atleast_2d(current)
    return RecordingSet.from_arrays(
        dt=dt, inputs={"I": injected * pA}, traces={"v": voltage * mV}, spikes=spikes
    )


def v_of(recordings: RecordingSet, sweep: int = 0) -> np.ndarray:
    return 1e3 * recordings.recordings[sweep].traces["v"]


def current_of(recordings: RecordingSet, sweep: int = 0) -> np.ndarray:
    return 1e12 * recordings.recordings[sweep].inputs["I"]


STEPS: dict[str, Callable[[RecordingSet], RecordingSet]] = {
    "cut": lambda r: cut(r, 1 * ms, 9 * ms),
    "resample": lambda r: resample(r, 2 * ms),
    "low_pass": lambda r: low_pass(r, 100 * Hz),
    "junction": lambda r: subtract_junction_potential(r, 10 * mV),
    "resistance": lambda r: compensate_series_resistance(r, 10 * Mohm),
    "holding": lambda r: add_holding(r, 5 * pA),
    "spikes": lambda r: with_spikes(r, 0 * mV),
    "stimulus": lambda r: with_stimulus(r, Steps(1 * pA, start=1 * ms, stop=2 * ms)),
    "sweeps": lambda r: r[[0]],
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_returns_a_new_set_that_remembers_it(name: str) -> None:
    before = recorded(np.linspace(-70, -60, 40))
    values = v_of(before).copy()

    after = STEPS[name](before)

    assert len(after.history) == len(before.history) + 1
    assert before.history == ()
    np.testing.assert_array_equal(v_of(before), values)


def test_cuts_inputs_traces_and_spikes_and_counts_time_from_the_start() -> None:
    before = recorded(np.arange(10), np.arange(10), spikes=[[0.0015, 0.0045, 0.0075]])

    after = cut(before, 2 * ms, 6 * ms)

    np.testing.assert_allclose(v_of(after), [2, 3, 4, 5])
    np.testing.assert_allclose(current_of(after), [2, 3, 4, 5])
    np.testing.assert_allclose(after.recordings[0].spike_trains[0], [0.0025])
    assert after.recordings[0].duration == pytest.approx(0.004)


@pytest.mark.parametrize(("start", "stop"), [(5, 4), (-1, 4), (20, None), (3, 4)])
def test_rejects_a_cut_that_leaves_nothing(start: float, stop: float | None) -> None:
    before = recorded(np.arange(10))

    with pytest.raises(InvalidValueError, match=r"start|less than two"):
        cut(before, start * ms, None if stop is None else stop * ms)


def test_downsampling_keeps_slow_signals_and_removes_what_would_alias() -> None:
    time = np.arange(4000) * 0.1e-3
    slow, fast = np.sin(2 * np.pi * 20 * time), np.sin(2 * np.pi * 900 * time)
    before = recorded(-70 + 5 * slow + 5 * fast, dt=0.1 * ms)

    after = resample(before, 1 * ms)

    # 900 Hz would turn up as 100 Hz at 1 kHz. SciPy's default filter, a Kaiser window of beta 5,
    # stops by about 50 dB [1/300]; away from the ends only the slow sine is left.
    inner = slice(40, -40)
    expected = -70 + 5 * slow[::10]
    assert np.abs(v_of(after)[inner] - expected[inner]).max() < 5 / 100


def test_downsampling_keeps_the_charge_of_a_stimulus() -> None:
    rng = np.random.default_rng(1)
    current = rng.normal(0, 100, 60)
    before = recorded(np.zeros(60), current)

    after = resample(before, 3 * ms)

    np.testing.assert_allclose(current_of(after), current.reshape(20, 3).mean(axis=1), rtol=1e-9)


def test_upsampling_holds_a_stimulus() -> None:
    before = recorded(np.zeros(4), [0, 100, 100, 0])

    after = resample(before, 0.5 * ms)

    np.testing.assert_allclose(current_of(after), [0, 0, 100, 100, 100, 100, 0, 0], atol=1e-9)
    assert v_of(after).size == 8


def test_gaps_stay_gaps_when_resampled_and_filtered() -> None:
    v = np.full(40, -70.0)
    v[20:30] = np.nan

    resampled, filtered = resample(recorded(v), 2 * ms), low_pass(recorded(v), 50 * Hz)

    assert np.flatnonzero(np.isnan(v_of(resampled))).tolist() == [10, 11, 12, 13, 14]
    assert np.flatnonzero(np.isnan(v_of(filtered))).tolist() == list(range(20, 30))


def test_rejects_a_sampling_step_that_is_no_simple_ratio() -> None:
    with pytest.raises(InvalidValueError, match="no ratio"):
        resample(recorded(np.zeros(5000)), 1.0001234567 * ms)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_a_filter_has_its_amplitude_at_the_cutoff_and_no_delay(order: int) -> None:
    time = np.arange(20000) * 0.1e-3
    before = recorded(np.sin(2 * np.pi * 200 * time), dt=0.1 * ms)

    after = low_pass(before, 200 * Hz, order=order)

    # Both passes together: 1/sqrt(2) at the cutoff, in phase with the input.
    inner = slice(5000, -5000)
    expected = np.sin(2 * np.pi * 200 * time) / np.sqrt(2)
    np.testing.assert_allclose(v_of(after)[inner], expected[inner], atol=1e-6)


def test_a_filter_leaves_the_stimulus_alone_unless_told() -> None:
    current = np.where(np.arange(100) > 50, 100.0, 0.0)
    before = recorded(np.zeros(100), current)

    np.testing.assert_array_equal(current_of(low_pass(before, 100 * Hz)), current)
    assert np.ptp(current_of(low_pass(before, 100 * Hz, names=["I"])) - current) > 1


@pytest.mark.parametrize("cutoff", [0 * Hz, 600 * Hz, -1 * kHz])
def test_rejects_a_filter_beyond_the_sampling_rate(cutoff: Any) -> None:
    with pytest.raises(InvalidValueError, match="between 0 and half the sampling rate, 500 Hz"):
        low_pass(recorded(np.zeros(10)), cutoff)


def test_subtracts_the_junction_potential() -> None:
    np.testing.assert_allclose(
        v_of(subtract_junction_potential(recorded([-60, -50]), 14 * mV)), [-74, -64]
    )


def test_takes_the_voltage_across_the_series_resistance_away() -> None:
    before = recorded([-70, -60], [0, 100])

    after = compensate_series_resistance(before, 20 * Mohm)

    np.testing.assert_allclose(v_of(after), [-70, -62])  # 100 pA * 20 Mohm = 2 mV


def test_adds_a_holding_current() -> None:
    np.testing.assert_allclose(
        current_of(add_holding(recorded([0, 0], [1, 2]), -10 * pA)), [-9, -8]
    )


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (lambda r: subtract_junction_potential(r, 1 * pA), "unit V"),
        (lambda r: subtract_junction_potential(r, 1 * mV, name="I"), "unit V"),
        (lambda r: compensate_series_resistance(r, 1 * mV), "unit ohm"),
        (lambda r: add_holding(r, 1 * mV), "unit A"),
        (lambda r: with_spikes(r, 1 * pA), "unit V"),
    ],
)
def test_rejects_corrections_in_another_unit(
    step: Callable[[RecordingSet], RecordingSet], complaint: str
) -> None:
    with pytest.raises(UnitMismatchError, match=complaint):
        step(recorded([0, 1]))


def test_noise_on_the_flank_of_a_spike_is_no_second_spike() -> None:
    v = [-70, 10, -1, 10, -70, -70, -70, -70, 10, -70]

    plain = with_spikes(recorded(v), 0 * mV)
    found = with_spikes(recorded(v), 0 * mV, refractory=3 * ms)

    assert plain.recordings[0].spike_trains[0].size == 3
    # From -70 to 10 mV, zero is passed after 7/8 of a step.
    np.testing.assert_allclose(found.recordings[0].spike_trains[0], [0.875e-3, 7.875e-3])


def test_the_level_of_spikes_is_half_way_up() -> None:
    v = np.full(100, -70.0)
    v[50] = 30.0

    assert spike_level(recorded(v)) == -20 * mV


def test_a_trace_without_spikes_has_no_level() -> None:
    assert spike_level(recorded(np.linspace(-80, -50, 50))) is None


def test_a_stimulus_replaces_the_one_that_is_there() -> None:
    after = with_stimulus(recorded(np.zeros((2, 5))), Steps([1, 2] * nA, start=1 * ms, stop=3 * ms))

    np.testing.assert_allclose(current_of(after, 0), [0, 1000, 1000, 0, 0])
    np.testing.assert_allclose(current_of(after, 1), [0, 2000, 2000, 0, 0])
    assert "steps of 1 nA, 2 nA from 1 ms to 3 ms" in after.history[-1]


@pytest.mark.parametrize(
    ("stimulus", "kind", "complaint"),
    [
        (Steps([1, 2, 3] * nA, start=0 * ms, stop=1 * ms), InvalidValueError, "for 3 sweeps"),
        (np.zeros(4) * nA, InvalidValueError, "has 4 values"),
        ([0.0, 1.0], InvalidTypeError, "needs a unit"),
        ("steps", InvalidTypeError, "such as Steps"),
    ],
)
def test_rejects_a_stimulus_that_does_not_belong(
    stimulus: Any, kind: type[Exception], complaint: str
) -> None:
    with pytest.raises(kind, match=complaint):
        with_stimulus(recorded(np.zeros((2, 5))), stimulus)


def test_steps_can_be_chained_and_tell_their_story() -> None:
    before = recorded(np.linspace(-70, -60, 100), dt=0.5 * ms)

    after = low_pass(cut(before, 0.01 * second), 200 * Hz)

    assert after.history == (
        "sweeps were cut to the part from 10 ms to the end",
        "'v' was low-pass filtered at 200 Hz (order 4)",
    )

"""A verdict names each bad end of a fit, and stays quiet on a good one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, pA, second

from brianfit._foundation.units import dimensions_of
from brianfit.data import RecordingSet
from brianfit.results import FitResult, Prediction, verdict_on
from tests.unit.plots.fitted import result

DT = 1e-4
RECORDED = (0.1 + 0.02 * np.arange(15), 0.1 + 0.015 * np.arange(20))


def _voltage(train: np.ndarray, *, trough: float = -0.060, peak: float = 0.02) -> np.ndarray:
    """Return a voltage that climbs from a trough to -50 mV between the spikes of a step."""
    times = np.arange(5000) * DT
    voltage = np.full(5000, -0.070)
    inside = (times >= 0.1) & (times < 0.4)
    voltage[inside] = -0.052
    for first, last in pairwise([*train, 0.4]):
        k, m = round(first / DT), round(last / DT)
        voltage[k + 10 : m] = np.linspace(trough, -0.050, m - k - 10) if m > k + 10 else trough
        voltage[k : k + 10] = peak
    return voltage


def _prediction(trains: Any = RECORDED, **changes: Any) -> Prediction:
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": np.zeros((2, 5000)) * pA},
        traces={"v": np.array([_voltage(train) for train in RECORDED]) * 1e3 * mV},
        spikes=[train * second for train in RECORDED],
        labels=["low", "high"],
    )
    own = tuple(np.asarray(train, dtype=np.float64) for train in trains)
    noise = np.random.default_rng(0).normal(0, 2e-4, (2, 5000))
    return Prediction(
        recordings=recordings,
        traces={"v": np.array([_voltage(train, **changes) for train in own]) + noise},
        spikes=own,
        dt=DT,
        dimensions={"v": dimensions_of(1 * mV)},
    )


def _problems(prediction: Prediction | None, **changes: Any) -> str:
    fitted: FitResult = replace(result(), **changes)
    return "\n".join(verdict_on(fitted, prediction).problems)


def test_a_fit_that_is_right_up_to_noise_has_no_problems() -> None:
    verdict = verdict_on(result(), _prediction())

    assert verdict.is_good
    assert str(verdict).startswith("The fit is good.")


def test_a_right_fit_whose_spikes_have_slipped_has_none_either() -> None:
    slipped = [train + 0.008 for train in RECORDED]

    assert _problems(_prediction(slipped)) == ""


def test_silence_is_named() -> None:
    problems = _problems(_prediction([RECORDED[0], []]))

    assert "silent on 1 of 2 sweeps" in problems
    assert "high: 20 recorded, 0 in the model" in problems


def test_firing_without_end_is_named() -> None:
    assert "fires far too often on 2 of 2" in _problems(
        _prediction([np.arange(0.1, 0.4, 0.004)] * 2)
    )


def test_counts_that_are_off_are_named() -> None:
    assert "off by more than 20 % on 2 of 2 sweeps" in _problems(
        _prediction([train[::2] for train in RECORDED])
    )


def test_troughs_that_are_too_deep_are_named_with_figures() -> None:
    problems = _problems(_prediction(trough=-0.085, peak=-0.045))

    assert "recorded -60.0 mV, in the model -85" in problems


def test_a_voltage_that_a_constant_follows_as_well_is_named() -> None:
    prediction = _prediction(([], []))
    recordings = replace(
        prediction.recordings,
        recordings=tuple(
            replace(
                sweep,
                spike_trains=(),
                traces={"v": -0.06 + 0.005 * np.sin(np.arange(5000) / 50)},
            )
            for sweep in prediction.recordings
        ),
    )
    flat = replace(
        prediction, recordings=recordings, traces={"v": np.full((2, 5000), -0.06)}, spikes=None
    )

    assert "a constant does nearly as well" in _problems(flat)


def test_a_fit_without_any_scored_sample_is_not_good() -> None:
    assert "No sample could be scored" in _problems(None, best_values={})


def test_a_parameter_near_its_bound_is_a_note() -> None:
    fitted = result()
    name, (low, high) = next(iter(fitted.bounds.items()))
    near = replace(fitted, best_values={**fitted.best_values, name: low + 0.99 * (high - low)})

    notes = verdict_on(near, None).notes

    assert any(f"'{name}' ended at or near its upper bound" in note for note in notes)


def test_figures_are_those_of_the_sweeps() -> None:
    figures = verdict_on(result(), _prediction()).figures

    assert figures["v, fitted: spikes recorded"] == 35
    assert figures["v, fitted: spikes in the model"] == 35
    assert figures["v, fitted: RMS outside of spikes"] == pytest.approx(2e-4, rel=0.1)
    assert figures["v, fitted: explained variance"] > 0.99

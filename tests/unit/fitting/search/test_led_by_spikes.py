"""The squares of a model that is given the recorded spikes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2 import Mohm, amp, ms, mV, volt

from brianfit import (
    Fitter,
    LedCMAESOptimizer,
    MultiWindowGamma,
    Parameter,
    RecordingSet,
    ReferenceEngine,
    SubthresholdMSE,
    library,
)
from brianfit.fitting.search.led_by_spikes import leading_squares
from brianfit.fitting.search.search_state import Search

pytestmark = pytest.mark.slow  # Brian itself simulates, and prepares a dozen models

TRUTH = {
    "tau_m": 10 * ms,
    "R": 100 * Mohm,
    "EL": -65 * mV,
    "VT": -50 * mV,
    "V_r": -60 * mV,
    "t_ref": 2 * ms,
}
FREE = {name: Parameter(fixed=value) for name, value in TRUTH.items()} | {
    "tau_m": Parameter(2 * ms, 50 * ms, scale="log"),
    "VT": Parameter(-60 * mV, -40 * mV),
}
STEPS = np.repeat([[0.0, 2.5e-10]], [300, 500], axis=1)


def recordings(voltage: np.ndarray, spikes: Any) -> RecordingSet:
    return RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": STEPS * amp}, traces={"v": voltage * volt}, spikes=spikes
    )


def fitter(engine: Any = None, **changes: Any) -> Fitter:
    """Return the fitter of a LIF to what it yields itself."""
    model = replace(library.get("lif"), **changes)
    engine = ReferenceEngine() if engine is None else engine
    silent = recordings(np.full(STEPS.shape, -0.065), [[]])
    source = Fitter(library.get("lif"), silent, dt=0.1 * ms, engine=engine)
    voltage = np.array(source.generate("v", params=TRUTH))
    spikes = [np.asarray(train) for train in source.generate_spikes(params=TRUTH)]
    return Fitter(model, recordings(voltage, spikes), dt=0.1 * ms, n_samples=10, engine=engine)


def search_of(found: Fitter, n_rounds: int = 0) -> Search:
    found.fit(
        LedCMAESOptimizer(),
        n_rounds=n_rounds,
        metric={
            "v": SubthresholdMSE(-10 * mV, normalization=2 * mV),
            "spikes": MultiWindowGamma([1, 4] * ms),
        },
        callback=None,
        seed=1,
        params=FREE,
    )
    search = found._session.search
    assert search is not None
    return search


def test_the_voltage_between_given_spikes_is_least_at_the_truth_and_smooth_around() -> None:
    search = search_of(fitter())
    lead = search.objective.lead
    assert lead is not None
    taus = np.array([0.008, 0.0095, 0.01, 0.0105, 0.0125])

    errors = lead.evaluate(
        np.column_stack([taus, np.full(5, -0.05)]), iteration=0, seed=0
    ).output_errors[:, 1]

    assert errors[2] == pytest.approx(0.0, abs=1e-12)
    assert np.all(np.diff(errors)[:2] < 0)
    assert np.all(np.diff(errors)[2:] > 0)


def test_a_threshold_that_forbids_spikes_or_has_more_of_them_is_doubted() -> None:
    lead = search_of(fitter()).objective.lead
    assert lead is not None
    levels = np.array([-0.056, -0.05, -0.044])

    doubt = lead.evaluate(
        np.column_stack([np.full(3, 0.01), levels]), iteration=0, seed=0
    ).output_errors[:, 0]

    assert doubt[1] < min(doubt[0], doubt[2])


def test_a_model_that_draws_random_numbers_is_not_given_spikes() -> None:
    noisy = library.get("lif").equations.replace("R*I)/tau_m", "R*I)/tau_m + xi*mV/ms**0.5")
    search = search_of(fitter(equations=noisy, method="euler"))

    assert leading_squares(search.task, search.objective) is None


def test_a_led_search_evaluates_what_it_was_asked_for() -> None:
    search = search_of(fitter(), n_rounds=2)

    assert search.history.n_evaluations <= 20
    assert search.best is not None

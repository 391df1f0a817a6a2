"""A fit of an escape rate from end to end, on spikes and voltages that the model itself made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2 import Mohm, ms, mV, nA, second

from brianfit import RecordingSet, SpikeFitter, brian_script, library, predict, resume
from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.escape_rates.fit import fit_escape_rate
from brianfit.library import NeuronModel
from brianfit.model import Parameter

pytestmark = pytest.mark.slow

KERNELS = [library.ThresholdKernel(10 * ms)]
VTGIF = library.voltage_threshold_gif(after_spikes=[30 * ms], kernels=KERNELS)
TRUTH = {
    "tau_m": 12 * ms,
    "R": 100 * Mohm,
    "EL": -65 * mV,
    "V_r": -60 * mV,
    "b_1": 4 * mV,
    "w_0": -3.0,
    "w_v": 0.5,
    "c_1": -1.5,
    "d_1": -0.2,
    **{name: how.fixed for name, how in VTGIF.parameters.items() if how.fixed is not None},
}
ESCAPING = {
    "EL": -70 * mV,
    "VT": -52 * mV,
    "DeltaV": 2 * mV,
    "lambda_0": 1 / ms,
    "c_1": 5 * mV,
    "c_2": 1 * mV,
}
HELD = {
    "tau_m": 12 * ms,
    "R": 100 * Mohm,
    "V_r": -65 * mV,
    "b_1": 2 * mV,
    "b_2": 0 * mV,
    "tau_1": 10 * ms,
    "tau_2": 100 * ms,
    "tau_g1": 10 * ms,
    "tau_g2": 100 * ms,
    "t_ref": 3 * ms,
}


def recorded(model: NeuronModel, truth: dict[str, Any], n_sweeps: int = 3) -> RecordingSet:
    """Return what a model makes of noise: voltage and spikes of several sweeps of 10 s."""
    noise = np.random.default_rng(1).normal(0.15, 0.15, size=(n_sweeps, 2000))
    current = np.repeat(noise, 50, axis=1) * nA
    fitter = SpikeFitter(model, current, [[]] * n_sweeps, dt=0.1 * ms)
    found = fitter.generate(["v", "spikes"], params=truth)
    return RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": current}, traces={"v": found["v"]}, spikes=found["spikes"]
    )


def deviations(fit: Any, truth: dict[str, Any]) -> np.ndarray:
    """Return how many standard errors the weights are away from the truth."""
    return np.array(
        [
            (fit.values[name] - float(truth[name])) / fit.standard_errors[name]
            for name in fit.weights.names
        ]
    )


def test_weights_and_membrane_are_found_and_the_fit_is_a_result_like_any_other(
    tmp_path: Any,
) -> None:
    recordings = recorded(VTGIF, TRUTH)

    fit = fit_escape_rate(VTGIF, recordings, dt=0.1 * ms)
    result = fit.result(store=tmp_path / "fit.db")

    assert set(fit.weights.names) == {"w_0", "w_v", "c_1", "d_1"}
    assert np.abs(deviations(fit, TRUTH)).max() < 4.0
    assert fit.values["tau_m"] == pytest.approx(0.012, rel=0.01)
    assert fit.explained(recordings) > 0.999
    told = fit.tell_spikes(recordings)
    assert told.bits_per_spike == pytest.approx(fit.bits_per_spike, abs=0.05)
    assert told.distance < 1.5 * told.band
    assert 0.0 < result.error < 0.6  # of a single recorded train, MD* is far from 1
    assert "without a seed" in str(result)
    assert result.standard_errors["w_v"] == pytest.approx(fit.standard_errors["w_v"])
    trials = predict(result, recordings, n_trials=5).trials
    assert trials is not None
    assert trials.n_trials == 5
    assert not np.array_equal(trials.simulated[0][0], trials.simulated[0][1])
    counts = [np.mean([train.size for train in trains]) for trains in trials.simulated]
    assert sum(counts) == pytest.approx(fit.n_spikes, rel=0.2)
    compile(brian_script(result), "script", "exec")
    assert resume(tmp_path / "fit.db").result.error == result.error


def test_spikes_alone_determine_jumps_and_width_of_a_soft_threshold() -> None:
    model, truth = library.GIF_ESCAPE, {**ESCAPING, **HELD}
    full = recorded(model, truth)
    spikes_only = replace(
        full,
        recordings=tuple(replace(sweep, traces={}) for sweep in full),
        dimensions={"I": full.dimensions["I"]},
    )
    params = {name: Parameter(fixed=value) for name, value in HELD.items()}
    params["VT"] = Parameter(-60 * mV, -40 * mV)

    fit = fit_escape_rate(model, spikes_only, dt=0.1 * ms, params=params, trace=None, ridge=0.0)

    assert set(fit.weights.names) == {"VT", "c_1", "c_2", "DeltaV"}
    assert np.abs(deviations(fit, truth)).max() < 4.0


def test_spikes_within_the_refractory_time_are_refused_if_they_are_many() -> None:
    pairs = np.sort(np.concatenate([np.arange(1, 9), np.arange(1, 9) + 0.001]))
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms,
        inputs={"I": np.zeros(100_000) * nA},
        traces={"v": np.full(100_000, -70.0) * mV},
        spikes=[pairs * second],
    )

    with pytest.raises(InvalidValueError, match=r"8 of 16 spikes follow another one within"):
        fit_escape_rate(VTGIF, recordings, dt=0.1 * ms)

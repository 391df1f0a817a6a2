"""Refinement, sensitivities and information with derivatives from the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, pF

from brianfit import SpikeFitter, TraceFitter

pytestmark = pytest.mark.slow

MEMBRANE = """
dv/dt = (gL*(EL - v) + I)/C : volt
gL : siemens (constant)
C : farad (constant)
EL : volt (constant)
"""
TRUTH = {"gL": 10 * nS, "C": 100 * pF, "EL": -70 * mV}
BOUNDS = {"gL": [1 * nS, 100 * nS], "C": [10 * pF, 1000 * pF], "EL": [-90 * mV, -50 * mV]}
START = {"gL": 15 * nS, "C": 80 * pF, "EL": -68 * mV}
NOISE = 0.3


def _fitter(voltage: Any = None) -> TraceFitter:
    current = np.zeros((2, 400))
    current[:, 50:300] = np.array([[0.05], [0.1]])
    return TraceFitter(
        MEMBRANE,
        {"I": current * nA},
        {"v": np.zeros((2, 400)) * mV if voltage is None else voltage},
        dt=0.1 * ms,
        method="exponential_euler",
        param_init={"v": -70 * mV},
        namespace={},
    )


@pytest.fixture(scope="module")
def noisy() -> TraceFitter:
    clean = _fitter().generate(params=TRUTH)
    return _fitter(clean + np.random.default_rng(1).normal(0, NOISE, clean.shape) * mV)


def test_estimates_lie_within_their_standard_errors(noisy: TraceFitter) -> None:
    params, result = noisy.refine(START, callback=None, **BOUNDS)

    assert result.message.startswith("converged")
    for name, value in TRUTH.items():
        # Four standard errors: three parameters miss by more once in 5,000 draws of the noise.
        assert abs(params[name] - value) < 4 * result.standard_errors[name]
        assert result.standard_errors[name] < 0.05 * abs(value)
    np.testing.assert_allclose(np.diag(result.correlations), 1.0)


def test_derivatives_lead_where_differences_lead(noisy: TraceFitter) -> None:
    exact, _ = noisy.refine(START, callback=None, **BOUNDS)
    by_differences, _ = noisy.refine(START, callback=None, calc_gradient=False, **BOUNDS)

    for name in TRUTH:
        assert float(exact[name] / by_differences[name]) == pytest.approx(1, rel=1e-5)


def test_standard_errors_at_a_bound_are_refused_in_words(noisy: TraceFitter) -> None:
    bounds = {**BOUNDS, "gL": [12 * nS, 100 * nS]}

    _, result = noisy.refine(START, callback=None, **bounds)

    assert result.standard_errors is None
    assert "gL at its lower bound" in result.uncertainty


def test_sensitivities_have_the_unit_of_the_output_over_the_parameter(noisy: TraceFitter) -> None:
    found = noisy.sensitivities(TRUTH)

    # A current of 0.1 nA after x time constants: v = EL + I/gL*(1 - exp(-x)), with x = gL*t/C; and
    # what is left of the start at -70 mV does not depend on EL.
    x, since_start = 2.49, 2.99
    assert found["v"]["gL"].shape == (2, 400)
    expected = -(1 - (1 + x) * np.exp(-x))
    assert float(found["v"]["gL"][1, 299] * nS / mV) == pytest.approx(expected, rel=1e-6)
    remembered = np.exp(-since_start)
    assert np.asarray(found["v"]["EL"])[0, 299] == pytest.approx(1 - remembered, rel=1e-6)


def test_what_is_seen_of_capacitance_and_conductance_is_named(noisy: TraceFitter) -> None:
    found = noisy.fisher_information(TRUTH, noise=NOISE * mV)

    # Between them, 800 values of 0.3 mV tell a resting potential of 70 mV to 0.02 % or so.
    assert found.deviations[-1] < 1e-3
    assert found.directions[-1].startswith("EL")


def test_spike_times_are_refined() -> None:
    equations = "dv/dt = (I*R - v)/tau : 1 (unless refractory)\ntau : second (constant)\n"
    drive = np.zeros((2, 1500))
    drive[:, 50:] = np.array([[1.5], [1.9]])

    def fitter(trains: Any) -> SpikeFitter:
        return SpikeFitter(
            equations + "R : 1 (constant)",
            {"I": drive},
            trains,
            dt=0.1 * ms,
            threshold="v > 1",
            reset="v = 0",
            refractory=2 * ms,
            namespace={},
        )

    truth = {"tau": 15 * ms, "R": 1.1}
    trains = fitter([np.array([0.1]), np.array([0.1])]).generate_spikes(params=truth)
    bounds = {"tau": [5 * ms, 40 * ms], "R": [0.8, 2.0]}

    params, result = fitter(trains).refine({"tau": 13 * ms, "R": 1.05}, callback=None, **bounds)

    # Recorded times are those of steps of 0.1 ms.
    assert np.sqrt(2 * result.cost) < 0.1e-3
    assert float(params["tau"] / truth["tau"]) == pytest.approx(1, rel=0.03)
    assert params["R"] == pytest.approx(truth["R"], rel=0.02)

"""A design tells what an experiment that was done in simulation confirms."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, pF

from brianfit import MSEMetric, OrnsteinUhlenbeck, Steps, TraceFitter, design

EQUATIONS = """
dv/dt = (g*(EL - v) + I)/C : volt
g : siemens (constant)
C : farad (constant)
EL : volt (constant)
"""
TRUTH = {"g": 10 * nS, "C": 100 * pF, "EL": -70 * mV}
BOX = {"g": [3 * nS, 30 * nS], "C": [30 * pF, 300 * pF], "EL": [-80 * mV, -60 * mV]}


def fitter_of(current: np.ndarray, *, seed: int) -> TraceFitter:
    """A fitter of the noisy response of a membrane to a current [nA]."""
    arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": "-70*mV"}}
    nothing = {"v": np.full(current.shape, np.nan) * mV}
    made = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
    voltage = made.generate("v", params=TRUTH)
    noise = np.random.default_rng(seed).normal(0.0, 0.5, current.shape) * mV
    return TraceFitter(EQUATIONS, {"I": current * nA}, {"v": voltage + noise}, **arguments)


@pytest.mark.slow
def test_deviations_that_are_foreseen_are_those_of_refits() -> None:
    short = np.zeros((1, 300))
    short[:, 100:] = 0.05
    first = fitter_of(short, seed=1)
    first.fit(metric=MSEMetric(), n_rounds=6, callback=None, seed=1, params=BOX)
    weak = Steps(0.01 * nA, start=0 * ms, stop=50 * ms)
    noise = OrnsteinUhlenbeck(0 * nA, 0.1 * nA, tau=5 * ms, seed=2)

    found = design(
        first,
        [weak, noise],
        budget=100 * ms,
        duration=50 * ms,
        parameters=["g", "C"],
        limits={"I": [-0.2, 0.2] * nA},
        n_tries=1,
    )
    drawn = design(
        first.sample("laplace", n_draws=100, seed=1),
        [weak, noise],
        budget=100 * ms,
        duration=50 * ms,
        limits={"I": [-0.2, 0.2] * nA},
        n_tries=1,
    )
    current = np.array([sweep.inputs["I"] for sweep in found.recordings()]) * 1e9
    estimates = []
    for seed in range(12):
        again = fitter_of(current, seed=100 + seed)
        again.fit(metric=MSEMetric(), n_rounds=0, callback=None, params=BOX)
        best, _ = again.refine(TRUTH, callback=None)
        estimates.append([float(best[name] / TRUTH[name]) for name in ("g", "C")])

    assert found.best.stimulus is noise
    assert drawn.best.stimulus is noise
    assert drawn.best.deviations["C"] == pytest.approx(found.best.deviations["C"], rel=0.1)
    assert found.best.deviations["g"] < found.before["g"]
    foreseen = np.array([found.best.deviations[name] for name in ("g", "C")])
    # The deviation of 12 estimates is known to 21 %; the design counts the first recording too.
    np.testing.assert_allclose(np.std(estimates, axis=0, ddof=1), foreseen, rtol=0.5)

"""Models with steep and distant exponentials beside ordinary ones run fused as in Brian 2."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brian2 import Equations, mV

from brianfit.engines import ReferenceEngine, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Model

STEEP = """
dv/dt = (gl*(-65*mV - v) - gK*n*(v + 90*mV) - w + I)/(100*pF) : volt
dn/dt = (1/(1 + exp(-(v + 50*mV)/(4*mV))) - n)/(5*ms) : 1
dw/dt = (200*pA/(1 + exp(-(v + 20*mV)/(0.2*mV))) - w)/(50*ms) : amp
dz/dt = (1/(1 + exp((v + 60*mV)/(0.05*mV))) - z)/(2*ms) : 1
kernel = int(t >= t0)*(exp(-(t - t0)/(5*ms)) - exp(-(t - t0)/(1*ms))) : 1
I = 100*pA*int(t > 20*ms)*int(t < 120*ms) + 50*pA*kernel : amp
gl : siemens (constant)
gK : siemens (constant)
t0 : second (constant)
"""
"""Gates of slopes from 0.05 to 4 mV of one voltage, and a kernel whose onset is free."""

RANGES = {"v": 0.1, "n": 1.0, "w": 200e-12, "z": 1.0}
NAMES = ("gl", "gK", "t0")
SAMPLES = np.array([[5e-9, 20e-9, 0.03], [8e-9, 5e-9, 0.09], [3e-9, 40e-9, 0.0]])
LATEST = {"float64": 0.09, "float32": 0.04}
"""The latest onset [s]: before it the kernel is e^(onset/ms), and float32 ends at e^88."""


def _task() -> SimulationTask:
    return SimulationTask(
        model=Model(
            equations=Equations(STEEP), method="rk4", initial_values={"v": -65 * mV, "n": 0.02}
        ),
        parameter_names=NAMES,
        inputs={},
        n_traces=1,
        n_steps=1500,
        dt=1e-4,
        recorded=tuple(RANGES),
    )


@pytest.mark.parametrize(("precision", "rtol"), [("float64", 1e-9), ("float32", 2e-3)])
def test_gates_of_all_slopes_and_free_onsets_are_those_of_brian(
    precision: str, rtol: float
) -> None:
    samples = np.minimum(SAMPLES, LATEST[precision])
    expected = ReferenceEngine().prepare(_task()).run(samples, iteration=0, seed=1)

    found = FusedEngine(precision=precision).prepare(_task()).run(samples, iteration=0, seed=1)

    for name, scale in RANGES.items():
        np.testing.assert_allclose(
            found.traces[name], expected.traces[name], rtol=0, atol=rtol * scale, err_msg=name
        )


def test_derivatives_of_such_gates_are_those_of_differences() -> None:
    task = replace(_task(), directions=("gl", "gK"), sloped=("v",), n_steps=600)
    steps = np.array([1e-13, 1e-13])

    slopes = FusedEngine().prepare(task).run(SAMPLES, iteration=0, seed=1).slopes["v"]
    moved = [
        FusedEngine()
        .prepare(replace(_task(), n_steps=600))
        .run(SAMPLES + sign * np.pad(np.diag(steps), ((0, 0), (0, 1)))[k], iteration=0, seed=1)
        .traces["v"]
        for k in range(2)
        for sign in (1.0, -1.0)
    ]

    for k in range(2):
        expected = (moved[2 * k] - moved[2 * k + 1]) / (2 * steps[k])
        # relative steps of 1e-5: rounding of the trace is 1e-12 of it, over 1e-5
        scale = np.abs(expected).max()
        np.testing.assert_allclose(slopes[..., k], expected, rtol=0, atol=1e-5 * scale)

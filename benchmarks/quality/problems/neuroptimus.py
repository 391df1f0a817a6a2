"""The first problem of Neuroptimus: three conductances of a squid axon, from one spiking trace.

The recording is simulated here at the true values, so that the score can become zero.

References
----------
Mohácsi et al. (2024), PLOS Computational Biology 20:e1012039, doi 10.1371/journal.pcbi.1012039.
"""

from __future__ import annotations

import numpy as np
from brian2 import ms

from benchmarks.quality.problems._base import Problem
from benchmarks.quality.problems.spike_shape_score import SpikeShapeScore
from brianfit import Parameter, TraceFitter

# The standard model of Hodgkin & Huxley (1952) at 6.3 C; mV, ms, S/cm^2, uA/cm^2, 1 uF/cm^2.
EQUATIONS = """
dv/dt = (I - 1e3*(gNa*m**3*h*(v - 50) + gK*n**4*(v + 77) + gl*(v + 54.3)))/ms : 1
dm/dt = (am*(1 - m) - bm*m)/ms : 1
dh/dt = (ah*(1 - h) - bh*h)/ms : 1
dn/dt = (an*(1 - n) - bn*n)/ms : 1
am = 1/exprel(-(v + 40)/10) : 1
bm = 4*exp(-(v + 65)/18) : 1
ah = 0.07*exp(-(v + 65)/20) : 1
bh = 1/(exp(-(v + 35)/10) + 1) : 1
an = 0.1/exprel(-(v + 55)/10) : 1
bn = 0.125*exp(-(v + 65)/80) : 1
gNa : 1 (constant)
gK : 1 (constant)
gl : 1 (constant)
"""
STEP = 0.025  # ms
CURRENT = 0.3e-3 / (np.pi * 1e-5)  # uA/cm^2: 0.3 nA into a cylinder of 100 um x 10 um
BOUNDS = {
    "gNa": Parameter(0.001, 1.0),
    "gK": Parameter(0.001, 1.0),
    "gl": Parameter(1e-5, 1e-3),
}
TRUTH = {"gNa": 0.12, "gK": 0.036, "gl": 0.0003}
LARGEST_SCORE = 1e-8


def problem() -> Problem:
    """Return the problem; a score of 1e-8 counts as solved."""
    time = STEP * np.arange(40_000)
    current = np.where((time >= 200) & (time < 700), CURRENT, 0.0)[np.newaxis]

    def make(n_samples: int, recorded: np.ndarray) -> TraceFitter:
        return TraceFitter(
            EQUATIONS,
            {"I": current},
            {"v": recorded},
            dt=STEP * ms,
            n_samples=n_samples,
            method="exponential_euler",
            param_init={"v": -65.0, **steady_state()},
            namespace={},
        )

    recorded = np.asarray(make(1, np.zeros_like(current)).generate("v", params=TRUTH))
    return Problem(
        name="Neuroptimus 1",
        make_fitter=lambda n_samples: make(n_samples, recorded),
        arguments={"metric": SpikeShapeScore(), **BOUNDS},
        target=LARGEST_SCORE,
        n_samples=20,
        n_evaluations=1000,
    )


def steady_state() -> dict[str, float]:
    """Return the gates at rest, -65 mV."""
    opening = {"m": 2.5 / np.expm1(2.5), "h": 0.07, "n": 0.1 / np.expm1(1.0)}
    closing = {"m": 4.0, "h": 1 / (np.exp(3.0) + 1), "n": 0.125}
    return {gate: opening[gate] / (opening[gate] + closing[gate]) for gate in opening}

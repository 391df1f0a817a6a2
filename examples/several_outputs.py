"""Fit voltage, calcium and spike times together, each with a metric and a weight of its own."""

import numpy as np
from brian2 import Mohm, ms, mV, nA, umolar

from brianfit import Fitter, GammaFactor, MSEMetric

EQUATIONS = """
dv/dt = (R*I - v)/tau : volt
dCa/dt = -Ca/tau_Ca : mmolar
R : ohm (constant)
tau : second (constant)
tau_Ca : second (constant)
dose : mmolar (constant)
"""
SPIKING = {"threshold": "v > 15*mV", "reset": "v = 0*mV; Ca += dose", "method": "exact"}
TRUTH = {"R": 100 * Mohm, "tau": 10 * ms, "tau_Ca": 60 * ms, "dose": 0.5 * umolar}
BOUNDS = {
    "R": [20 * Mohm, 500 * Mohm],
    "tau": [2 * ms, 50 * ms],
    "tau_Ca": [10 * ms, 500 * ms],
    "dose": [0.05 * umolar, 5 * umolar],
}

if __name__ == "__main__":
    current = np.zeros((2, 4000))
    current[:, 500:] = [[0.18], [0.30]]
    stimulus = {"I": current * nA}
    nothing = {"v": np.full(current.shape, np.nan) * mV}
    outputs = ["v", "Ca", "spikes"]
    truth = Fitter(EQUATIONS, stimulus, nothing, dt=0.1 * ms, **SPIKING)
    recorded = truth.generate(outputs, params=TRUTH)
    rng = np.random.default_rng(1)
    recorded["Ca"] += rng.normal(0, 0.05, current.shape) * umolar

    fitter = Fitter(
        EQUATIONS,
        stimulus,
        recorded,
        dt=0.1 * ms,
        # Divided by what counts as a large difference, the errors are plain numbers.
        metric={
            "v": MSEMetric(normalization=5 * mV),
            "Ca": MSEMetric(normalization=0.5 * umolar),
            "spikes": GammaFactor(delta=2 * ms),
        },
        weights={"spikes": 2.0},
        n_samples=40,
        **SPIKING,
    )
    fitter.fit(n_rounds=100, callback=None, seed=1, **BOUNDS)
    print(fitter.result)
    print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))

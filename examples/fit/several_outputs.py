"""
Voltage, calcium and spikes together
====================================

Each output has a metric and a weight of its own.
"""

import numpy as np
from brian2 import Mohm, ms, mV, nA, umolar
from matplotlib import pyplot as plt

from brianfit import Fitter, GammaFactor, MSEMetric, predict
from brianfit.plots import plot_overlay

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

current = np.zeros((2, 4000))
current[:, 500:] = [[0.18], [0.30]]
stimulus, nothing = {"I": current * nA}, {"v": np.full(current.shape, np.nan) * mV}
truth = Fitter(EQUATIONS, stimulus, nothing, dt=0.1 * ms, **SPIKING)
recorded = truth.generate(["v", "Ca", "spikes"], params=TRUTH)
recorded["Ca"] += np.random.default_rng(1).normal(0, 0.05, current.shape) * umolar

# %%
# Divided by what counts as a large difference, the errors are plain numbers and can be added.
metric = {
    "v": MSEMetric(normalization=5 * mV),
    "Ca": MSEMetric(normalization=0.5 * umolar),
    "spikes": GammaFactor(delta=2 * ms),
}
fitter = Fitter(
    EQUATIONS, stimulus, recorded, dt=0.1 * ms,
    metric=metric, weights={"spikes": 2.0}, n_samples=40, **SPIKING,
)  # fmt: skip
fitter.fit(n_rounds=100, callback=None, seed=1, **BOUNDS)
print(fitter.result)
print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))

plot_overlay(predict(fitter.result), variable="Ca")
plt.show()

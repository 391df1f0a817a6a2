"""
Fit spike times, predict a new stimulus
=======================================

A leaky integrate-and-fire model with a refractory period is fitted to spike times. They are made
by the model itself here, so it is known what should be found.
"""

import numpy as np
from brian2 import Mohm, ms, mV, nA
from matplotlib import pyplot as plt

from brianfit import GammaFactor, SpikeFitter, predict
from brianfit.plots import plot_spike_raster

EQUATIONS = """
dv/dt = (R*I - v)/tau : volt (unless refractory)
R : ohm (constant)
tau : second (constant)
"""
TRUTH = {"R": 90 * Mohm, "tau": 15 * ms}
BOUNDS = {"R": [10 * Mohm, 500 * Mohm], "tau": [2 * ms, 100 * ms]}
SPIKING = {"threshold": "v > 20*mV", "reset": "v = 0*mV", "refractory": 2 * ms}


def noise(seed: int, n_traces: int = 2, n_steps: int = 10_000) -> np.ndarray:
    """Return currents [nA] that fluctuate with a correlation time of 5 ms."""
    kicks = np.random.default_rng(seed).normal(0, 0.1, (n_steps, n_traces))
    current = np.zeros((n_steps, n_traces))
    for step in range(1, n_steps):
        current[step] = 0.98 * current[step - 1] + 0.2 * kicks[step]
    return 0.25 + current.T


def spike_fitter(current: np.ndarray, spikes: list[np.ndarray]) -> SpikeFitter:
    """Return a fitter of the model for these currents and spike times."""
    start = {"v": 0 * mV}
    arguments = {"dt": 0.1 * ms, "n_samples": 40, "param_init": start, **SPIKING}
    return SpikeFitter(EQUATIONS, current * nA, spikes, **arguments)


trained, tested = noise(seed=1), noise(seed=2)
silent = [np.empty(0)] * 2
recorded = spike_fitter(trained, silent).generate_spikes(params=TRUTH)
fitter = spike_fitter(trained, recorded)
params, _ = fitter.fit(
    n_rounds=40, metric=GammaFactor(delta=4 * ms), callback=None, seed=1, **BOUNDS
)
print(fitter.result)

# %%
expected = spike_fitter(tested, silent).generate_spikes(params=TRUTH)
predicted = spike_fitter(tested, silent).generate_spikes(params=params)
for before, after in zip(expected, predicted, strict=True):
    print(f"New stimulus: {len(before)} spikes expected, {len(after)} predicted")

plot_spike_raster(predict(fitter.result))
plt.show()

"""
A fit that cannot work, and how it shows
========================================

The cell has an h-current, the model has none. The search ends at a low error all the same; what
is left over has the shape of what the model lacks, while a right model leaves noise.
"""

import numpy as np
from brian2 import Mohm, ms, mV, nA, nS
from matplotlib import pyplot as plt

from brianfit import CMAESOptimizer, TraceFitter, predict
from brianfit.plots import plot_residuals

CELL = """
dv/dt = (-70*mV - v + R*(I + g_h*h*(-30*mV - v)))/tau : volt
dh/dt = (1/(1 + exp((v + 82*mV)/(5*mV))) - h)/(60*ms) : 1
R : ohm (constant)
tau : second (constant)
g_h : siemens (constant)
"""
PASSIVE = """
dv/dt = (-70*mV - v + R*I)/tau : volt
R : ohm (constant)
tau : second (constant)
"""
BOUNDS = {"R": [20 * Mohm, 500 * Mohm], "tau": [2 * ms, 100 * ms]}

current = np.zeros((2, 4000))
current[:, 500:2500] = [[-0.15], [-0.05]]
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
truth = {"R": 120 * Mohm, "tau": 15 * ms, "g_h": 4 * nS}
recorded = TraceFitter(CELL, {"I": current * nA}, nothing, **arguments).generate("v", params=truth)
recorded += np.random.default_rng(1).normal(0, 0.2, current.shape) * mV

# %%
# Both are fitted alike. The residuals of the first one sag and rebound.
for model, bounds in ((PASSIVE, BOUNDS), (CELL, {**BOUNDS, "g_h": [0.1 * nS, 50 * nS]})):
    fitter = TraceFitter(model, {"I": current * nA}, {"v": recorded}, n_samples=30, **arguments)
    _, error = fitter.fit(optimizer=CMAESOptimizer(), n_rounds=25, callback=None, seed=1, **bounds)
    print(f"{len(bounds)} parameters, mean square {error}; the noise alone: {(0.2 * mV) ** 2}")
    plot_residuals(predict(fitter.result))
plt.show()

"""
How sure are the parameters?
============================

Noise of a membrane is slow, so that residuals follow each other and say less than their number.
Intervals take that into account; where sweeps are fitted alone, they show whether one value holds.
"""

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

from brianfit import TraceFitter
from brianfit.plots import (
    plot_intervals,
    plot_parameters_by_sweep,
    plot_profiles,
    plot_residual_correlation,
)

EQUATIONS = """
dv/dt = (g_leak*(-70*mV - v) + I)/C : volt
C : farad (constant)
g_leak : siemens (constant)
"""
TRUTH = {"C": 0.15 * nF, "g_leak": 6 * nS}
BOUNDS = {"C": [0.02 * nF, 1 * nF], "g_leak": [1 * nS, 50 * nS]}

current = np.zeros((3, 4000))
current[:, 500:2500] = [[-0.05], [-0.02], [0.03]]
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
rng = np.random.default_rng(1)
slow = np.zeros(current.shape)
for k in range(1, 4000):
    slow[:, k] = np.exp(-0.1 / 5) * slow[:, k - 1] + 0.2 * rng.standard_normal(3)
recorded = cell.generate("v", params=TRUTH) + (0.5 * slow + 0.3 * rng.normal(size=slow.shape)) * mV

# %%
fitter = TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, n_samples=20, **arguments)
fitter.fit(n_rounds=10, callback=None, seed=1, **BOUNDS)
found = fitter.uncertainty()
print(found)

plot_intervals(found)
plot_profiles(found)
plot_residual_correlation(found)
plot_parameters_by_sweep(found)
plt.show()

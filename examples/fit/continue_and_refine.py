"""
Go on, stop by a rule, refine
=============================

Fit a little, look, go on until a stop rule ends the search, polish, and draw how the error fell.
"""

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

from brianfit import CMAESOptimizer, MSEMetric, Stagnation, TargetError, TraceFitter
from brianfit.plots import plot_convergence

# A leak and a slow potassium current that opens with depolarisation.
EQUATIONS = """
dv/dt = (g_leak*(-70*mV - v) + g_slow*x*(-90*mV - v) + I)/C : volt
dx/dt = (1/(1 + exp((-50*mV - v)/(6*mV))) - x)/tau : 1
C : farad (constant)
g_leak : siemens (constant)
g_slow : siemens (constant)
tau : second (constant)
"""
TRUTH = {"C": 0.1 * nF, "g_leak": 5 * nS, "g_slow": 8 * nS, "tau": 40 * ms}
BOUNDS = {
    "C": [0.01 * nF, 1 * nF],
    "g_leak": [1 * nS, 100 * nS],
    "g_slow": [1 * nS, 100 * nS],
    "tau": [5 * ms, 500 * ms],
}
NOISE = 0.2  # mV

current = np.zeros((3, 2000))
current[:, 200:1500] = [[-0.1], [0.1], [0.2]]
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
recorded = cell.generate("v", params=TRUTH)
recorded += np.random.default_rng(1).normal(0, NOISE, current.shape) * mV

# %%
# Five rounds first; then the same optimizer and metric go on where they were.
fitter = TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, n_samples=20, **arguments)
settings = {"optimizer": CMAESOptimizer(), "metric": MSEMetric(), "callback": None}
_, error = fitter.fit(n_rounds=5, seed=1, **settings, **BOUNDS)
print(f"After 5 rounds: {error}")

rules = [TargetError((1.5 * NOISE * mV) ** 2), Stagnation(20)]
_, error = fitter.fit(n_rounds=200, stop=rules, **settings, **BOUNDS)
print(f"After {fitter.result.history.n_rounds} rounds: {error}")

fitter.refine(callback=None)
print(fitter.result)
print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))

plot_convergence(fitter.result)
plt.show()

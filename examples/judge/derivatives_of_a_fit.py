"""
Standard errors, and what each parameter does
=============================================

A polish by least squares tells how sure the parameters are, and derivatives show what each of
them changes. Curves of the same shape belong to parameters that can stand in for each other.
"""

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

from brianfit import TraceFitter
from brianfit.plots import plot_sensitivities

EQUATIONS = """
dv/dt = (g_leak*(-70*mV - v) + g_h*h*(-30*mV - v) + I)/C : volt
dh/dt = (1/(1 + exp((v + 80*mV)/(6*mV))) - h)/tau_h : 1
C : farad (constant)
g_leak : siemens (constant)
g_h : siemens (constant)
tau_h : second (constant)
"""
TRUTH = {"C": 0.15 * nF, "g_leak": 6 * nS, "g_h": 4 * nS, "tau_h": 50 * ms}
BOUNDS = {
    "C": [0.02 * nF, 1 * nF],
    "g_leak": [1 * nS, 50 * nS],
    "g_h": [0.5 * nS, 50 * nS],
    "tau_h": [5 * ms, 300 * ms],
}

current = np.zeros((2, 4000))
current[:, 500:2500] = [[-0.15], [0.05]]
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -65 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
recorded = cell.generate("v", params=TRUTH)
recorded += np.random.default_rng(1).normal(0, 0.3, current.shape) * mV

# %%
fitter = TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, n_samples=30, **arguments)
fitter.fit(n_rounds=20, callback=None, seed=1, **BOUNDS)
fitter.refine(callback=None)
print(fitter.result)
for name, value in TRUTH.items():
    error = fitter.result.standard_errors[name]
    off = (fitter.result.best_values[name] - float(value)) / error
    print(f"{name}: {off:+.1f} standard errors from the truth")

plot_sensitivities(fitter.result, fitter.sensitivities())
plt.show()

"""
The same valley from many starts
================================

Where outputs are smooth, least squares from many starts tell more than one number: if most of
them end at the same place, it is the lowest there is.
"""

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

from brianfit import MultiStartLeastSquares, TraceFitter
from brianfit.plots import plot_waterfall

EQUATIONS = """
dv/dt = (g_leak*(-70*mV - v) + g_fast*x*(-90*mV - v) + g_slow*y*(-90*mV - v) + I)/C : volt
dx/dt = (1/(1 + exp((-55*mV - v)/(6*mV))) - x)/tau_fast : 1
dy/dt = (1/(1 + exp((-55*mV - v)/(6*mV))) - y)/tau_slow : 1
C : farad (constant)
g_leak : siemens (constant)
g_fast : siemens (constant)
g_slow : siemens (constant)
tau_fast : second (constant)
tau_slow : second (constant)
"""
TRUTH = {"C": 0.1 * nF, "g_leak": 5 * nS, "g_fast": 4 * nS, "g_slow": 8 * nS,
         "tau_fast": 8 * ms, "tau_slow": 90 * ms}  # fmt: skip
BOUNDS = {name: [value / 10, value * 10] for name, value in TRUTH.items()}

current = np.zeros((2, 3000))
current[:, 200:2000] = [[0.1], [0.2]]
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
recorded = cell.generate("v", params=TRUTH)
recorded += np.random.default_rng(1).normal(0, 0.2, current.shape) * mV

# %%
# The model has two currents that differ in speed alone: the searches find them in either order.
fitter = TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, n_samples=20, **arguments)
fitter.fit(optimizer=MultiStartLeastSquares(), n_rounds=30, callback=None, seed=1, **BOUNDS)
print(fitter.result)
print(fitter.result.diagnostics())
plot_waterfall(fitter.result)
plt.show()

"""
Fixed and tied parameters
=========================

Fix some parameters, tie others to the free ones, and choose the scale of the search. The model
has a soma and a dendrite; the dendrite leaks in proportion to its size.
"""

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

from brianfit import Parameter, TraceFitter
from brianfit.plots import plot_parameter_spread

EQUATIONS = """
dv/dt = (g_soma*(E - v) + g_axial*(v_dendrite - v) + I)/C_soma : volt
dv_dendrite/dt = (g_dendrite*(E - v_dendrite) + g_axial*(v - v_dendrite))/C_dendrite : volt
E : volt (constant)
g_soma : siemens (constant)
g_dendrite : siemens (constant)
g_axial : siemens (constant)
C_soma : farad (constant)
C_dendrite : farad (constant)
"""
TREATMENT = {
    "E": Parameter(fixed=-70 * mV),
    "C_soma": Parameter(0.01 * nF, 1 * nF, scale="log"),
    "C_dendrite": Parameter(0.01 * nF, 1 * nF, scale="log", value=0.1 * nF),  # a first guess
    "g_soma": Parameter(1 * nS, 50 * nS),
    "g_axial": Parameter(1 * nS, 100 * nS, scale="log"),
    # The same membrane in both compartments: conductance per capacitance is the same.
    "g_dendrite": Parameter(tied="g_soma*C_dendrite/C_soma"),
}
TRUTH = {"E": -70 * mV, "C_soma": 0.1 * nF, "C_dendrite": 0.2 * nF, "g_soma": 5 * nS,
         "g_axial": 15 * nS, "g_dendrite": 10 * nS}  # fmt: skip

# %%
# A cell made by the model, with some noise, and the fit.
current = np.zeros((1, 2000))
current[:, 200:1200] = 0.1
rest = {"v": "E", "v_dendrite": "E"}
arguments = {"dt": 0.1 * ms, "param_init": rest, "method": "exponential_euler"}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
recorded = cell.generate("v", params=TRUTH)
recorded += np.random.default_rng(1).normal(0, 0.1, current.shape) * mV

fitter = TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, **arguments)
fitter.fit(n_rounds=30, callback=None, seed=1, params=TREATMENT)
fitter.refine(callback=None)
print(fitter.result)
print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))

plot_parameter_spread(fitter.result)
plt.show()

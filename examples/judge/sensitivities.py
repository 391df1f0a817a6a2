"""
Which parameters does a recording determine?
============================================

Derivatives of the voltage tell it before anything is fitted: a direction in which parameters may
change without being seen is not determined, whatever a search returns.
"""

import numpy as np
from brian2 import ms, mV, nA, nS, pF
from matplotlib import pyplot as plt

from brianfit import TraceFitter

EQUATIONS = """
dv/dt = (gL*(EL - v) + scale*I)/C : volt
gL : siemens (constant)
C : farad (constant)
EL : volt (constant)
scale : 1 (constant)
"""
PARAMETERS = {"gL": 10 * nS, "C": 100 * pF, "EL": -70 * mV, "scale": 1.0}

current = np.zeros((1, 500))
current[:, 100:400] = 0.1
fitter = TraceFitter(
    EQUATIONS,
    {"I": current * nA},
    {"v": np.full((1, 500), -70.0) * mV},
    dt=0.1 * ms,
    method="exponential_euler",
    param_init={"v": -70 * mV},
)

slopes = fitter.sensitivities(PARAMETERS)
print("largest change of v by 1 nS of gL:", abs(slopes["v"]["gL"]).max() * nS)

# %%
# gL, C and scale may grow together: the scale of the current is not known.
print(fitter.fisher_information(PARAMETERS, noise=0.5 * mV))

figure, axes = plt.subplots(layout="constrained")
for name, value in PARAMETERS.items():
    percent = np.asarray(slopes["v"][name])[0] * float(abs(value)) * 0.01 * 1e3
    axes.plot(np.arange(500) / 10, percent, label=name)
axes.set(xlabel="time [ms]", ylabel="change of v by 1 % more [mV]")
axes.legend()
plt.show()

"""
Which parameters are likely
===========================

Draws of a posterior show intervals, and which parameters can stand in for each other; the prior is
grey.
"""

import numpy as np
from brian2 import Mohm, ms, mV, nA, pF
from matplotlib import pyplot as plt

from brianfit import LogNormal, Normal, Parameter, TraceFitter
from brianfit.plots import plot_bands, plot_corner

MEMBRANE = """
dv/dt = (E - v + R*I)/(R*C) : volt
E : volt (constant)
R : ohm (constant)
C : farad (constant)
"""
current = np.zeros((2, 240))
current[0, 40:160], current[1, 60:] = 0.1, -0.05
arguments = {"dt": 0.5 * ms, "method": "exponential_euler", "param_init": {"v": -65 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
truth = {"E": -65 * mV, "R": 100 * Mohm, "C": 150 * pF}
clean = TraceFitter(MEMBRANE, {"I": current * nA}, nothing, **arguments).generate("v", params=truth)

# %%
# Recorded under noise of which one part is slow.
generator = np.random.default_rng(3)
slow = generator.normal(size=current.shape)
for step in range(1, slow.shape[1]):
    slow[:, step] = 0.95 * slow[:, step - 1] + 0.3 * slow[:, step]
recorded = clean + (slow + 0.2 * generator.normal(size=slow.shape)) * mV

fitter = TraceFitter(MEMBRANE, {"I": current * nA}, {"v": recorded}, **arguments)
bounds = {
    "E": Parameter(-80 * mV, -50 * mV, prior=Normal(-64 * mV, 1 * mV)),
    "R": Parameter(20 * Mohm, 400 * Mohm, prior=LogNormal(100 * Mohm, 0.1)),
    "C": Parameter(20 * pF, 600 * pF),
}
fitter.fit(n_rounds=10, callback=None, seed=1, params=bounds)
posterior = fitter.sample(n_draws=16000, seed=1)
print(posterior)
plot_corner(posterior)
plot_bands(posterior.predict())
plt.show()

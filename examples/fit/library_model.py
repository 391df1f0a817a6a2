"""
A ready model, and a changed one
================================

A model of the library brings equations, threshold, reset, units and bounds. Its equations are
text: changed, they are a model of one's own.
"""

from brian2 import ms, mV, pA
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_overlay

lif = bf.library.LIF
print(lif.equations)
cell = bf.until_first_spike(bf.example_recording("B6")[[0, 2, 4]])
metric = {"v": bf.MSEMetric(normalization=5 * mV), "spikes": bf.SpikeCount()}
ready = bf.Fitter(lif, cell, dt=0.25 * ms, n_samples=30)
ready.fit(metric=metric, n_rounds=40, callback=None, seed=1)
print(ready.result)

# %%
# The same with a current that grows with every spike and slows the cell down.
equations = """
dv/dt = (EL - v + R*(I - w))/tau_m : volt (unless refractory)
dw/dt = -w/tau_w : amp
tau_w : second (constant)
b : amp (constant)
tau_m : second (constant)
R : ohm (constant)
EL : volt (constant)
VT : volt (constant)
V_r : volt (constant)
"""
changed = bf.Fitter(
    equations, cell, dt=0.25 * ms, n_samples=30, method="euler", param_init={"v": "EL"},
    threshold="v > VT", reset="v = V_r; w += b", refractory=2 * ms,
)  # fmt: skip
bounds = {name: how for name, how in lif.parameters.items() if name != "t_ref"}
bounds |= {"tau_w": [10, 1000] * ms, "b": [1, 200] * pA}
changed.fit(metric=metric, n_rounds=40, callback=None, seed=1, params=bounds)
print(changed.result)

for fitter in (ready, changed):
    plot_overlay(bf.predict(fitter.result))
plt.show()

"""
Conductances of a Hodgkin-Huxley model
======================================

Three conductances are fitted to voltage traces. The recordings are made by Brian 2 here, so it is
known what should be found.
"""

import brian2 as b2
import numpy as np
from brian2 import TimedArray, ms, mV, nA, nF, nS, uS
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_overlay

# Traub & Miles (1991) in the form of Destexhe et al. (1998), J Neurosci 18:3574.
EQUATIONS = """
dv/dt = (gl*(El - v) + gNa*m**3*h*(ENa - v) + gK*n**4*(EK - v) + I)/C : volt
dm/dt = 0.32/mV*4*mV/exprel((13*mV - u)/(4*mV))/ms*(1 - m)
        - 0.28/mV*5*mV/exprel((u - 40*mV)/(5*mV))/ms*m : 1
dn/dt = 0.032/mV*5*mV/exprel((15*mV - u)/(5*mV))/ms*(1 - n) - 0.5*exp((10*mV - u)/(40*mV))/ms*n : 1
dh/dt = 0.128*exp((17*mV - u)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - u)/(5*mV)))/ms*h : 1
u = v + 63*mV : volt
gl : siemens (constant)
gNa : siemens (constant)
gK : siemens (constant)
"""
CONSTANTS = {"El": -65 * mV, "ENa": 50 * mV, "EK": -90 * mV, "C": 0.2 * nF}
TRUTH = {"gl": 10 * nS, "gNa": 20 * uS, "gK": 6 * uS}
DT = 0.02 * ms

# %%
# A cell under three steps, simulated by Brian 2 alone, with 0.2 mV of noise.
current = np.zeros((3, 1500))
current[:, 250:] = [[0.1], [0.4], [0.8]]

b2.prefs.codegen.target = "numpy"
b2.defaultclock.dt = DT
namespace = {**CONSTANTS, "stimulus": TimedArray(current.T * nA, dt=DT)}
model = EQUATIONS + "I = stimulus(t, i) : amp"
cells = b2.NeuronGroup(3, model, method="exponential_euler", namespace=namespace, name="cells")
cells.set_states({"v": -65 * mV, **TRUTH})
monitor = b2.StateMonitor(cells, "v", record=True)
b2.Network(cells, monitor).run(current.shape[1] * DT)
voltage = monitor.v + np.random.default_rng(1).normal(0, 0.2, monitor.v.shape) * mV

# %%
# The fit, a polish by least squares, and what was found.
arguments = {"dt": DT, "method": "exponential_euler", "param_init": {"v": -65 * mV}}
recordings = bf.RecordingSet.from_arrays(dt=DT, inputs={"I": current * nA}, traces={"v": voltage})
fitter = bf.TraceFitter(EQUATIONS, recordings, namespace=CONSTANTS, **arguments)
bounds = {"gl": [1 * nS, 100 * nS], "gNa": [2 * uS, 200 * uS], "gK": [0.6 * uS, 60 * uS]}
fitter.fit(n_rounds=25, metric=bf.MSEMetric(t_start=2 * ms), callback=None, seed=1, **bounds)
fitter.refine(callback=None)
print(fitter.result)
print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))

plot_overlay(bf.predict(fitter.result))
plt.show()

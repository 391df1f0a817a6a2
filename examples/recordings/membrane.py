"""
What the voltage says before anything is fitted
===============================================

Between spikes a cell is nearly a leaky membrane: rest, resistance and time constant are read off
the recording by regression, without a search, and make good bounds for one.
"""

import numpy as np
from brian2 import amp, ms, mV, second, volt
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_overlay

cell = bf.with_spikes(bf.example_recording("B6"), -10 * mV, refractory=2 * ms)
membrane = bf.estimate_membrane(cell)
print(membrane)

near = bf.parameters_near(bf.library.ADEX, membrane)
for name, parameter in near.items():
    print(f"{name}: {parameter}")

# %%
# What a membrane with these numbers does, against the recording, up to the first spike.
start = bf.until_first_spike(cell[[0, 2, 4]])
quiet = bf.RecordingSet.from_arrays(
    dt=start.recordings[0].dt * second,
    inputs={"I": np.array([sweep.inputs["I"] for sweep in start.recordings]) * amp},
    traces={"v": np.array([sweep.traces["v"] for sweep in start.recordings]) * volt},
)
model = """dv/dt = (EL - v + R*I)/tau : volt
EL : volt (constant)
R : ohm (constant)
tau : second (constant)"""
fitter = bf.TraceFitter(model, quiet, dt=0.1 * ms, param_init={"v": "EL"})
found = {"EL": membrane.EL, "R": membrane.R, "tau": membrane.tau_m}
axes = plot_overlay(quiet, trace=fitter.generate("v", params=found), dt=0.1 * ms)
axes[0, 0].set(xlim=(0.6, 1.0), ylim=(-90, -30))
plt.show()

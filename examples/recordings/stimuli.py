"""
Steps, ramps, sines and noise
=============================

A file often lacks the current that was injected. What the protocol says of it is enough: the same
descriptions make the arrays that a model is simulated with, and complete a recording that was
read.
"""

import numpy as np
from brian2 import Hz, ms, mV, nA, pA, second
from matplotlib import pyplot as plt

import brianfit as bf

stimuli = {
    "steps": bf.Steps([-50, 50, 100] * pA, start=100 * ms, stop=400 * ms),
    "ramp": bf.Ramp(0 * pA, 200 * pA, start=100 * ms, stop=400 * ms),
    "sine": bf.Sine(60 * pA, frequency=8 * Hz, start=50 * ms, stop=450 * ms),
    "noise": bf.OrnsteinUhlenbeck(50 * pA, 30 * pA, tau=5 * ms, seed=1),
}

figure, panels = plt.subplots(len(stimuli), sharex=True, figsize=(7, 6), layout="constrained")
for axes, (name, stimulus) in zip(panels, stimuli.items(), strict=True):
    current = stimulus.array(dt=0.1 * ms, duration=0.5 * second)
    print(f"{name}: {current.shape[0]} sweeps of {current.shape[1]} steps")
    axes.plot(np.arange(current.shape[1]) * 0.1, np.asarray(current / pA).T)
    axes.set_ylabel(f"{name} [pA]")
panels[-1].set_xlabel("time [ms]")
plt.show()

# %%
# A recording without its stimulus, completed.
voltage = np.full((3, 5000), -70.0) * mV
recorded = bf.RecordingSet.from_arrays(dt=0.1 * ms, inputs={}, traces={"v": voltage})
print(bf.with_stimulus(recorded, stimuli["steps"]))
print(f"largest step: {stimuli['steps'].array(dt=0.1 * ms, duration=0.5 * second).max() / nA} nA")

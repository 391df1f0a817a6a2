"""
A score relative to what can be predicted
=========================================

A cell with some noise answers ten times to one current. Its reliability is what no deterministic
model can exceed by much; the score, on a part of the recording that was not fitted, is given
relative to it.
"""

import numpy as np
from brian2 import Mohm, ms, nA, second
from matplotlib import pyplot as plt

from brianfit import GammaFactor, RecordingSet, SpikeFitter, predict, reliability, split
from brianfit.plots import plot_spike_raster

CELL = """dv/dt = (R*I - v)/tau : volt
hazard = 100*Hz*exp(clip((v - 10*mV)/(0.3*mV), -60, 20)) : Hz
R : ohm (constant)
tau : second (constant)"""
TRUE = {"R": 20 * Mohm, "tau": 12 * ms}

# %%
# Ten responses of a stochastic cell to one current.
noise = np.random.default_rng(3).normal(0.7, 0.8, 800)
current = np.repeat(noise, 50)[np.newaxis] * nA  # 4 s, a new value every 5 ms
silent = RecordingSet.from_arrays(
    dt=0.1 * ms, inputs={"I": np.repeat(current, 10, axis=0)}, spikes=[[0.1 * second]] * 10
)
cell = SpikeFitter(
    CELL, silent, dt=0.1 * ms, threshold="rand() < 1 - exp(-hazard*dt)", reset="v = 0*mV"
)
responses = list(cell.generate_spikes(TRUE))
recordings = RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": current}, spikes=[responses])

# %%
# A deterministic model is fitted to the first half, while the second is watched.
metric = GammaFactor(4 * ms)
train, test = split(recordings, by="time", test=2 * second)
model = "dv/dt = (R*I - v)/tau : volt\nR : ohm (constant)\ntau : second (constant)"
fitter = SpikeFitter(
    model, train, dt=0.1 * ms, threshold="v > 10*mV", reset="v = 0*mV", n_samples=30
)
fitter.fit(
    n_rounds=15, metric=metric, held_out=test, seed=1, callback=None,
    R=[5 * Mohm, 60 * Mohm], tau=[3 * ms, 40 * ms],
)  # fmt: skip
print(fitter.result)

ceiling = reliability(test, metric)
score = fitter.evaluate(test, metric=metric.similarity())
print(ceiling)
print(f"held out: Gamma {1 - score.error:.3f}, Gamma/R {ceiling.relative(score.error):.3f}")
plot_spike_raster(predict(fitter.result, test))
plt.show()

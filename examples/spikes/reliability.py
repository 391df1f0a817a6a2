"""
How reproducible is a cell?
===========================

The same current, twenty times. How well one response predicts another is what a model can be
measured by; it depends on how exact one asks spikes to be.
"""

import numpy as np
from brian2 import Mohm, ms, nA
from matplotlib import pyplot as plt

from brianfit import GammaFactor, RecordingSet, SpikeFitter, reliability

CELL = """dv/dt = (R*I - v)/tau : volt
hazard = 100*Hz*exp(clip((v - 10*mV)/(sharpness*mV), -60, 20)) : Hz
R : ohm (constant)
tau : second (constant)
sharpness : 1 (constant)"""
WINDOWS = [0.25, 0.5, 1, 2, 4]  # ms

noise = np.random.default_rng(3).normal(0.7, 0.8, 400)
current = np.repeat(noise, 50)[np.newaxis] * nA  # 2 s, a new value every 5 ms
silent = RecordingSet.from_arrays(
    dt=0.1 * ms, inputs={"I": np.repeat(current, 20, axis=0)}, spikes=[[100 * ms]] * 20
)
cell = SpikeFitter(
    CELL, silent, dt=0.1 * ms, threshold="rand() < 1 - exp(-hazard*dt)", reset="v = 0*mV"
)

figure, (raster, curve) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
for k, (name, sharpness) in enumerate({"little noise": 0.3, "much noise": 3.0}.items()):
    spikes = cell.generate_spikes({"R": 20 * Mohm, "tau": 12 * ms, "sharpness": sharpness})
    repeats = RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": current}, spikes=[list(spikes)])
    found = [reliability(repeats, GammaFactor(width * ms)).similarity for width in WINDOWS]
    print(f"{name}: {np.round(found, 3)}")
    trains = [np.asarray(train) for train in spikes]
    raster.eventplot(trains, colors=f"C{k}", lineoffsets=np.arange(20) + 22 * k, linewidths=0.6)
    curve.semilogx(WINDOWS, found, "o-", color=f"C{k}", label=name)
raster.set(xlabel="time [s]", xlim=(0, 1), yticks=[])
curve.set(xlabel="window of Gamma [ms]", ylabel="reliability", xticks=WINDOWS, xticklabels=WINDOWS)
curve.legend()
plt.show()

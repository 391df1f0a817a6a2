"""
What should I record next?
==========================

A short step has been recorded. What would a further second of other stimuli tell about the
parameters? The settings of each stimulus are searched within what the amplifier gives and the
membrane stands.
"""

import numpy as np
from brian2 import Hz, ms, mV, nA, nS, pF
from matplotlib import pyplot as plt

import brianfit as bf

EQUATIONS = """
dv/dt = (gL*(-70*mV - v) + gM*w*(-90*mV - v) + I)/C : volt
dw/dt = (1/(1 + exp(-(v + 60*mV)/(4*mV))) - w)/(80*ms) : 1
gL : siemens (constant)
gM : siemens (constant)
C : farad (constant)
"""
TRUTH = {"gL": 10 * nS, "gM": 8 * nS, "C": 150 * pF}
BOX = {"gL": [2 * nS, 50 * nS], "gM": [1 * nS, 50 * nS], "C": [30 * pF, 600 * pF]}
ARGUMENTS = {"dt": 0.2 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}

step = bf.Steps(0.05 * nA, start=20 * ms, stop=120 * ms)
current = step.array(dt=0.2 * ms, duration=150 * ms)
cell = bf.TraceFitter(EQUATIONS, {"I": current}, {"v": np.full((1, 750), np.nan) * mV}, **ARGUMENTS)
voltage = cell.generate("v", params=TRUTH)
voltage += np.random.default_rng(1).normal(0, 0.5, (1, 750)) * mV

fitter = bf.TraceFitter(EQUATIONS, {"I": current}, {"v": voltage}, **ARGUMENTS)
fitter.fit(metric=bf.MSEMetric(), n_rounds=10, callback=None, seed=1, params=BOX)

designed = bf.design(
    fitter,
    [
        bf.Steps(0.1 * nA, start=20 * ms, stop=400 * ms),
        bf.Sine(0.05 * nA, frequency=10 * Hz, start=0 * ms, stop=500 * ms),
        bf.OrnsteinUhlenbeck(0.05 * nA, 0.05 * nA, tau=5 * ms, seed=1),
    ],
    budget=1000 * ms,
    duration=500 * ms,
    limits={"I": [-0.1, 0.3] * nA, "v": [-110, -20] * mV},
)
for sentence in designed.sentences:
    print(sentence)

# %%
# The protocol of the best one, as it can be written for the rig: ``designed.write("next.atf")``.
sweep = designed.recordings().recordings[0]
figure, axes = plt.subplots(figsize=(7, 2.5), layout="constrained")
axes.plot(np.arange(sweep.inputs["I"].size) * sweep.dt * 1e3, sweep.inputs["I"] * 1e12)
axes.set(xlabel="time [ms]", ylabel="I [pA]")
plt.show()

"""
The error, summed as the model runs
===================================

`OnlineTraceFitter` adds the squared distance up while the model is simulated. No trace is kept,
so that long recordings and many samples fit into memory.
"""

import numpy as np
from brian2 import Mohm, ms, mV, nA
from matplotlib import pyplot as plt

from brianfit import OnlineTraceFitter, RecordingSet, predict
from brianfit.plots import plot_residuals

EQUATIONS = """
dv/dt = (R*I - v)/tau : volt
R : ohm (constant)
tau : second (constant)
"""
time = np.arange(2000) / 10  # ms
current = np.where((time >= 20) & (time < 120), [[0.1], [0.2]], 0.0)
rise = 1 - np.exp(-np.clip(time - 20, 0, None) / 12)
fall = np.exp(-np.clip(time - 120, 0, None) / 12)
voltage = np.array([[10.0], [20.0]]) * np.where(time < 120, rise, fall)
voltage += np.random.default_rng(1).normal(0, 0.3, voltage.shape)

recordings = RecordingSet.from_arrays(
    dt=0.1 * ms, inputs={"I": current * nA}, traces={"v": voltage * mV}
)
fitter = OnlineTraceFitter(
    EQUATIONS, input=recordings, dt=0.1 * ms, method="exponential_euler", n_samples=40
)
params, error = fitter.fit(
    n_rounds=25, callback=None, seed=1, R=[10 * Mohm, 1000 * Mohm], tau=[1 * ms, 100 * ms]
)
print(fitter.result)
print("True values: R = 100 Mohm, tau = 12 ms")

plot_residuals(predict(fitter.result))
plt.show()

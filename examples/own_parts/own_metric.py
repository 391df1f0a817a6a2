"""
A metric of your own
====================

The mean absolute difference, which a few artefacts do not spoil.
"""

from typing import final

import numpy as np
from brian2 import Mohm, ms, mV, nA
from matplotlib import pyplot as plt

from brianfit import MSEMetric, TraceFitter, TraceMetric


@final
class MeanAbsoluteError(TraceMetric):
    """Mean absolute difference of output and recording, in the unit of the output."""

    output_power = 1  # the error has the unit of the output to this power

    def get_features(self, model: np.ndarray, data: np.ndarray, dt: float) -> np.ndarray:
        """Return one number per sample and trace, over the steps that were measured (not nan)."""
        return np.nanmean(np.abs(model - data), axis=2)

    def get_errors(self, features: np.ndarray) -> np.ndarray:
        """Return one error per sample: the mean over the traces."""
        return features.mean(axis=1)


EQUATIONS = """
dv/dt = (R*I - v)/tau : volt
R : ohm (constant)
tau : second (constant)
"""
BOUNDS = {"R": [10 * Mohm, 1000 * Mohm], "tau": [1 * ms, 100 * ms]}

# %%
# Two traces with an artefact of one millisecond each.
time = np.arange(1000) / 10  # ms
current = np.where(time >= 20, [[0.1], [0.2]], 0.0)  # nA
recorded = 100 * current * (1 - np.exp(-np.clip(time - 20, 0, None) / 12))  # mV
recorded[:, 500:510] += 300

plt.plot(time, recorded[0], color="black", label="recorded")
for metric in (MSEMetric(), MeanAbsoluteError(t_start=10 * ms)):
    fitter = TraceFitter(
        EQUATIONS, {"I": current * nA}, {"v": recorded * mV}, dt=0.1 * ms,
        method="exponential_euler",
    )  # fmt: skip
    params, error = fitter.fit(n_rounds=30, metric=metric, callback=None, seed=1, **BOUNDS)
    name = type(metric).__name__
    print(f"{name}: R = {params['R']}, tau = {params['tau']}, error {error}")
    plt.plot(time, fitter.generate("v")[0] / mV, label=name)
print("True values: R = 100 Mohm, tau = 12 ms")
plt.gca().set(xlabel="time [ms]", ylabel="v [mV]", ylim=(-1, 25))
plt.legend()
plt.show()

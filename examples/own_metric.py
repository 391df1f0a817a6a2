"""Write a metric: the mean absolute difference, which a few artefacts do not spoil."""

from typing import final

import numpy as np
from brian2 import Mohm, ms, mV, nA

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

if __name__ == "__main__":
    time = np.arange(1000) / 10  # ms
    current = np.where(time >= 20, [[0.1], [0.2]], 0.0)  # nA, two traces
    recorded = 100 * current * (1 - np.exp(-np.clip(time - 20, 0, None) / 12))  # mV
    recorded[:, 500:510] += 300  # an artefact of 1 ms

    for metric in (MSEMetric(), MeanAbsoluteError(t_start=10 * ms)):
        fitter = TraceFitter(
            EQUATIONS,
            {"I": current * nA},
            {"v": recorded * mV},
            dt=0.1 * ms,
            method="exponential_euler",
        )
        params, error = fitter.fit(
            n_rounds=30,
            metric=metric,
            callback=None,
            seed=1,
            R=[10 * Mohm, 1000 * Mohm],
            tau=[1 * ms, 100 * ms],
        )
        name = type(metric).__name__
        print(f"{name}: R = {params['R']}, tau = {params['tau']}, error {error}")
    print("True values: R = 100 Mohm, tau = 12 ms")

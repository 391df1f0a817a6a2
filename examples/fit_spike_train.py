"""Fit a leaky integrate-and-fire model with a refractory period to spike times.

The spike trains are made by the model itself here, so it is known what should be found.
"""

import numpy as np
from brian2 import Mohm, ms, mV, nA

from brianfit import GammaFactor, SpikeFitter

EQUATIONS = """
dv/dt = (R*I - v)/tau : volt (unless refractory)
R : ohm (constant)
tau : second (constant)
"""
DT = 0.1 * ms


def noise(seed: int, n_traces: int = 2, n_steps: int = 10_000) -> np.ndarray:
    """Return currents [nA] that fluctuate with a correlation time of 5 ms."""
    rng = np.random.default_rng(seed)
    kicks = rng.normal(0, 0.1, (n_traces, n_steps))
    values = np.empty_like(kicks)
    current = np.zeros(n_traces)
    for step in range(n_steps):
        current = current * 0.98 + kicks[:, step] * 0.2
        values[:, step] = 0.25 + current
    return values


def spike_fitter(current: np.ndarray, spikes: list[np.ndarray]) -> SpikeFitter:
    """Return a fitter of the model for these currents and spike times."""
    return SpikeFitter(
        EQUATIONS,
        current * nA,
        spikes,
        dt=DT,
        threshold="v > 20*mV",
        reset="v = 0*mV",
        refractory=2 * ms,
        n_samples=40,
        param_init={"v": 0 * mV},
    )


if __name__ == "__main__":
    truth = {"R": 90 * Mohm, "tau": 15 * ms}
    bounds = {"R": [10 * Mohm, 500 * Mohm], "tau": [2 * ms, 100 * ms]}
    trained, tested = noise(seed=1), noise(seed=2)
    silent = [np.empty(0)] * 2
    recorded = spike_fitter(trained, silent).generate_spikes(params=truth)
    fitter = spike_fitter(trained, recorded)
    metric = GammaFactor(delta=4 * ms)
    params, _ = fitter.fit(n_rounds=40, metric=metric, callback=None, seed=1, **bounds)
    print(fitter.result)

    expected = spike_fitter(tested, silent).generate_spikes(params=truth)
    predicted = spike_fitter(tested, silent).generate_spikes(params=params)
    for before, after in zip(expected, predicted, strict=True):
        print(f"New stimulus: {len(before)} spikes expected, {len(after)} predicted")

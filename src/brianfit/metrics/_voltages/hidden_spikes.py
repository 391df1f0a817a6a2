"""Spikes of models that are reset: metrics of traces are told of them, voltages hide them."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float, Int
from brianfit._foundation.spike_trains import SpikeTrains


def first_steps_after(spikes: SpikeTrains, dt: float) -> Int[np.ndarray, " n_spikes"]:
    """Return the step at which the voltage of a model is first seen after each of its spikes.

    A step is: record, update, threshold, reset; so the first value after the reset is that of the
    step after the spike.
    """
    return np.rint(spikes.times / dt).astype(np.int64) + 1


def cost_of_spikes(
    spikes: SpikeTrains,
    costs: Float[np.ndarray, "n_traces n_steps"],
    *,
    dt: float,
    width: float,
) -> Float[np.ndarray, "n_samples n_traces"]:
    """Return the sum over all spikes of the costs of the steps that they last.

    Parameters
    ----------
    costs
        What a spike costs that lasts during a step.
    dt
        Simulation step [s].
    width
        How long a spike lasts [s].
    """
    n_traces, n_steps = costs.shape
    summed = np.concatenate([np.zeros((n_traces, 1)), np.cumsum(costs, axis=1)], axis=1)
    trains = np.repeat(np.arange(spikes.n_samples * n_traces), np.diff(spikes.offsets))
    first = np.minimum(first_steps_after(spikes, dt), n_steps)
    last = np.minimum(first + max(1, round(width / dt)), n_steps)
    traces = trains % n_traces
    each = summed[traces, last] - summed[traces, first]
    total = np.bincount(trains, weights=each, minlength=spikes.n_samples * n_traces)
    return total.astype(np.float64).reshape(spikes.n_samples, n_traces)

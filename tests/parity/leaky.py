"""A leaky membrane and a leaky integrate-and-fire neuron, with traces made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import Quantity, ms, mV, nA, nS, pF, volt

from brianfit import ReferenceEngine, SpikeFitter, TraceFitter

DT = 0.1 * ms
N_STEPS = 200
EL = -70 * mV
TRUE = {"gl": 10 * nS, "C": 100 * pF}
BOUNDS: dict[str, Any] = {"gl": [1 * nS, 100 * nS], "C": [10 * pF, 1000 * pF]}

PASSIVE = """
dv/dt = (gl*(EL - v) + I)/C : volt
gl : siemens (constant)
C : farad (constant)
"""

SPIKING = """
dv/dt = (gl*(EL - v) + I)/C : volt (unless refractory)
gl : siemens (constant)
C : farad (constant)
"""


def current(n_traces: int = 2) -> Quantity:
    """Steps of current from 5 ms on, shape (n_traces, N_STEPS)."""
    values = np.zeros((n_traces, N_STEPS))
    values[:, 50:] = 0.2 * (1 + np.arange(n_traces))[:, np.newaxis]
    return values * nA


def membrane(n_traces: int = 2, gl: float = 10e-9, capacity: float = 100e-12) -> Quantity:
    """The exact response of the passive membrane to `current` [volt]."""
    time = np.arange(N_STEPS) * 1e-4
    rise = 1 - np.exp(-np.clip(time - 5e-3, 0, None) * gl / capacity)
    amplitude = np.asarray(current(n_traces))[:, -1] / gl
    return (float(EL) + amplitude[:, np.newaxis] * rise) * volt


def trace_fitter(**changes: Any) -> TraceFitter:
    """A fitter of the passive membrane to its own response."""
    arguments: dict[str, Any] = {
        "model": PASSIVE,
        "input": {"I": current()},
        "output": {"v": membrane()},
        "dt": DT,
        "n_samples": 20,
        "method": "exact",
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
        "engine": ReferenceEngine(),
    }
    return TraceFitter(**{**arguments, **changes})


def spike_fitter(**changes: Any) -> SpikeFitter:
    """A fitter of the integrate-and-fire neuron to two spike trains."""
    arguments: dict[str, Any] = {
        "model": SPIKING,
        "input": {"I": current()},
        "output": [np.array([8.0, 12.0, 16.0]) * ms, np.array([7.0, 9.0, 11.0, 13.0]) * ms],
        "dt": DT,
        "n_samples": 10,
        "threshold": "v > -50*mV",
        "reset": "v = -70*mV",
        "refractory": 1 * ms,
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
        "engine": ReferenceEngine(),
    }
    return SpikeFitter(**{**arguments, **changes})

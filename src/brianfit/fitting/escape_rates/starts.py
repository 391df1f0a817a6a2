"""Where the search of the voltage begins: what a regression says, else the middle of the bounds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brianfit._foundation.units import scalar_si
from brianfit.fitting.escape_rates.given_spikes import GivenSpikes
from brianfit.model import Model, Parameter
from brianfit.model.parameters import uses_log_scale

_BEFORE, _AFTER = 0.005, 0.02
"""What lies so near to a spike [s] says nothing about the passive membrane."""


def start_values(
    model: Model, given: GivenSpikes, trace: str | None, parameters: Mapping[str, Parameter]
) -> dict[str, float]:
    """Return a value of every parameter [SI].

    A fixed parameter has its value, and a free one that to start from, if it was given one. The
    membrane (`tau_m`, `R`, `EL`, and `V_r` where the voltage is after a spike) is read off the
    recording. Others start at zero, if that is within the bounds, or in their middle.
    """
    membrane = {} if trace is None else _membrane(given, trace)
    return {name: _start(name, how, model, membrane.get(name)) for name, how in parameters.items()}


def _start(name: str, how: Parameter, model: Model, estimate: float | None) -> float:
    def number(value: object) -> float:
        return scalar_si(name, value, model.dimensions(name))

    if how.fixed is not None:
        return number(how.fixed)
    if how.value is not None:
        return number(np.ravel(how.value)[0] if np.ndim(how.value) else how.value)
    low, high = number(how.low), number(how.high)
    if estimate is not None:
        return float(np.clip(estimate, low, high))
    if uses_log_scale(how.scale, low, high):
        return float(np.sqrt(low * high))
    return 0.0 if low < 0.0 < high else 0.5 * (low + high)


def _membrane(given: GivenSpikes, trace: str) -> dict[str, float]:
    """Return what the change of the voltage from step to step says about a passive membrane."""
    names = list(given.sweeps[0].inputs)
    if not names:
        return {}
    rows, changes, reset = [], [], []
    for sweep, spikes in zip(given.sweeps, given.spike_steps, strict=True):
        voltage, current = sweep.traces[trace], sweep.inputs[names[0]]
        is_quiet = np.isfinite(voltage)
        for spike in spikes:
            first = max(0, spike - round(_BEFORE / given.dt))
            is_quiet[first : spike + round(_AFTER / given.dt)] = False
        use = np.flatnonzero(is_quiet[:-1] & is_quiet[1:])
        rows.append(np.column_stack([np.ones(use.size), voltage[use], current[use] * 1e9]))
        changes.append(voltage[use + 1] - voltage[use])
        after = spikes + round(_BEFORE / given.dt)
        reset.append(voltage[after[after < voltage.size]])
    columns, change = np.concatenate(rows), np.concatenate(changes)
    if len(columns) < 10:
        return {}
    constant, leak, drive = np.linalg.lstsq(columns.T @ columns, columns.T @ change, rcond=None)[0]
    if not (leak < 0 < drive):
        return {}
    found = {
        "tau_m": -given.dt / leak,
        "R": -drive / leak * 1e9,
        "EL": -constant / leak,
    }
    after_spikes = np.concatenate(reset)
    if np.isfinite(after_spikes).any():
        found["V_r"] = float(np.nanmedian(after_spikes))
    return {name: float(value) for name, value in found.items()}

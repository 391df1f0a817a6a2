"""Small tasks on which the contract of engines is tested; their outcomes are known by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import Equations, amp, pF

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import dimensions_of
from brianfit.engines import SimulationTask
from brianfit.model import Accumulator, Model, TimedValues

DT = 1e-4
N_TRACES = 2
N_STEPS = 300

LEAKY_SPIKING = """
    dv/dt = (g*(E - v) + I)/C : volt
    drive = E + I/g : volt
    distance = (drive - v)/mV : 1
    squared = distance**2 : 1
    g : siemens (constant)
    E : volt (constant)
    count : integer
    n_traces : 1
    input_var : 1
"""

SAMPLES = np.array([[10e-9, -0.070], [40e-9, -0.065], [15e-9, -0.072]])
"""Values of (g, E): the first and third sample spike, the second does not."""


def current() -> TimedValues:
    """Return 0.4 and 0.45 nA from 5 to 25 ms, with a step of 0.5 ms."""
    time = np.arange(60) * 5e-4
    is_on = (time > 0.0049) & (time < 0.0249)
    return TimedValues(
        values=np.array([[0.4e-9], [0.45e-9]]) * is_on, dt=5e-4, dimensions=dimensions_of(amp)
    )


def spiking_model(**changes: Any) -> Model:
    """Return a leaky integrate-and-fire model that starts at its resting potential."""
    model = Model(
        equations=Equations(LEAKY_SPIKING),
        threshold="v > -50*mV",
        reset="v = E\ncount += 1",
        method="exponential_euler",
        initial_values={"v": "E"},
        namespace={"C": 100 * pF},
    )
    return replace(model, **changes)


def spiking_task(**changes: Any) -> SimulationTask:
    """Return the task of simulating `spiking_model` with `SAMPLES` and `current`."""
    task = SimulationTask(
        model=spiking_model(),
        parameter_names=("g", "E"),
        inputs={"I": current()},
        n_traces=N_TRACES,
        n_steps=N_STEPS,
        dt=DT,
        recorded=("v",),
    )
    return replace(task, **changes)


def squared_distance() -> Accumulator:
    """Return the weighted sum of squares of the distance of ``v`` from a given target."""
    return Accumulator(
        name="error",
        expression="weight*(v - target)**2",
        variables=("v",),
        timed={"target": target_values(), "weight": weights()},
    )


def target_values() -> Float[np.ndarray, "n_traces n_steps"]:
    """Return a target for every trace [V]."""
    phase = np.linspace(0, 6, N_STEPS)
    return -0.06 + 0.01 * np.array([np.sin(phase), np.cos(phase)])


def weights() -> Float[np.ndarray, "n_traces n_steps"]:
    """Return weights of which the first third is zero."""
    row = (np.arange(N_STEPS) >= N_STEPS // 3) * np.linspace(0.5, 1.5, N_STEPS)
    return np.tile(row, (N_TRACES, 1))


def simple_task(equations: str, **changes: Any) -> SimulationTask:
    """Return a task of one trace and ten steps, with the parameters of `equations` free.

    Changes of the model go by the names of its fields, all others are of the task.
    """
    of_model = {name: changes.pop(name) for name in list(changes) if name in _MODEL_FIELDS}
    model = Model(equations=Equations(equations), **{"method": "euler", **of_model})
    task = SimulationTask(
        model=model,
        parameter_names=model.parameter_names,
        inputs={},
        n_traces=1,
        n_steps=10,
        dt=DT,
    )
    return replace(task, **changes)


_MODEL_FIELDS = Model.__dataclass_fields__.keys()

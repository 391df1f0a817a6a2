"""The loops written by hand compute what Brian 2 computes; else their speed would mean nothing."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import amp, farad, second, siemens

from benchmarks.speed.cpp_yardstick import NAMES, PARAMETERS, HodgkinHuxleyTask, compiled
from benchmarks.speed.neuron_models import HODGKIN_HUXLEY

CONSTANTS = {
    "El": -65 * brian2.mV,
    "EK": -90 * brian2.mV,
    "ENa": 50 * brian2.mV,
    "VT": -63 * brian2.mV,
}
START_STEP = 200


@pytest.fixture
def task() -> HodgkinHuxleyTask:
    generator = np.random.default_rng(1)
    # From leaky to spiking, far wider than what a fit would try.
    low = np.array([1e-9, 2e-6, 6e-7, 2e-11])
    high = np.array([1e-7, 2e-4, 6e-5, 4e-10])
    n_traces, n_steps = 3, 1000
    current = np.zeros((n_traces, n_steps))
    current[:, 100:700] = np.array([[-1e-9], [5e-9], [5e-8]])
    return HodgkinHuxleyTask(
        parameters=low * (high / low) ** generator.random((18, 4)),
        current=current,
        target=-0.06 + 0.01 * generator.standard_normal((n_traces, n_steps)),
        start_step=START_STEP,
    )


@pytest.fixture
def errors_of_brian(task: HodgkinHuxleyTask) -> np.ndarray:
    n_samples, n_traces = len(task.parameters), len(task.current)
    dt = task.dt * second
    group = brian2.NeuronGroup(
        n_samples * n_traces,
        HODGKIN_HUXLEY + f"I = current(t, i % {n_traces}) : amp\n",
        method="exponential_euler",
        dt=dt,
        namespace={**CONSTANTS, "current": brian2.TimedArray(task.current.T * amp, dt=dt)},
    )
    group.v = CONSTANTS["VT"]
    units = (siemens, siemens, siemens, farad)
    for name, unit, values in zip(PARAMETERS, units, task.parameters.T, strict=True):
        setattr(group, name, np.repeat(values, n_traces) * unit)
    monitor = brian2.StateMonitor(group, "v", record=True, dt=dt)
    network = brian2.Network(group, monitor)
    network.run(task.current.shape[1] * dt)
    voltage = np.asarray(monitor.v).reshape(n_samples, *task.current.shape)
    squares = (voltage - task.target)[..., START_STEP:] ** 2
    return np.asarray(squares.mean(axis=(1, 2)))


@pytest.mark.needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_has_the_errors_of_brian(
    name: str, n_threads: int, task: HodgkinHuxleyTask, errors_of_brian: np.ndarray
) -> None:
    errors = compiled(name)(task, n_threads)

    # Some hundred roundings a step, of which spikes forget most.
    np.testing.assert_allclose(errors, errors_of_brian, rtol=1e-9)

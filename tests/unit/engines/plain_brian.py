"""A script as a user of Brian would write it, and the same as a task for an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import brian2
import numpy as np
from brian2 import (
    Equations,
    NeuronGroup,
    SpikeMonitor,
    StateMonitor,
    TimedArray,
    amp,
    ms,
    mV,
    second,
)

from brianfit._foundation.units import dimensions_of
from brianfit.engines import SimulationTask
from brianfit.model import Accumulator, Event, Model, TimedValues

N_STEPS = 400
DT = 1e-4
INPUT_DT = 3e-4  # not a divisor of anything
CURRENTS = np.abs(np.sin(np.arange(120) * np.array([[0.05], [0.09], [0.2]]))) * 1e-9
TARGETS = -0.06 + 0.01 * np.cos(np.arange(N_STEPS) * np.array([[0.01], [0.02], [0.03]]))
SAMPLES = np.array([[10e-9, 20e-3], [14e-9, 50e-3]])
"""Values of (g, tau_w): conductance [S] and time constant of the adaptation [s]."""

EQUATIONS = """
    dv/dt = (g*(E - v) + I - w + iteration*pA)/C : volt (unless refractory)
    dw/dt = -w/tau_w : amp
    penalty = (v - v_goal)/mV + 2*iteration : 1
    v_goal = E + 5*mV : volt
    g : siemens (constant)
    E : volt
    tau_w : second
    n_high : integer
"""
EVENT = Event(condition="w > 120*pA", code="w = 60*pA; n_high += 1")
NAMESPACE = {"C": 100 * brian2.pF, "pulse": 40 * brian2.pA}
SPIKES = {"threshold": "v > -50*mV", "reset": "v = E; w += pulse"}


@final
@dataclass(frozen=True, kw_only=True)
class PlainResult:
    """Everything a user would read from the monitors; one row per neuron."""

    v: np.ndarray
    w: np.ndarray
    spike_times: list[np.ndarray]
    penalty: np.ndarray
    n_high: np.ndarray

    @property
    def squared_error(self) -> np.ndarray:
        """The sum over the steps of the squared distance to the target."""
        return np.sum((self.v - np.tile(TARGETS, (len(SAMPLES), 1))) ** 2, axis=1)


def task() -> SimulationTask:
    """Return what `run_plain_brian` does as a task."""
    model = Model(
        equations=Equations(EQUATIONS),
        **SPIKES,
        refractory=3 * ms,
        method="exponential_euler",
        events={"high": EVENT},
        initial_values={"E": -70 * mV, "v": "E + g/nS*0.1*mV", "w": 0.0},
        namespace=NAMESPACE,
    )
    return SimulationTask(
        model=model,
        parameter_names=("g", "tau_w"),
        inputs={"I": TimedValues(values=CURRENTS, dt=INPUT_DT, dimensions=dimensions_of(amp))},
        n_traces=len(CURRENTS),
        n_steps=N_STEPS,
        dt=DT,
        recorded=("v", "w"),
        record_spikes=True,
        final=("penalty", "n_high"),
        accumulators=(
            Accumulator(
                name="error",
                expression="(v - target)**2",
                variables=("v",),
                timed={"target": TARGETS},
            ),
        ),
    )


def run_plain_brian(number: int) -> PlainResult:
    """Run the script with Brian alone, for the round of this number."""
    equations = EQUATIONS + "I = current(t, trace) : amp\ntrace : integer\niteration : integer"
    group = NeuronGroup(
        len(SAMPLES) * len(CURRENTS),
        equations,
        **SPIKES,
        refractory=3 * ms,
        method="exponential_euler",
        events={"high": EVENT.condition},
        namespace=NAMESPACE | {"current": TimedArray(CURRENTS.T * amp, dt=INPUT_DT * second)},
        dt=DT * second,
    )
    group.run_on_event("high", EVENT.code)
    group.trace = np.tile(np.arange(len(CURRENTS)), len(SAMPLES))
    group.g_, group.tau_w_ = np.repeat(SAMPLES.T, len(CURRENTS), axis=1)
    group.iteration = number
    group.E = -70 * mV
    group.v = -70 * mV + group.g_ * 1e9 * 0.1 * mV
    traces = StateMonitor(group, ["v", "w"], record=True)
    spikes = SpikeMonitor(group)
    network = brian2.Network(group, traces, spikes)
    network.run(N_STEPS * DT * second, namespace={})
    trains = spikes.spike_trains()
    return PlainResult(
        v=np.asarray(traces.v),
        w=np.asarray(traces.w),
        spike_times=[np.asarray(trains[neuron]) for neuron in range(len(group))],
        penalty=np.asarray(group.penalty),
        n_high=np.asarray(group.n_high),
    )

"""The Brian network of a task for a given number of samples, on whatever device is active."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2.core.clocks import Clock
from brian2.core.network import Network
from brian2.core.variables import Variable
from brian2.groups.neurongroup import NeuronGroup
from brian2.monitors.spikemonitor import SpikeMonitor
from brian2.monitors.statemonitor import StateMonitor

from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains, spike_trains_from_events
from brianfit._foundation.units import SECOND, from_si, scalar_si
from brianfit.engines._base import SimulationResult, SimulationTask
from brianfit.engines._brian_messages import clear_errors
from brianfit.engines.reference.definitions import SUM_PREFIX, Definitions
from brianfit.model.model import ITERATION

Write = Callable[[Variable, np.ndarray], None]
"""Gives a variable its values at the start of a run."""

Read = Callable[[Variable], np.ndarray]
"""Returns the values of a variable after a run."""


@final
@dataclass(frozen=True, kw_only=True)
class BuiltNetwork:
    """A network of ``n_samples * n_traces`` neurons and what is read from it."""

    task: SimulationTask
    definitions: Definitions
    n_samples: int
    group: NeuronGroup
    monitored: Mapping[str, Variable]
    spiked: Mapping[str, Variable] | None
    network: Network

    def set_columns(self, samples: np.ndarray, iteration: int, write: Write) -> None:
        """Give the columns of the samples and the number of the round to their variables."""
        variables = self.group.variables
        for name, column in zip(self.task.parameter_names, samples.T, strict=True):
            variable = variables[name]
            write(
                variable, as_type(np.repeat(column, self.task.n_traces), np.dtype(variable.dtype))
            )
        rounds = variables[ITERATION]
        write(rounds, np.full(rounds.size, iteration, dtype=rounds.dtype))

    def set_initial_values(self) -> None:
        """Apply `Model.initial_values` in order, expressions by the device."""
        for name, value in self.task.model.initial_values.items():
            if isinstance(value, str):
                with clear_errors(f"`param_init['{name}']` cannot be used"):
                    self._assign(name, value)
                continue
            variable = self.group.variables[name]
            argument = f"initial value of {name}"
            number = scalar_si(argument, value, self.task.model.dimensions(name))
            variable.set_value(as_type(np.full(variable.size, number), np.dtype(variable.dtype)))

    def run(self, n_steps: int) -> None:
        """Run so many steps, then evaluate what is wanted at the end."""
        duration = from_si(n_steps * self.task.dt, SECOND)
        with _short_garbage_collection():
            self.network.run(duration, namespace={})
        for name, variable in self.definitions.final_variables.items():
            if variable != name:
                self._assign(variable, name)

    def result(self, read: Read) -> SimulationResult:
        """Collect what the task asks for."""
        variables = self.group.variables
        return SimulationResult(
            traces={name: self._traces(name, read) for name in self.task.recorded},
            spikes=self._spikes(read),
            final={
                name: self._per_trace(read(variables[variable]))
                for name, variable in self.definitions.final_variables.items()
            },
            sums={
                accumulator.name: self._per_trace(read(variables[SUM_PREFIX + accumulator.name]))
                for accumulator in self.task.accumulators
            },
        )

    def _assign(self, name: str, expression: str) -> None:
        """Set a variable of all neurons by an expression, evaluated by the device."""
        view = self.group.variables[name].get_addressable_value_with_unit(name, self.group)
        view.set_with_expression_conditional("True", expression, run_namespace={})

    def _per_trace(self, values: np.ndarray) -> Float[np.ndarray, "n_samples n_traces"]:
        shape = (self.n_samples, self.task.n_traces)
        neurons = np.broadcast_to(values.astype(np.float64), shape[0] * shape[1])
        return np.array(neurons.reshape(shape))

    def _traces(self, name: str, read: Read) -> Float[np.ndarray, "n_samples n_traces n_steps"]:
        shape = (self.n_samples, self.task.n_traces, self.task.n_steps)
        recorded = read(self.monitored[name])
        neurons = np.broadcast_to(recorded.T, (shape[0] * shape[1], shape[2]))
        return np.array(neurons, dtype=np.float64, order="C").reshape(shape)

    def _spikes(self, read: Read) -> SpikeTrains | None:
        if self.spiked is None:
            return None
        return spike_trains_from_events(
            read(self.spiked["i"]),
            read(self.spiked["t"]),
            n_samples=self.n_samples,
            n_traces=self.task.n_traces,
        )


def as_type(values: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """Return `values` as integers (the nearest), booleans (not zero) or floats."""
    if np.issubdtype(dtype, np.integer):
        values = np.round(values)
    return values.astype(dtype)


def build_network(task: SimulationTask, definitions: Definitions, n_samples: int) -> BuiltNetwork:
    """Build the network of `n_samples` samples on the active device.

    All names are the same every time: the code is, too, and Cython's cache has it.
    """
    group = _neuron_group(task, definitions, n_samples * task.n_traces)
    network = Network(group)
    monitored: Mapping[str, Variable] = {}
    spiked = None
    if task.recorded:
        names = sorted(set(task.recorded))
        monitor = StateMonitor(group, names, record=True, name="brianfit_traces")
        network.add(monitor)
        monitored = monitor.variables
    if task.record_spikes:
        monitor = SpikeMonitor(group, name="brianfit_spikes")
        network.add(monitor)
        spiked = monitor.variables
    return BuiltNetwork(
        task=task,
        definitions=definitions,
        n_samples=n_samples,
        group=group,
        monitored=monitored,
        spiked=spiked,
        network=network,
    )


@contextmanager
def _short_garbage_collection() -> Iterator[None]:
    """Keep the collection with which Brian starts every run from looking at all there is.

    It serves a warning about unused objects, and takes longer than many a simulation.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _neuron_group(task: SimulationTask, definitions: Definitions, size: int) -> NeuronGroup:
    model = task.model
    method = {} if model.method is None else {"method": model.method}
    group = NeuronGroup(
        size,
        definitions.equations,
        threshold=model.threshold,
        reset=model.reset,
        refractory=model.refractory,
        events={name: event.condition for name, event in model.events.items()},
        method_options=dict(model.method_options),
        namespace=dict(definitions.namespace),
        clock=Clock(dt=from_si(task.dt, SECOND), name="brianfit_clock"),
        name="brianfit_neurons",
        **method,
    )
    for name, event in model.events.items():
        if event.code:
            group.run_on_event(name, event.code)
    for number, operation in enumerate(model.run_regularly):
        # In a slot, objects of one order are run by name; running sums and recording come later.
        group.run_regularly(
            operation.code,
            dt=operation.dt,
            when=operation.when,
            order=operation.order,
            name=f"brianfit_neurons_regularly_{number:03}",
        )
    if definitions.code_at_start:
        group.run_regularly(definitions.code_at_start, when="start", name="brianfit_sums")
    return group

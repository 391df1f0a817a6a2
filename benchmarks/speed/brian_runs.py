"""The same simulations through Brian 2 itself, as fast as a user could write them."""

from __future__ import annotations

import resource
import tempfile
import time
from typing import Any

import brian2
import numpy as np
from brian2 import (
    Network,
    NeuronGroup,
    Quantity,
    SpikeMonitor,
    StateMonitor,
    TimedArray,
    amp,
    second,
)
from brian2.devices.device import reset_device

from benchmarks.speed.neuron_models import TimedModel
from brianfit.model.complete_equations import TIMED_PREFIX, complete_equations


def cython_seconds(timed: TimedModel, n_samples: int, *, is_recorded: bool = True) -> float:
    """Return the processor time of the loop alone at run time, without code generation.

    Recorded is what the comparison needs, as the fused loop computes the error as well: the
    variable whose error is summed, or the spikes. Without `is_recorded` the former is left out.
    """
    before = brian2.prefs["codegen.target"]
    brian2.prefs["codegen.target"] = "cython"
    try:
        network, duration, namespace = _network(timed, n_samples, is_recorded=is_recorded)
        step = timed.dt * second
        network.run(step, namespace=namespace)
        network.run(step, namespace=namespace)
        started = time.process_time()
        network.run(step, namespace=namespace)
        overhead = time.process_time() - started
        started = time.process_time()
        network.run(duration, namespace=namespace)
        return time.process_time() - started - overhead
    finally:
        brian2.prefs["codegen.target"] = before


def standalone_seconds(timed: TimedModel, n_samples: int) -> float:
    """Return the processor time of the program that C++ standalone makes; compiling not counted."""
    with tempfile.TemporaryDirectory() as folder:
        brian2.set_device("cpp_standalone", directory=folder, build_on_run=False)
        try:
            network, duration, namespace = _network(timed, n_samples)
            network.run(duration, namespace=namespace)
            brian2.device.build(directory=folder, compile=True, run=False, debug=False)
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            brian2.device.run(folder, with_output=False)
            return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        finally:
            brian2.device.reinit()
            reset_device()


def _network(
    timed: TimedModel, n_samples: int, *, is_recorded: bool = False
) -> tuple[Network, Quantity, dict[str, Any]]:
    task = timed.task()
    model, n_traces = timed.model, task.n_traces
    equations = complete_equations(model, task.inputs, trace_index=f"i % {n_traces}")
    name = TIMED_PREFIX + "I"
    namespace = {
        **model.namespace,
        name: TimedArray(timed.current.T * amp, dt=timed.dt * second, name=name),
    }
    group = NeuronGroup(
        n_samples * n_traces,
        equations,
        threshold=model.threshold,
        reset=model.reset,
        refractory=model.refractory,
        method=model.method,
        dt=timed.dt * second,
        namespace=namespace,
    )
    values = np.repeat(timed.samples(n_samples), n_traces, axis=0)
    for column, parameter in enumerate(task.parameter_names):
        group.variables[parameter].set_value(values[:, column])
    for variable, value in model.initial_values.items():
        setattr(group, variable, value)
    network = Network(group)
    if model.threshold is not None:
        network.add(SpikeMonitor(group))
    if is_recorded and timed.error_of is not None:
        network.add(StateMonitor(group, timed.error_of, record=True))
    return network, task.n_steps * timed.dt * second, namespace

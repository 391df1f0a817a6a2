"""What a fitter takes from a model of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from brianfit._foundation.units import from_si
from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.fitting.problem.problem import Problem
from brianfit.library import NeuronModel
from brianfit.model import Model
from brianfit.objective import SPIKES

VOLTAGE = "v"
"""What models of the library call the voltage of the membrane."""

_START = 0.005
"""The first voltage is the median of so many seconds."""

SPIKE_METHOD = "exponential_euler"
"""How spiking models are integrated that do not say it themselves."""


def method_for_spikes(model: Any, method: str | None) -> str | None:
    """Return the method of a fit of spikes; a model of the library has its own."""
    return method if method or isinstance(model, NeuronModel) else SPIKE_METHOD


def with_library_model(arguments: FitterArguments) -> FitterArguments:
    """Return the arguments with what a model of the library says and the user does not."""
    ready = arguments.model
    if not isinstance(ready, NeuronModel):
        return arguments
    own_initial_values = arguments.param_init
    if own_initial_values is None or isinstance(own_initial_values, Mapping):
        own_initial_values = {**ready.initial_values, **(own_initial_values or {})}
    return replace(
        arguments,
        model=ready.equations,
        threshold=arguments.threshold or ready.threshold,
        reset=arguments.reset or ready.reset,
        refractory=ready.refractory if arguments.refractory is False else arguments.refractory,
        method=arguments.method or ready.method,
        param_init=own_initial_values,
    )


def started_as_recorded(problem: Problem, arguments: FitterArguments) -> Problem:
    """Return the problem with a model of the library that starts at the recorded voltage.

    A model that starts at its resting voltage would first have to move to where a holding current
    holds the cell. What the user says about the first voltage stands.
    """
    own = arguments.param_init
    is_told = isinstance(own, Mapping) and VOLTAGE in own
    if not isinstance(arguments.model, NeuronModel) or is_told:
        return problem
    if VOLTAGE not in problem.trace_names or VOLTAGE not in problem.model.initial_values:
        return problem
    firsts = [
        sweep.traces[VOLTAGE][: max(1, round(_START / sweep.dt))] for sweep in problem.recordings
    ]
    known = [np.median(first) for first in firsts if np.isfinite(first).all()]
    if not known:
        return problem
    volts = from_si(float(np.median(known)), problem.model.dimensions(VOLTAGE))
    return problem.with_initial_values({**problem.model.initial_values, VOLTAGE: volts})


def default_parameters(ready: Any, model: Model, output_names: tuple[str, ...]) -> dict[str, Any]:
    """Return how the parameters of a model of the library are treated unless told; none of others.

    Parameters
    ----------
    ready
        The model as the user gave it.
    model
        The model as it was read; parameters with an initial value need no bounds.
    output_names
        What is fitted.
    """
    if not isinstance(ready, NeuronModel):
        return {}
    defaults = ready.parameters_for(only_spikes=output_names == (SPIKES,))
    return {name: how for name, how in defaults.items() if name not in model.initial_values}


__all__ = [
    "SPIKE_METHOD",
    "default_parameters",
    "method_for_spikes",
    "started_as_recorded",
    "with_library_model",
]

"""What a fitter takes from a model of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.library import NeuronModel
from brianfit.model import Model
from brianfit.objective import SPIKES

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


__all__ = ["SPIKE_METHOD", "default_parameters", "method_for_spikes", "with_library_model"]

"""Simulate one set of parameters and return its traces or spikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import (
    InvalidTypeError,
    Problems,
    UnknownNameError,
)
from brianfit._foundation.units import SECOND, from_si
from brianfit.engines import AbstractEngine, SimulationResult
from brianfit.fitting.problem.parameter_values import checked_values, with_param_init
from brianfit.fitting.problem.problem import Problem
from brianfit.objective import SPIKES


@final
@dataclass(frozen=True, kw_only=True)
class GenerateRequest:
    """What is to be simulated.

    Attributes
    ----------
    names
        Variables, and ``'spikes'``.
    params
        Values of the parameters, with or without units.
    param_init
        Initial values that replace those of the fitter.
    """

    names: tuple[str, ...]
    params: Mapping[str, Any]
    param_init: Mapping[str, Any] | None
    iteration: int
    seed: int


def generate(problem: Problem, request: GenerateRequest, engine: AbstractEngine) -> dict[str, Any]:
    """Return ``{name: traces or spikes}`` with units.

    Traces have shape (n_traces, n_steps); where a trace has ended before the longest one, they are
    nan. Spikes are a list with one array per trace.

    Raises
    ------
    BrianfitError
        If a name or a value is wrong; all problems are listed.
    """
    problem = with_param_init(problem, request.param_init)
    values = checked_values(problem.model, request.params)
    _check_names(problem, request.names)
    task = replace(
        problem.task(),
        parameter_names=tuple(values),
        recorded=tuple(name for name in request.names if name != SPIKES),
        record_spikes=SPIKES in request.names,
    )
    result = engine.prepare(task).run(
        np.array([list(values.values())], dtype=np.float64).reshape(1, len(values)),
        iteration=request.iteration,
        seed=request.seed,
    )
    return {name: _with_unit(problem, result, name) for name in request.names}


def output_names(output_var: Any, default: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the names asked for, and whether a single one was meant."""
    if output_var is None:
        return tuple(default), len(default) == 1
    if isinstance(output_var, str):
        return (output_var,), True
    names = tuple(output_var) if isinstance(output_var, list | tuple) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise InvalidTypeError(
            "`output_var` must be the name of a variable or a list of names, but is "
            f"{output_var!r}."
        )
    return names, False


def _check_names(problem: Problem, names: Sequence[str]) -> None:
    problems = Problems()
    model = problem.model
    for name in names:
        if name == SPIKES:
            if model.threshold is None:
                problems.add(InvalidTypeError("The model has no `threshold`, so it has no spikes."))
        elif not model.has_variable(name):
            problems.add(
                UnknownNameError(
                    f"'{name}' is not a variable of the model."
                    f"{suggestion(name, model.variable_names)}"
                )
            )
    problems.raise_if_any()


def _with_unit(problem: Problem, result: SimulationResult, name: str) -> Any:
    durations = problem.recordings.durations
    if name == SPIKES:
        if result.spikes is None:
            raise RuntimeError("The engine returned no spikes although they were asked for.")
        trains = result.spikes.within(durations)
        return [from_si(trains.train(0, trace), SECOND) for trace in range(trains.n_traces)]
    traces = np.array(result.traces[name][0], dtype=np.float64)
    ends = np.round(durations / problem.dt).astype(np.int64)
    traces[np.arange(problem.n_steps) >= ends[:, np.newaxis]] = np.nan
    return from_si(traces, problem.model.dimensions(name))

"""From the arguments of a fitter to a checked problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2.utils.stringtools import get_identifiers

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    Problems,
    UnitMismatchError,
    UnknownNameError,
)
from brianfit._foundation.units import (
    SECOND,
    same_dimensions,
    scalar_si,
    si_array,
    unit_name,
)
from brianfit.data import Recording, RecordingSet
from brianfit.fitting.problem.model_arguments import check_model_arguments
from brianfit.fitting.problem.named_values import named_inputs, named_outputs
from brianfit.fitting.problem.problem import TARGET_SUFFIX, Problem
from brianfit.model import Model
from brianfit.model.model import read_equations
from brianfit.objective import SPIKES

MOST_STEPS = 1e9
"""A trace of more steps would take longer than anyone waits, and more memory than there is."""


@final
@dataclass(frozen=True, kw_only=True)
class FitterArguments:
    """The arguments of a fitter that describe the problem, as the user gave them.

    Attributes
    ----------
    kind
        What the fitter compares: 'traces', 'spikes', or 'any' of both.
    """

    kind: str = "any"
    model: Any
    input: Any
    output: Any
    dt: Any
    recording_dt: Any = None
    input_var: Any = None
    output_var: Any = None
    threshold: Any = None
    reset: Any = None
    refractory: Any = False
    method: Any = None
    param_init: Any = None


def read_problem(arguments: FitterArguments) -> Problem:
    """Return the problem, checked as far as it can be without external constants.

    Raises
    ------
    BrianfitError
        If anything is wrong; all problems that do not hide one another are listed.
    """
    model = read_model(arguments)
    dt = scalar_si("dt", arguments.dt, SECOND, plain_is_si=False)
    if not (np.isfinite(dt) and dt > 0):
        raise InvalidValueError(f"`dt` must be positive and finite, but is {arguments.dt}.")
    recordings, outputs = _read_recordings(arguments)
    _check_kind(arguments.kind, outputs)
    problem = Problem(model=model, recordings=recordings, dt=dt, output_names=outputs)
    problems = Problems()
    checks = (
        *(_check_number_of_steps, _check_inputs, _check_outputs),
        *(_check_spikes, _check_initial_values),
    )
    for check in checks:
        for found in check(problem):
            problems.add(found)
    problems.raise_if_any()
    return problem


def read_model(arguments: FitterArguments) -> Model:
    """Return the model; a `Model` object is taken as it is."""
    if isinstance(arguments.model, Model):
        return arguments.model
    initial_values = {} if arguments.param_init is None else arguments.param_init
    problems = Problems()
    for found in check_model_arguments(
        threshold=arguments.threshold,
        reset=arguments.reset,
        refractory=arguments.refractory,
        method=arguments.method,
        initial_values=initial_values,
    ):
        problems.add(found)
    problems.raise_if_any()
    return Model(
        equations=read_equations(arguments.model),
        threshold=arguments.threshold,
        reset=arguments.reset,
        refractory=False if arguments.refractory is None else arguments.refractory,
        method=arguments.method,
        initial_values=dict(initial_values),
    )


def needed_names(model: Model) -> frozenset[str]:
    """Return the names that a model uses without defining them, in whatever part of it."""
    names = set(model.undefined_names)
    for text in model.code_blocks:
        names |= get_identifiers(text)
    return frozenset(names) - frozenset(model.equations.names)


def check_initial_values(model: Model) -> Iterator[BrianfitError]:
    """Yield what is wrong with the initial values of a model."""
    known = {*model.differential_variables, *model.parameter_names}
    for name, value in model.initial_values.items():
        if name not in known:
            yield InvalidValueError(
                f"`param_init` names '{name}', which is neither a variable with a differential "
                f"equation nor a parameter.{suggestion(name, known)}"
            )
        elif not isinstance(value, str):
            try:
                scalar_si(f"param_init['{name}']", value, model.dimensions(name))
            except BrianfitError as problem:
                yield problem


def _read_recordings(arguments: FitterArguments) -> tuple[RecordingSet, tuple[str, ...]]:
    if isinstance(arguments.input, RecordingSet):
        return arguments.input, _outputs_of_set(arguments, arguments.input)
    inputs = named_inputs(arguments.input, _input_var(arguments))
    outputs = named_outputs(_named_spikes(arguments), arguments.output_var)
    recordings = RecordingSet.from_arrays(
        dt=_sampling_step(arguments),
        inputs=inputs,
        traces={name: values for name, values in outputs.items() if name != SPIKES},
        spikes=outputs.get(SPIKES),
    )
    return recordings, tuple(outputs)


def _sampling_step(arguments: FitterArguments) -> Any:
    """Return the sampling step of the recordings, or those of all sweeps."""
    given = arguments.recording_dt
    if given is None:
        return arguments.dt
    steps = si_array("recording_dt", given, SECOND, plain_is_si=False)
    if steps.size == 0 or not np.all(np.isfinite(steps) & (steps > 0)):
        raise InvalidValueError(f"`recording_dt` must be positive and finite, but is {given}.")
    return given


def _check_kind(kind: str, outputs: tuple[str, ...]) -> None:
    """Check that outputs are what a fitter compares."""
    if kind == "traces" and SPIKES in outputs:
        traces = [name for name in outputs if name != SPIKES]
        without = f", give output={traces} or recordings.without_spikes()" if traces else ""
        raise InvalidTypeError(
            "TraceFitter fits traces. For spikes use SpikeFitter; for both together, Fitter; to "
            f"leave the spikes out{without}."
            if traces
            else "TraceFitter fits traces. For spikes use SpikeFitter; for both together, Fitter."
        )
    if kind == "spikes" and outputs != (SPIKES,):
        raise InvalidTypeError(
            "SpikeFitter fits spike times. For traces use TraceFitter; for both, Fitter."
        )


def _input_var(arguments: FitterArguments) -> Any:
    """Return the name of the input; a `SpikeFitter` has one also where names are given."""
    is_named = arguments.kind == "spikes" and isinstance(arguments.input, Mapping)
    return None if is_named else arguments.input_var


def _named_spikes(arguments: FitterArguments) -> Any:
    """Return the outputs; spike trains given alone under the name that they have."""
    output = arguments.output
    if arguments.kind != "spikes" or output is None or isinstance(output, Mapping):
        return output
    return {SPIKES: output}


def _outputs_of_set(arguments: FitterArguments, recordings: RecordingSet) -> tuple[str, ...]:
    """Return the outputs of a `RecordingSet` that are compared: all, or those named."""
    problems = Problems()
    for name in ("recording_dt", "input_var"):
        given = getattr(arguments, name)
        if given is None or (arguments.kind == "spikes" and name == "input_var"):
            continue
        if name == "input_var" and [given] == list(recordings.input_names):
            continue
        known = "steps" if name == "recording_dt" else f"inputs, {list(recordings.input_names)}"
        problems.add(
            InvalidValueError(
                f"`{name}` is given, but `input` is a RecordingSet, which has its own {known}: "
                f"leave `{name}` out."
            )
        )
    problems.raise_if_any()
    chosen = arguments.output if arguments.output_var is None else arguments.output_var
    if arguments.output is not None and arguments.output_var is not None:
        raise InvalidValueError(
            "`input` is a RecordingSet: name what is compared by `output` or by `output_var`, not "
            "by both."
        )
    spikes = (SPIKES,) if recordings.has_spikes else ()
    there = (*recordings.trace_names, *spikes)
    if chosen is None:
        return spikes if arguments.kind == "spikes" else there
    if isinstance(chosen, str):
        chosen = [chosen]
    are_names = isinstance(chosen, list | tuple) and all(isinstance(name, str) for name in chosen)
    if not are_names or not set(chosen) <= set(there) or len(set(chosen)) != len(chosen):
        raise InvalidValueError(
            "`input` is a RecordingSet, which holds the outputs as well: leave `output` out, or "
            f"name those that are to be compared; there are {list(there)}."
        )
    return tuple(chosen)


def _check_inputs(problem: Problem) -> Iterator[BrianfitError]:
    model = problem.model
    needed = needed_names(model)
    for name in problem.recordings.input_names:
        if model.has_variable(name):
            yield InvalidValueError(
                f"The input '{name}' is defined by the equations; an input must be used there "
                "without being defined. Remove its definition."
            )
        elif name not in needed:
            yield UnknownNameError(
                f"The input '{name}' is not used in the equations.{suggestion(name, needed)}"
            )


def _check_outputs(problem: Problem) -> Iterator[BrianfitError]:
    model = problem.model
    if not problem.output_names:
        yield InvalidValueError("There is no output: nothing could be compared.")
    for name in problem.trace_names:
        if not model.has_variable(name):
            yield UnknownNameError(
                f"The output '{name}' is not a variable of the model."
                f"{suggestion(name, model.variable_names)} It defines: "
                f"{', '.join(model.variable_names)}."
            )
            continue
        expected, found = model.dimensions(name), problem.recordings.dimensions[name]
        if not same_dimensions(expected, found):
            yield UnitMismatchError(
                f"The output '{name}' has the unit {unit_name(expected)} in the model, but "
                f"{unit_name(found)} in the recording."
            )
    for number, recording in enumerate(problem.recordings):
        yield from _check_sizes(recording, number)


def _check_sizes(recording: Recording, number: int) -> Iterator[BrianfitError]:
    sizes = {name: values.size for name, values in {**recording.inputs, **recording.traces}.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} has {size} values" for name, size in sizes.items())
        yield InvalidValueError(
            f"Input and output must have the same size, but in trace {number} {listed}."
        )


def _check_number_of_steps(problem: Problem) -> Iterator[BrianfitError]:
    n_steps = problem.duration / problem.dt
    if not n_steps <= MOST_STEPS:
        yield InvalidValueError(
            f"`dt` of {problem.dt:g} s divides the longest trace, of {problem.duration:g} s, into "
            f"{n_steps:.3g} steps. Has `dt`, or `recording_dt`, the unit that was meant?"
        )


def _check_spikes(problem: Problem) -> Iterator[BrianfitError]:
    if SPIKES not in problem.output_names:
        return
    if problem.model.threshold is None:
        yield InvalidTypeError("Spikes are fitted, so the model needs a `threshold`.")
    for number, recording in enumerate(problem.recordings):
        for train in recording.spike_trains:
            if train.size and (train[0] < 0 or train[-1] > recording.duration):
                yield InvalidValueError(
                    f"Trace {number} lasts {recording.duration:g} s, but has spikes from "
                    f"{train[0]:g} s to {train[-1]:g} s. Numbers without a unit are seconds: were "
                    "they meant in milliseconds?"
                )


def _check_initial_values(problem: Problem) -> Iterator[BrianfitError]:
    yield from check_initial_values(problem.model)


def target_names(problem: Problem) -> tuple[str, ...]:
    """Return the names under which equations may use the recorded outputs."""
    return tuple(name + TARGET_SUFFIX for name in problem.trace_names)

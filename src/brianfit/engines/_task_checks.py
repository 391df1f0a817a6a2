"""Whether a task can be simulated at all: every problem of its names, in one message."""

from __future__ import annotations

from collections.abc import Iterable

from brian2.stateupdaters.base import StateUpdateMethod

from brianfit._foundation.arguments import check_choice, suggestion
from brianfit._foundation.errors import InvalidValueError, Problems, UnknownNameError
from brianfit.engines._base import SimulationTask
from brianfit.model.model import ITERATION


def check_task(task: SimulationTask) -> None:
    """Check the names of `task` and what they refer to.

    Raises
    ------
    UnknownNameError
        If the task names a variable that the model does not have.
    InvalidValueError
        If a variable cannot be used as the task wants it.
    """
    problems = Problems()
    _check_start(task, problems)
    given = (*task.inputs, *task.targets, ITERATION)
    _check_known("recorded", task.recorded, task, given, problems)
    _check_known("final", task.final, task, given, problems)
    _check_known("sloped", task.sloped, task, given, problems)
    _check_directions(task, problems)
    for accumulator in (*task.accumulators, *task.squares):
        argument = f"variables of the accumulator '{accumulator.name}'"
        _check_known(argument, accumulator.variables, task, (*given, "t", "dt"), problems)
    _check_refractory(task, problems)
    _check_linked(task, problems)
    _check_method(task.model.method, problems)
    if task.record_spikes and task.model.threshold is None and "spike" not in task.model.events:
        problems.add(
            InvalidValueError("Spikes are to be recorded, but the model has no threshold.")
        )
    problems.raise_if_any()


def _check_directions(task: SimulationTask, problems: Problems) -> None:
    for name in task.directions:
        if name not in task.parameter_names:
            problems.add(
                InvalidValueError(
                    f"Derivatives are wanted with respect to '{name}', which is not a column of "
                    f"the samples; those are: {', '.join(task.parameter_names)}."
                )
            )
    if not task.directions and (task.squares or task.sloped):
        problems.add(
            InvalidValueError(
                "`squares` and `sloped` ask for derivatives; name with respect to which in "
                "`directions`."
            )
        )


def _check_refractory(task: SimulationTask, problems: Problems) -> None:
    if task.model.refractory is True:
        problems.add(
            InvalidValueError(
                "`refractory` must be a time, or an expression that says whether or how long "
                "the neuron is refractory, but is True."
            )
        )


def _check_linked(task: SimulationTask, problems: Problems) -> None:
    linked = [name for name, it in task.model.equations.items() if "linked" in it.flags]
    for name in linked:
        problems.add(
            InvalidValueError(
                f"'{name}' is declared as (linked), but there is no other group to link it to. "
                "Give it over time as an input, or drop the flag."
            )
        )


def _check_method(method: str | None, problems: Problems) -> None:
    if method is None:
        return
    try:
        check_choice("method", method, sorted(StateUpdateMethod.stateupdaters))
    except InvalidValueError as problem:
        problems.add(problem)


def _check_start(task: SimulationTask, problems: Problems) -> None:
    """Columns of the samples and initial values must be variables that have a state."""
    _check_known("parameter_names", task.parameter_names, task, (), problems)
    _check_known("initial_values", task.model.initial_values, task, (ITERATION,), problems)
    subexpressions = set(task.model.subexpressions)
    for name in sorted(subexpressions & {*task.parameter_names, *task.model.initial_values}):
        problems.add(
            InvalidValueError(
                f"'{name}' cannot be set because its equation computes it; only parameters and "
                "variables with a differential equation have a value of their own."
            )
        )


def _check_known(
    argument: str,
    names: Iterable[str],
    task: SimulationTask,
    also: Iterable[str],
    problems: Problems,
) -> None:
    known = [*task.model.variable_names, *also]
    for name in names:
        if name not in known:
            problems.add(
                UnknownNameError(
                    f"The model has no variable '{name}' (named in {argument})."
                    f"{suggestion(name, known)} It has: {', '.join(sorted(known))}."
                )
            )

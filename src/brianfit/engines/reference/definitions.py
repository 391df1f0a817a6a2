"""The model of a task as one Brian group sees it: equations, external names, code per step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, final

from brian2.equations.equations import PARAMETER, SUBEXPRESSION, Equations, SingleEquation
from brian2.input.timedarray import TimedArray
from brian2.utils.stringtools import get_identifiers, word_substitute

from brianfit._foundation.units import DIMENSIONLESS, SECOND, Dimension, from_si
from brianfit.engines._base import SimulationTask
from brianfit.model import Accumulator, Model, TimedValues
from brianfit.model.complete_equations import TIMED_PREFIX, complete_equations

SUM_PREFIX = "brianfit_sum_"
"""A running sum is a variable called this plus the name of its accumulator."""

FINAL_PREFIX = "brianfit_final_"
"""The value of a subexpression at the end of the run is a variable called this plus its name."""

_UNIT_PREFIX = "brianfit_unit_"


@final
@dataclass(frozen=True, kw_only=True)
class Definitions:
    """What a task adds up to in the language of Brian.

    Attributes
    ----------
    equations
        The model's equations with inputs, targets, running sums and final values.
    namespace
        Every external name that the equations and the code may use.
    code_at_start
        Code that is run at the start of every step, before the state is updated.
    final_variables
        The variable to be read at the end of the run, for each name of `SimulationTask.final`.
    """

    equations: Equations
    namespace: Mapping[str, Any]
    code_at_start: str
    final_variables: Mapping[str, str]


def define(task: SimulationTask) -> Definitions:
    """Return the definitions of `task`."""
    trace_index = f"i % {task.n_traces}"
    timed = used_timed_values(task)
    model = replace(task.model, equations=_without_shared(task.model.equations))
    equations = complete_equations(model, timed, trace_index=trace_index)
    dimensions = {name: equations[name].dim for name in equations.names}
    dimensions |= {"t": SECOND, "dt": SECOND}
    final_variables = {
        name: FINAL_PREFIX + name if _is_subexpression(equations, name) else name
        for name in task.final
    }
    equations += Equations(_added_variables(task, equations, final_variables))
    namespace = _external_names(task.model, equations)
    namespace |= _timed_arrays(timed) | _sum_arrays(task)
    namespace |= _units(task.accumulators, dimensions)
    return Definitions(
        equations=equations,
        namespace=namespace,
        code_at_start="\n".join(
            _sum_statement(accumulator, trace_index, dimensions)
            for accumulator in task.accumulators
        ),
        final_variables=final_variables,
    )


def used_timed_values(task: SimulationTask) -> dict[str, TimedValues]:
    """Return the inputs and targets of `task` that anything in it refers to."""
    used = set(task.model.equations.identifiers)
    used.update(task.recorded, task.final)
    for accumulator in task.accumulators:
        used.update(accumulator.variables)
    for code in task.model.code_blocks:
        used |= get_identifiers(code)
    given = {**task.targets, **task.inputs}
    return {name: values for name, values in given.items() if name in used}


def _without_shared(equations: Equations) -> Equations:
    """Give every neuron its own copy of ``(shared)`` variables.

    Neurons are independent simulations here: what one simulation shares among its neurons may
    differ from sample to sample and from trace to trace.
    """
    return Equations(
        [
            SingleEquation(
                equation.type,
                equation.varname,
                equation.dim,
                var_type=equation.var_type,
                expr=equation.expr,
                flags=[flag for flag in equation.flags if flag != "shared"],
            )
            for equation in equations.values()
        ]
    )


def _is_subexpression(equations: Equations, name: str) -> bool:
    return name in equations.names and equations[name].type == SUBEXPRESSION


def _added_variables(
    task: SimulationTask, equations: Equations, final_variables: Mapping[str, str]
) -> list[SingleEquation]:
    """Variables for the running sums and for the final values of subexpressions."""
    sums = [
        SingleEquation(PARAMETER, SUM_PREFIX + accumulator.name, DIMENSIONLESS)
        for accumulator in task.accumulators
    ]
    finals = [
        SingleEquation(PARAMETER, variable, equations[name].dim, var_type=equations[name].var_type)
        for name, variable in final_variables.items()
        if variable != name
    ]
    return sums + finals


def _external_names(model: Model, equations: Equations) -> dict[str, Any]:
    """Return what the model uses of its namespace; names that the equations define are theirs."""
    used = set(equations.identifiers)
    for code in model.code_blocks:
        used |= get_identifiers(code)
    return {
        name: value
        for name, value in model.namespace.items()
        if name in used and name not in equations.names
    }


def _timed_arrays(timed: Mapping[str, TimedValues]) -> dict[str, TimedArray]:
    return {
        TIMED_PREFIX + name: _timed_array(
            TIMED_PREFIX + name, from_si(values.values.T, values.dimensions), values.dt
        )
        for name, values in timed.items()
    }


def _timed_array(name: str, values: Any, dt: float) -> TimedArray:
    return TimedArray(values, dt=from_si(dt, SECOND), name=name)


def _sum_arrays(task: SimulationTask) -> dict[str, TimedArray]:
    arrays = {}
    for accumulator in task.accumulators:
        for name, values in accumulator.timed.items():
            array = _sum_array_name(accumulator, name)
            arrays[array] = _timed_array(array, values.T, task.dt)
    return arrays


def _sum_array_name(accumulator: Accumulator, name: str) -> str:
    return f"{TIMED_PREFIX}{accumulator.name}_{name}"


def _units(
    accumulators: Iterable[Accumulator], dimensions: Mapping[str, Dimension]
) -> dict[str, Any]:
    names = {name for accumulator in accumulators for name in accumulator.variables}
    return {
        _UNIT_PREFIX + name: from_si(1.0, dimensions[name])
        for name in sorted(names & set(dimensions))
        if dimensions[name] is not DIMENSIONLESS
    }


def _sum_statement(
    accumulator: Accumulator, trace_index: str, dimensions: Mapping[str, Dimension]
) -> str:
    """Add the expression to its sum; dividing by the SI unit leaves the number, bit for bit."""
    replaced = {
        name: f"({name}/{_UNIT_PREFIX}{name})"
        for name in accumulator.variables
        if dimensions.get(name, DIMENSIONLESS) is not DIMENSIONLESS
    }
    replaced |= {
        name: f"{_sum_array_name(accumulator, name)}(t, {trace_index})"
        for name in accumulator.timed
    }
    return f"{SUM_PREFIX}{accumulator.name} += {word_substitute(accumulator.expression, replaced)}"

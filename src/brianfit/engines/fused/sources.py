"""Stages 1 to 3: a task to source, remembered on disk.

Reading a model with Brian and SymPy takes longer than loading a compiled kernel; a task that is
known by its content is therefore not read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, final

import numpy as np
from brian2.core.functions import Function
from brian2.input.timedarray import TimedArray

from brianfit._foundation.units import dimensions_of
from brianfit.engines._base import SimulationTask
from brianfit.engines._brian_messages import clear_errors, quiet
from brianfit.engines._task_checks import check_task
from brianfit.engines.fused.cache import cache_folder, key_of, read_record, write_record
from brianfit.engines.fused.loop_program import Table
from brianfit.model import Model, TimedValues


@final
@dataclass(frozen=True, kw_only=True)
class Emitted:
    """The source of a kernel and what it needs.

    Attributes
    ----------
    tables
        The arrays that it takes after its fixed arguments.
    n_states
        How many states a neuron has.
    functions
        External functions, by the names that it calls them.
    """

    source: str
    tables: tuple[Table, ...]
    n_states: int
    functions: Mapping[str, object] = field(default_factory=dict)


def emitted_source(task: SimulationTask, precision: str) -> Emitted:
    """Return the source of the kernel of `task`.

    Raises
    ------
    UnsupportedByFusedEngine
        If the loop language cannot say what the model does.
    BrianfitError
        If the task or the model is wrong.
    """
    check_task(task)
    content = _content(task)
    if content is None:
        return _emit(task, precision)
    path = cache_folder() / f"source_{key_of(content, precision)}.json"
    known = read_record(path)
    if known is not None:
        tables = (Table(**{**table, "key": tuple(table["key"])}) for table in known["tables"])
        return Emitted(source=known["source"], tables=tuple(tables), n_states=known["n_states"])
    emitted = _emit(task, precision)
    tables_as_texts = [asdict(table) for table in emitted.tables]
    record = {"source": emitted.source, "tables": tables_as_texts, "n_states": emitted.n_states}
    write_record(path, record)
    return emitted


def _emit(task: SimulationTask, precision: str) -> Emitted:
    # SymPy is needed only here.
    from brianfit.engines.fused.analysis import analyse
    from brianfit.engines.fused.emit import emit
    from brianfit.engines.fused.passes import optimise, schedule

    with quiet(), clear_errors("Brian cannot run the model"):
        program = analyse(task)
    program = optimise(program, precision)
    source = emit(
        program,
        schedule(program),
        description=_description(task.model),
        precision=precision,
        stoppable=task.stoppable,
    )
    functions = {f"user_{name}": function for name, function in program.functions.items()}
    return Emitted(
        source=source,
        tables=program.tables,
        n_states=len(program.states),
        functions=functions,
    )


def _description(model: Model) -> str:
    lines = str(model.equations).splitlines()
    lines += [f"threshold: {model.threshold}"] if model.threshold else []
    lines += [f"reset: {'; '.join(str(model.reset).split(chr(10)))}"] if model.reset else []
    lines += [f"refractory: {model.refractory}"] if model.refractory is not False else []
    lines += [f"event {name}: {event.condition}" for name, event in model.events.items()]
    lines += [f"regularly: {'; '.join(it.code.split(chr(10)))}" for it in model.run_regularly]
    lines += [f"method: {model.method or 'chosen by Brian'}"]
    return "\n".join(line.replace("\\", "/").replace('"""', "'''") for line in lines)


def _content(task: SimulationTask) -> object | None:
    """Return what the source depends on; None if that cannot be told."""
    model = task.model
    names = {name: _external(value) for name, value in sorted(model.namespace.items())}
    if any(value is None for value in names.values()):
        return None
    return (
        sorted(_equation(equation) for equation in model.equations.values()),
        [repr(part) for part in (model.threshold, model.reset, model.method)],
        _given(model.refractory),
        sorted((name, repr(value)) for name, value in model.method_options.items()),
        sorted((name, event.condition, event.code) for name, event in model.events.items()),
        [(it.code, _given(it.dt), it.when, it.order) for it in model.run_regularly],
        [(name, _given(value)) for name, value in model.initial_values.items()],
        names,
        task.parameter_names,
        [_timed(values) for values in (task.inputs, task.targets)],
        [repr(value) for value in (task.dt, task.recorded, task.record_spikes, task.final)],
        [(sums.name, sums.expression, sorted(sums.timed)) for sums in task.accumulators],
        [(sums.name, sums.expression, sorted(sums.timed)) for sums in task.squares],
        [task.directions, task.sloped, task.stoppable],
    )


def _equation(equation: Any) -> tuple[str, ...]:
    parts = (equation.varname, equation.type, equation.var_type, equation.expr, equation.dim)
    return (*(repr(part) for part in parts), *sorted(equation.flags))


def _given(value: object) -> str:
    """Return a value given by the user as text: exact, with its unit."""
    if isinstance(value, str | bool | None):
        return repr(value)
    return repr((np.asarray(value).tolist(), repr(dimensions_of(value))))


def _timed(given: Mapping[str, TimedValues]) -> list[tuple[str, ...]]:
    return [(name, repr(values.dt), repr(values.dimensions)) for name, values in given.items()]


def _external(value: object) -> str | None:
    if isinstance(value, TimedArray):
        return repr(("TimedArray", value.dt, repr(value.dim), value.values.shape[1:]))
    if isinstance(value, Function) or callable(value):
        return None
    return _given(value)

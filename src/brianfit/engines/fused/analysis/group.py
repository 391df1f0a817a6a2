"""What Brian makes of a model: the abstract code of one step, and what its names mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable, Constant, Subexpression
from brian2.devices.device import get_device, reset_device, set_device
from brian2.equations.equations import Equations
from brian2.groups.neurongroup import NeuronGroup
from brian2.input.timedarray import TimedArray
from brian2.units.allunits import second
from brian2.units.fundamentalunits import Quantity

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines._base import SimulationTask
from brianfit.engines.fused.analysis.regular import Phase, RegularCode, regular_code
from brianfit.engines.fused.analysis.translation import translate
from brianfit.engines.fused.ir import Kind
from brianfit.model import TimedValues
from brianfit.model.complete_equations import TIMED_PREFIX, complete_equations

TRACE_INDEX = "brianfit_trace"
"""Parameter of the analysed model that holds the number of a neuron's trace."""


@final
@dataclass(frozen=True, kw_only=True)
class EventCode:
    """The abstract code of the spike or of another event."""

    name: str
    condition: str
    effects: str


@final
@dataclass(frozen=True, kw_only=True)
class GroupCode:
    """One step of a model in Brian's abstract code.

    Attributes
    ----------
    before_start
        Values of subexpressions that are constant over a step.
    regular
        Code that is run by the clock, by the phase of a step.
    update
        The state update, refractoriness included.
    events
        In the order in which Brian checks them.
    variables
        Kind of everything that is stored.
    subexpressions
        Expression and kind of everything that is computed where it is used.
    masked
        Variables that are not updated while a neuron is refractory.
    drift
        The right side of every differential equation, without noise.
    is_stochastic
        Whether any of them has noise.
    is_refractory
        Whether spikes make neurons refractory.
    refractory
        How long, or on which condition.
    resolve
        Returns what an external name means, as Brian sees it.
    """

    before_start: str
    regular: Mapping[Phase, tuple[RegularCode, ...]]
    update: str
    events: tuple[EventCode, ...]
    variables: Mapping[str, Kind]
    subexpressions: Mapping[str, tuple[str, Kind]]
    masked: frozenset[str]
    drift: Mapping[str, str]
    is_stochastic: bool
    is_refractory: bool
    refractory: object
    resolve: Callable[[str], Any]


def read_group(task: SimulationTask) -> GroupCode:
    """Return the abstract code of the model of `task`, as Brian's state updaters write it."""
    with _runtime_device(), _numpy_target():
        group = _make_group(task)
        translate(group, task.model)
        return _code_of(group, task)


@contextmanager
def _runtime_device() -> Iterator[None]:
    """Analyse on the runtime device, whatever device the user has chosen."""
    if get_device() is _runtime():
        yield
        return
    set_device("runtime")
    try:
        yield
    finally:
        reset_device()


@contextmanager
def _numpy_target() -> Iterator[None]:
    """Let Brian write NumPy code, which needs no compiler."""
    chosen = prefs["codegen.target"]
    prefs["codegen.target"] = "numpy"
    try:
        yield
    finally:
        prefs["codegen.target"] = chosen


def _runtime() -> object:
    from brian2.devices.device import runtime_device

    return runtime_device


def _make_group(task: SimulationTask) -> NeuronGroup:
    model = task.model
    if model.method is not None and str(model.method).startswith("gsl"):
        raise UnsupportedByFusedEngine(
            f"The method '{model.method}' integrates with the GNU Scientific Library, whose steps "
            "adapt to the solution; the fused engine has fixed steps only."
        )
    timed = {**task.inputs, **task.targets}
    equations = complete_equations(model, timed, trace_index=TRACE_INDEX)
    namespace = {**model.namespace, **_stand_ins(timed)}
    group = NeuronGroup(
        1,
        equations + Equations(f"{TRACE_INDEX} : integer (constant)"),
        threshold=model.threshold,
        reset=model.reset,
        refractory=model.refractory,
        events={name: event.condition for name, event in model.events.items()},
        namespace=namespace,
        dt=task.dt * second,
        name="brianfit_fused*",
        **_method_of(task),
    )
    # The group is only read: Brian need not warn that it is never run, nor run it with others.
    group.add_to_magic_network = False
    group._network = "brianfit"
    for name, event in model.events.items():
        if event.code:
            group.run_on_event(name, event.code)
    for operation in model.run_regularly:
        group.run_regularly(
            operation.code, dt=operation.dt, when=operation.when, order=operation.order
        )
    if group._linked_variables:
        raise UnsupportedByFusedEngine(
            "The model has linked variables "
            f"({', '.join(sorted(group._linked_variables))}), whose values belong to another "
            "group; the fused engine knows one group only."
        )
    return group


def _method_of(task: SimulationTask) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if task.model.method is not None:
        chosen["method"] = task.model.method
    if task.model.method_options:
        chosen["method_options"] = dict(task.model.method_options)
    return chosen


def _stand_ins(timed: Mapping[str, TimedValues]) -> dict[str, TimedArray]:
    """Return functions with the units and the step of the real values, but without them.

    State updaters ask whether a value is constant over a step; that depends on the step alone.
    """
    return {
        TIMED_PREFIX + name: TimedArray(
            Quantity(np.zeros((1, 1)), dim=values.dimensions),
            dt=values.dt * second,
        )
        for name, values in timed.items()
    }


def _code_of(group: NeuronGroup, task: SimulationTask) -> GroupCode:
    updater = group.subexpression_updater
    names = [name for name in ("spike",) if name in group.events]
    names += sorted(name for name in group.events if name != "spike")
    return GroupCode(
        before_start=updater.abstract_code if updater is not None else "",
        regular=regular_code(task.model, task.dt),
        update=group.state_updater.abstract_code,
        events=tuple(
            EventCode(
                name=name,
                condition=group.thresholder[name].abstract_code,
                effects=group.event_codes.get(name, ""),
            )
            for name in names
        ),
        variables=_stored(group),
        subexpressions={
            name: (variable.expr, _kind(variable.dtype))
            for name, variable in group.variables.items()
            if isinstance(variable, Subexpression)
        },
        masked=frozenset(
            name
            for name, variable in group.variables.items()
            if getattr(variable, "conditional_write", None) is not None
        ),
        drift=_drift(group),
        is_stochastic=bool(group.equations.stochastic_variables),
        is_refractory=group._refractory is not False,
        refractory=group._refractory,
        resolve=lambda name: group._resolve(name, run_namespace={}, user_identifier=False),
    )


def _drift(group: NeuronGroup) -> dict[str, str]:
    equations = group.equations
    if not equations.stochastic_variables:
        return {name: expression.code for name, expression in equations.diff_eq_expressions}
    found = {}
    for name, expression in equations.get_substituted_expressions():
        if name in equations.diff_eq_names:
            smooth, _ = expression.split_stochastic()
            found[name] = "0.0" if smooth is None else smooth.code
    return found


def _stored(group: NeuronGroup) -> dict[str, Kind]:
    return {
        name: _kind(group.variables[name].dtype)
        for name in sorted(group.equations.names)
        if isinstance(group.variables[name], ArrayVariable)
        and not isinstance(group.variables[name], Constant)
    }


def _kind(dtype: Any) -> Kind:
    if np.issubdtype(dtype, np.bool_):
        return Kind.BOOLEAN
    return Kind.INTEGER if np.issubdtype(dtype, np.integer) else Kind.FLOAT

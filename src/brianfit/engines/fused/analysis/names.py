"""What the names of a model stand for: variables, values over time, constants, functions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import final

import numpy as np
from brian2.core.functions import Function
from brian2.core.variables import Constant
from brian2.input.timedarray import TimedArray

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit.engines._base import SimulationTask
from brianfit.engines.fused.analysis.group import TRACE_INDEX, GroupCode
from brianfit.engines.fused.ir import Depends, Graph, Kind, Node
from brianfit.engines.fused.loop_program import Table
from brianfit.engines.fused.runtime.external_functions import is_declared_stateful, python_function
from brianfit.model.complete_equations import TIMED_PREFIX
from brianfit.model.model import ITERATION

_DRAWS = ("rand", "randn", "poisson")

_LEAVES = {
    "i": ("index", Kind.INTEGER, Depends.SAMPLE),
    "N": ("size", Kind.INTEGER, Depends.SAMPLE),
    ITERATION: ("iteration", Kind.INTEGER, Depends.SAMPLE),
    TRACE_INDEX: ("trace", Kind.INTEGER, Depends.TRACE),
    "t": ("time", Kind.FLOAT, Depends.STEP),
    "t_in_timesteps": ("step", Kind.INTEGER, Depends.STEP),
}


@final
class Names:
    """Returns nodes for names and calls that do not change while the code of a step is read."""

    def __init__(self, graph: Graph, task: SimulationTask, code: GroupCode) -> None:
        self._graph = graph
        self._task = task
        self._resolve = code.resolve
        self._n_draws = 0
        self.tables: dict[tuple[str, ...], Table] = {}
        self.functions: dict[str, object] = {}

    def leaf(self, name: str) -> Node | None:
        """Return the node of a name with a fixed meaning; None for any other name."""
        if name == "dt":
            return self._graph.constant(self._task.dt)
        if name not in _LEAVES:
            return None
        op, kind, depends = _LEAVES[name]
        return self._graph.leaf(op, None, kind, depends)

    def external(self, name: str) -> Node:
        """Return the value of an external constant, a unit or a constant of nature."""
        if name in ("True", "False"):
            return self._graph.constant(name == "True", Kind.BOOLEAN)
        found = self._resolve(name)
        if not isinstance(found, Constant):
            raise UnsupportedByFusedEngine(
                f"The external name '{name}' is not a single number; the fused engine reads "
                "arrays only through a TimedArray."
            )
        return self.constant(name, found.get_value())

    def constant(self, name: str, value: object) -> Node:
        """Return a number given from outside."""
        array = np.asarray(value)
        if array.size != 1:
            raise UnsupportedByFusedEngine(
                f"The value of '{name}' is an array of {array.size} values; the fused engine "
                "reads arrays only through a TimedArray."
            )
        kind = Kind.FLOAT
        if np.issubdtype(array.dtype, np.bool_):
            kind = Kind.BOOLEAN
        elif np.issubdtype(array.dtype, np.integer):
            kind = Kind.INTEGER
        return self._graph.constant(float(array.reshape(())), kind)

    def call(self, name: str, args: Sequence[Node]) -> Node:
        """Return the node of a call of something that is not in `FUNCTIONS`."""
        if name in _DRAWS:
            self._n_draws += 1
            kind = Kind.INTEGER if name == "poisson" else Kind.FLOAT
            args = args[:1] if name == "poisson" else ()  # SymPy adds a placeholder to rand()
            return self._graph.make("noise", *args, kind=kind, value=(name, self._n_draws - 1))
        if name.startswith(TIMED_PREFIX):
            return self._timed(name.removeprefix(TIMED_PREFIX), args[0])
        found = self._resolve(name)
        if isinstance(found, TimedArray):
            return self._lookup(name, found, args)
        if not isinstance(found, Function):
            raise UnsupportedByFusedEngine(f"'{name}' is called but is not a function.")
        return self._user_function(name, found, args)

    @contextmanager
    def same_draws(self) -> Iterator[None]:
        """Read code a second time: what it draws at random does not count as another draw."""
        before = self._n_draws
        self._n_draws = 0
        yield
        self._n_draws = before

    def at_step(self, accumulator: str, name: str) -> Node:
        """Return the value of an accumulator's own variable in this step."""
        table = self._table("accumulator", (accumulator, name), self._task.dt, 2)
        trace = self._graph.leaf("trace", None, Kind.INTEGER, Depends.TRACE)
        step = self._graph.leaf("step", None, Kind.INTEGER, Depends.STEP)
        found = self._graph.make("lookup", step, trace, value=table.name)
        self._graph.call_it(found, name)
        return found

    def _timed(self, name: str, t: Node) -> Node:
        given = {**self._task.inputs, **self._task.targets}[name]
        table = self._table("timed", (name,), given.dt, 2)
        trace = self._graph.leaf("trace", None, Kind.INTEGER, Depends.TRACE)
        found = self._graph.make("lookup", self._row(table, t), trace, value=table.name)
        self._graph.call_it(found, name)
        return found

    def _lookup(self, name: str, array: TimedArray, args: Sequence[Node]) -> Node:
        graph = self._graph
        table = self._table("namespace", (name,), array.dt, array.values.ndim)
        row = self._row(table, args[0])
        if table.dimensions == 1:
            return graph.make("lookup", row, graph.constant(0.0, Kind.INTEGER), value=table.name)
        column = args[1]
        last = graph.constant(array.values.shape[1] - 1.0, Kind.INTEGER)
        zero = graph.constant(0.0, Kind.INTEGER)
        is_low = graph.make("lt", column, zero, kind=Kind.BOOLEAN)
        is_high = graph.make("lt", last, column, kind=Kind.BOOLEAN)
        is_outside = graph.make("or", is_low, is_high, kind=Kind.BOOLEAN)
        safe = graph.make("select", is_outside, zero, column, kind=Kind.INTEGER)
        found = graph.make("lookup", row, safe, value=table.name)
        return graph.make("select", is_outside, graph.constant(math.nan), found)

    def _row(self, table: Table, t: Node) -> Node:
        return self._graph.make("row", t, kind=Kind.INTEGER, value=table.name)

    def _table(self, source: str, key: tuple[str, ...], dt: float, dimensions: int) -> Table:
        full_key = (source, *key)
        if full_key not in self.tables:
            base = "_".join(re.sub(r"\W", "_", part) for part in key)
            taken = {table.name for table in self.tables.values()}
            name, number = f"{base}_values", 1
            while name in taken:
                number += 1
                name = f"{base}_values_{number}"
            self.tables[full_key] = Table(
                name=name, source=source, key=key, dt=float(dt), dimensions=dimensions
            )
        return self.tables[full_key]

    def _user_function(self, name: str, function: Function, args: Sequence[Node]) -> Node:
        if is_declared_stateful(self._task.model.namespace.get(name)) or function.auto_vectorise:
            raise UnsupportedByFusedEngine(
                f"The function '{name}' has a state of its own; the fused engine calls functions "
                "in any order."
            )
        self.functions[name] = python_function(function)
        return self._graph.make("call", *args, kind=_return_kind(function, args), value=name)


def _return_kind(function: Function, args: Sequence[Node]) -> Kind:
    declared = getattr(function, "_return_type", "float")
    if declared == "highest":
        return Kind.INTEGER if all(arg.kind == Kind.INTEGER for arg in args) else Kind.FLOAT
    return Kind(declared) if declared in tuple(Kind) else Kind.FLOAT

"""The code of one step, read line by line, becomes a program of the loop language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import final

import numpy as np

from brianfit._foundation.errors import UnsupportedByFusedEngine
from brianfit._foundation.units import si_array
from brianfit.engines._base import SimulationTask
from brianfit.engines.fused.analysis.expressions import ExpressionReader
from brianfit.engines.fused.analysis.group import EventCode, GroupCode, read_group
from brianfit.engines.fused.analysis.names import Names
from brianfit.engines.fused.analysis.regular import Phase, RegularCode
from brianfit.engines.fused.analysis.simplifying import Simplifier
from brianfit.engines.fused.ir import Depends, Graph, Kind, Node, reachable
from brianfit.engines.fused.loop_program import Event, LoopProgram, Wanted
from brianfit.model import Accumulator

NEVER = -1e4
"""Brian's time of the last spike of a neuron that has not spiked yet [s]."""

Environment = dict[str, Node]


def analyse(task: SimulationTask) -> LoopProgram:
    """Read the model of `task` with Brian and return it in the loop language.

    Raises
    ------
    UnsupportedByFusedEngine
        If the language cannot say what the model does.
    """
    return _Analysis(task, read_group(task)).program()


@final
class _Analysis:
    """Reads the phases of a step in the order of Brian's schedule."""

    def __init__(self, task: SimulationTask, code: GroupCode) -> None:
        self._task = task
        self._code = code
        self._graph = Graph()
        self._names = Names(self._graph, task, code)
        self._env: Environment = {}
        self._reader = ExpressionReader(
            self._graph,
            name_of=self._name_of,
            call=self._names.call,
            parse=Simplifier(code.variables, code.resolve).tree,
        )

    def program(self) -> LoopProgram:
        """Return the whole program."""
        first = self._first_values()
        states = self._states(first)
        at_start = self._values(first, states)
        self._env = dict(at_start)
        self._run_regularly(Phase.FIRST)
        self._run(self._code.before_start)
        self._run_regularly(Phase.BEFORE_RECORDING)
        recorded = {name: self._name_of(name) for name in self._task.recorded}
        sums = self._sums(self._task.accumulators)
        residuals = self._sums(self._task.squares)
        outputs = {name: self._name_of(name) for name in self._task.sloped}
        self._run_regularly(Phase.BEFORE_UPDATE)
        self._run(self._code.update, masked=self._code.masked)
        self._run_regularly(Phase.BEFORE_CONDITIONS)
        update = {name: self._env[name] for name in states if self._env[name] != at_start[name]}
        conditions = self._conditions()
        events = self._events(conditions, at_start)
        self._env = dict(at_start)
        wanted = self._wanted(residuals, outputs)
        final = {name: self._name_of(name) for name in self._task.final}
        return LoopProgram(
            graph=self._graph,
            columns=self._task.parameter_names,
            tables=tuple(self._names.tables.values()),
            functions=self._names.functions,
            states={name: self._code.variables[name] for name in states},
            initial={name: first[name] for name in states},
            recorded=recorded,
            sums=sums,
            final=final,
            update=update,
            events=(*events, *self._regular_events(Phase.LAST, at_start)),
            record_spikes=self._task.record_spikes and self._task.model.threshold is not None,
            dt=self._task.dt,
            wanted=wanted,
        )

    # --- before the first step -------------------------------------------------------------

    def _first_values(self) -> Environment:
        """Return the value of every variable at the start of a run."""
        graph = self._graph
        self._env = {name: graph.constant(0.0, kind) for name, kind in self._variables()}
        self._env["t"] = graph.constant(0.0)
        for name in self._task.parameter_names:
            leaf = graph.leaf("parameter", name, Kind.FLOAT, Depends.SAMPLE)
            self._env[name] = self._reader.converted(leaf, self._code.variables[name])
        if self._code.is_refractory:
            self._env["lastspike"] = graph.constant(NEVER)
            self._env["not_refractory"] = graph.constant(True, Kind.BOOLEAN)
        for name, value in self._task.model.initial_values.items():
            if name not in self._task.parameter_names:
                node = self._given(name, value)
                self._env[name] = self._reader.converted(node, self._code.variables[name])
        del self._env["t"]
        return self._env

    def _variables(self) -> Iterable[tuple[str, Kind]]:
        for name, kind in self._code.variables.items():
            if self._names.leaf(name) is None:
                yield name, kind

    def _given(self, name: str, value: object) -> Node:
        if isinstance(value, str):
            return self._reader.read(value)
        model = self._task.model
        if not model.has_variable(name):  # lastspike, not_refractory
            return self._names.constant(name, value)
        return self._names.constant(name, si_array(name, value, model.dimensions(name)))

    def _states(self, first: Environment) -> list[str]:
        """Return the variables whose value may change after the start, or that start at random."""
        written = set(self._assigned())
        if self._code.is_refractory:
            written |= {"lastspike", "not_refractory"}
        return [
            name
            for name in first
            if name in written or any(node.op == "noise" for node in reachable(iter([first[name]])))
        ]

    def _assigned(self) -> Iterable[str]:
        codes = [self._code.before_start, self._code.update]
        codes += [event.effects for event in self._code.events]
        codes += [it.statements for codes in self._code.regular.values() for it in codes]
        for code in codes:
            for name, _ in _statements(code):
                yield name

    def _values(self, first: Environment, states: Iterable[str]) -> Environment:
        """Return what the names of variables stand for when a phase begins."""
        values = dict(first)
        for name in states:
            kind = self._code.variables[name]
            values[name] = self._graph.leaf("state", name, kind, Depends.STATE)
        for name, node in first.items():
            if not node.args and not node.is_constant:
                continue
            if name not in states and not node.is_constant:
                self._graph.call_it(node, name)
        return values

    # --- the phases of a step --------------------------------------------------------------

    def _sums(self, accumulators: Iterable[Accumulator]) -> dict[str, Node]:
        found = {}
        before = dict(self._env)
        for accumulator in accumulators:
            for name in accumulator.timed:
                self._env[name] = self._names.at_step(accumulator.name, name)
            found[accumulator.name] = self._reader.read(accumulator.expression)
            self._env = dict(before)
        return found

    def _wanted(self, residuals: Environment, outputs: Environment) -> Wanted | None:
        """Return what the derivatives need, in terms of the states at one time."""
        if not self._task.directions:
            return None
        with self._names.same_draws():
            drift = {name: self._drift_of(name) for name in self._code.drift}
            crossings = {
                event.name: self._as_boolean(event.condition.partition("=")[2])
                for event in self._code.events
            }
        return Wanted(
            directions=self._task.directions,
            residuals=residuals,
            outputs=outputs,
            drift=drift,
            crossings=crossings,
            refractory=self._refractory(),
            is_stochastic=self._code.is_stochastic,
        )

    def _drift_of(self, name: str) -> Node:
        drift = self._reader.read(self._code.drift[name])
        if name not in self._code.masked:
            return drift
        is_free = self._env["not_refractory"]
        return self._graph.make("select", is_free, drift, self._graph.constant(0.0))

    def _refractory(self) -> Node | None:
        given = self._code.refractory
        if given is False:
            return None
        if not isinstance(given, str):
            return self._graph.constant(float(np.asarray(given)))
        with self._names.same_draws():
            return self._reader.read(given)

    def _as_boolean(self, expression: str) -> Node:
        return self._reader.converted(self._reader.read(expression), Kind.BOOLEAN)

    def _conditions(self) -> list[Node]:
        """Return the condition of every event; those after the spike see what it changes."""
        conditions = []
        for event in self._code.events:
            condition = self._as_boolean(event.condition.partition("=")[2])
            conditions.append(condition)
            if event.name == "spike" and self._code.is_refractory:
                for name, value in self._marks_of_spike().items():
                    old = self._env[name]
                    kind = self._code.variables[name]
                    self._env[name] = self._graph.make("select", condition, value, old, kind=kind)
        return conditions

    def _marks_of_spike(self) -> Environment:
        return {
            "lastspike": self._name_of("t"),
            "not_refractory": self._graph.constant(False, Kind.BOOLEAN),
        }

    def _effects(
        self, event: EventCode, at_start: Mapping[str, Node], *, are_marked: bool
    ) -> dict[str, Node]:
        self._env = dict(at_start)
        if event.name == "spike" and self._code.is_refractory and not are_marked:
            self._env.update(self._marks_of_spike())
        self._run(event.effects)
        return {name: self._env[name] for name in at_start if self._env[name] != at_start[name]}

    def _run_regularly(self, phase: Phase) -> None:
        """Execute what is run by the clock, where the time has come."""
        for code in self._code.regular[phase]:
            before, due = dict(self._env), self._due(code)
            self._run(code.statements, masked=self._code.masked)
            for name, old in before.items():
                kind = self._code.variables.get(name, Kind.FLOAT)
                self._env[name] = self._chosen(due, self._env[name], old, kind)

    def _events(self, conditions: list[Node], at_start: Mapping[str, Node]) -> list[Event]:
        """Return the events; what is run by the clock before their effects splits the spike."""
        between = list(self._regular_events(Phase.BEFORE_EFFECTS, at_start))
        happening = list(zip(self._code.events, conditions, strict=True))
        first: list[Event] = []
        if between and happening and happening[0][0].name == "spike":
            marks = self._marks_of_spike() if self._code.is_refractory else {}
            first = [Event(name="spike", condition=conditions[0], effects=marks)]
        rest = [
            Event(
                name=f"{event.name}_effects" if between else event.name,
                condition=condition,
                effects=self._effects(event, at_start, are_marked=bool(between)),
            )
            for event, condition in happening
        ]
        return [*first, *between, *rest]

    def _regular_events(self, phase: Phase, at_start: Mapping[str, Node]) -> Iterator[Event]:
        """Yield what is run by the clock after the conditions."""
        for number, code in enumerate(self._code.regular[phase]):
            if self._task.directions:
                raise UnsupportedByFusedEngine(
                    "The model runs code regularly after the thresholds, of which the fused "
                    "engine has no derivatives."
                )
            self._env = dict(at_start)
            self._run(code.statements, masked=self._code.masked)
            effects = {n: self._env[n] for n in at_start if self._env[n] != at_start[n]}
            name = f"regular_{phase.name.lower()}_{number}"
            yield Event(name=name, condition=self._due(code), effects=effects)

    def _due(self, code: RegularCode) -> Node:
        graph = self._graph
        step = graph.leaf("step", None, Kind.INTEGER, Depends.STEP)
        period = graph.constant(float(code.every), Kind.INTEGER)
        rest = graph.make("mod", step, period, kind=Kind.INTEGER)
        if code.every == 1:
            return graph.constant(True, Kind.BOOLEAN)
        return graph.make("eq", rest, graph.constant(0.0, Kind.INTEGER), kind=Kind.BOOLEAN)

    def _chosen(self, due: Node, new: Node, old: Node, kind: Kind) -> Node:
        if new == old or due.is_constant:
            return new
        return self._graph.make("select", due, new, old, kind=kind)

    def _run(self, code: str, masked: frozenset[str] = frozenset()) -> None:
        """Execute statements: afterwards names stand for the new values."""
        for name, expression in _statements(code):
            node = self._reader.read(expression)
            kind = self._code.variables.get(name)
            if kind is not None:
                node = self._reader.converted(node, kind)
                if name in masked:
                    is_free = self._env["not_refractory"]
                    node = self._graph.make("select", is_free, node, self._env[name], kind=kind)
            if not node.is_constant and node.args:
                self._graph.call_it(node, name)
            self._env[name] = node

    def _name_of(self, name: str) -> Node:
        if name in self._env:
            return self._env[name]
        leaf = self._names.leaf(name)
        if leaf is not None:
            return leaf
        if name in self._code.subexpressions:
            expression, kind = self._code.subexpressions[name]
            node = self._reader.converted(self._reader.read(expression), kind)
            if node.args:
                self._graph.call_it(node, name)
            return node
        return self._names.external(name)


_STATEMENT = re.compile(r"^\s*(\w+)\s*(\*\*|//|[-+*/%])?=(?!=)\s*(.*)$")


def _statements(code: str) -> list[tuple[str, str]]:
    """Return (name, expression) of every line; ``v += 1`` as ``v = (v) + (1)``."""
    found = []
    for line in re.split(r"[;\n]", code):
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        match = _STATEMENT.match(bare)
        if match is None:
            raise UnsupportedByFusedEngine(f"The fused engine cannot read the line '{bare}'.")
        name, op, expression = match.groups()
        found.append((name, f"({name}) {op} ({expression})" if op else expression))
    return found

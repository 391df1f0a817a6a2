"""The loop language: what one time step does, as a graph of expressions.

What the language can say
-------------------------
Straight-line computations on numbers: arithmetic, comparisons, logic, selections instead of
branches, calls of the functions in `FUNCTIONS` and of functions that Numba can compile; reads of
state, parameter, time, index, tables of values over time; noise; writes of state. The order of a
step is that of Brian's schedule: record and sum up (start), state update (groups), threshold and
other events (thresholds), reset and other effects (resets).

What it cannot say
------------------
* Integration by an external solver (Brian's ``gsl`` methods): its steps adapt to the solution.
* Variables that link to another group, and everything that needs a second group.
* External functions without an implementation in Python that Numba can compile.
* External arrays, other than in a `TimedArray`.
* Functions of Brian that are neither in `FUNCTIONS` nor given with the model.
* Values that leave the range in which float64 holds integers exactly (2**53).

All numbers are floats while a kernel runs; integers are floats without a fraction, and booleans
are stored as 1 and 0. Nodes are interned: two expressions with the same meaning are one node, so
that common subexpressions are found by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import final

LANES = 32
"""Neurons that a kernel simulates side by side; there may be fewer in the last block."""

CHUNK = 32
"""Steps between two visits of a kernel to the arrays outside."""

Value = float | str | tuple[object, ...] | None

FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "exp",
        "expm1",
        "exprel",
        "log",
        "log10",
        "log1p",
        "sqrt",
        "ceil",
        "floor",
        "trunc",
        "abs",
    ]
)
"""Functions of one argument that the math of the kernels provides."""


EXACT = "exact"
"""Value of operations that are computed as they are written, each rounded by itself."""

EXACT_OPERATIONS = frozenset({"add", "sub", "mul", "div"})


@final
class Kind(StrEnum):
    """What a value is to the model."""

    FLOAT = "float"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@final
class Depends(IntFlag):
    """On what a value depends; what depends on little is computed seldom."""

    NOTHING = 0
    SAMPLE = 1  # constant in a run, but different from neuron to neuron
    TRACE = 2
    STEP = 4
    STATE = 8  # changes with every step and neuron


@final
class Node:
    """One operation on other nodes; made by `Graph` only, so that equality is identity.

    Attributes
    ----------
    op
        'constant', a leaf such as 'state', or an operation such as 'add' (see `Graph`).
    value
        The number of a constant, the name of a leaf or of a called function.
    """

    __slots__ = ("args", "depends", "kind", "number", "op", "value")

    def __init__(
        self,
        op: str,
        args: tuple[Node, ...],
        *,
        value: Value,
        kind: Kind,
        depends: Depends,
        number: int,
    ) -> None:
        self.op = op
        self.args = args
        self.value = value
        self.kind = kind
        self.depends = depends
        self.number = number

    def __repr__(self) -> str:
        inside = [repr(self.value)] if self.value is not None else []
        return f"{self.op}({', '.join(inside + [repr(arg) for arg in self.args])})"

    @property
    def is_constant(self) -> bool:
        """Whether the node is a number."""
        return self.op == "constant"

    @property
    def number_value(self) -> float:
        """The number of a constant."""
        if not isinstance(self.value, float):
            raise TypeError(f"{self!r} is not a constant.")
        return self.value


@final
class Graph:
    """Makes nodes, each only once, and remembers what the model calls them.

    Operations, by number of arguments: 'neg', 'not', 'call' (1 or more); 'sub', 'div', 'power',
    'floordiv', 'mod', 'lt', 'le', 'eq', 'ne', 'and', 'or'; 'select' (condition, then, else);
    'add' and 'mul' (2 or more); 'row' (time) and 'lookup' (row, column) of a table; 'at_step'
    (trace) of a table; 'noise'.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Node] = {}
        self.names: dict[Node, str] = {}

    def constant(self, value: float | bool, kind: Kind = Kind.FLOAT) -> Node:
        """Return a number; booleans are 1 and 0."""
        number = float(value)
        key = number.hex()  # keeps -0.0 apart from 0.0
        return self._intern(
            ("constant", key, kind),
            "constant",
            (),
            value=number,
            kind=kind,
            depends=Depends.NOTHING,
        )

    def leaf(self, op: str, name: Value, kind: Kind, depends: Depends) -> Node:
        """Return something that is read, not computed."""
        return self._intern((op, name, kind), op, (), value=name, kind=kind, depends=depends)

    def make(self, op: str, *args: Node, kind: Kind = Kind.FLOAT, value: Value = None) -> Node:
        """Return an operation on `args`; it depends on everything that they depend on."""
        depends = Depends.STATE if op == "noise" else Depends.NOTHING
        for arg in args:
            depends |= arg.depends
        key = (op, value, kind, *(arg.number for arg in args))
        return self._intern(key, op, args, value=value, kind=kind, depends=depends)

    def call_it(self, node: Node, name: str) -> None:
        """Remember a name of the model for `node`, unless it has one."""
        self.names.setdefault(node, name)

    def _intern(
        self,
        key: tuple[object, ...],
        op: str,
        args: tuple[Node, ...],
        *,
        value: Value,
        kind: Kind,
        depends: Depends,
    ) -> Node:
        node = self._known.get(key)
        if node is None:
            number = len(self._known)
            node = Node(op, args, value=value, kind=kind, depends=depends, number=number)
            self._known[key] = node
        return node


@final
@dataclass(frozen=True, kw_only=True)
class Table:
    """Values over time that a kernel looks up.

    Attributes
    ----------
    name
        Name of the kernel's argument.
    source
        'timed' (input or target), 'namespace' (a `TimedArray`) or 'accumulator'.
    key
        Where to find the values: name of the variable, of the external function, or (name of the
        accumulator, name of the values).
    dt
        Time between two values [s].
    dimensions
        2 where a column is asked for.
    """

    name: str
    source: str
    key: tuple[str, ...]
    dt: float
    dimensions: int


@final
@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happens to single neurons in single steps.

    Attributes
    ----------
    condition
        In terms of the values before the step.
    effects
        New values of states, in terms of the values when the effects take place.
    marks
        What is noted with every spike, in the same terms.
    """

    name: str
    condition: Node
    effects: Mapping[str, Node]
    marks: tuple[Node, ...] = ()


@final
@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The derivatives that are wanted, and what they need of the model in continuous time.

    Attributes
    ----------
    directions
        The columns of the samples with respect to which.
    residuals
        Values whose squares are summed up, by the name of the sum.
    outputs
        Values whose derivatives are recorded.
    drift
        The time derivative of every variable with a differential equation.
    crossings
        The condition of every event, in terms of the states at the same time.
    refractory
        How long neurons stay refractory [s]; or, as a boolean, whether they do; None: never.
    is_stochastic
        Whether the equations have noise, which `drift` leaves out.
    """

    directions: tuple[str, ...]
    residuals: Mapping[str, Node]
    outputs: Mapping[str, Node]
    drift: Mapping[str, Node]
    crossings: Mapping[str, Node]
    refractory: Node | None
    is_stochastic: bool

    def roots(self) -> Iterator[Node]:
        """Yield everything that is named here."""
        for nodes in (self.residuals, self.outputs, self.drift, self.crossings):
            yield from nodes.values()
        if self.refractory is not None:
            yield self.refractory


@final
@dataclass(frozen=True, kw_only=True)
class LoopProgram:
    """One run of one neuron.

    Attributes
    ----------
    columns
        Names of the columns of the samples.
    tables
        Arrays of values over time.
    functions
        External functions to be compiled, by the name that 'call' nodes use.
    states
        Kind of every variable that may change in a run.
    initial
        First value of every state.
    recorded, sums, final
        What is wanted of it: values at the start of every step, running sums of them, and values
        after the last step.
    update
        The states after the state update, in terms of those before.
    events
        In the order in which their effects take place; the first may be the spike.
    record_spikes
        Whether the steps of the event 'spike' are wanted.
    wanted
        Derivatives that are still to be added.
    groups
        Nodes that are best computed in loops of their own, after all others.
    """

    graph: Graph
    columns: tuple[str, ...]
    tables: tuple[Table, ...]
    functions: Mapping[str, object]
    states: Mapping[str, Kind]
    initial: Mapping[str, Node]
    recorded: Mapping[str, Node]
    sums: Mapping[str, Node]
    final: Mapping[str, Node]
    update: Mapping[str, Node]
    events: tuple[Event, ...]
    record_spikes: bool
    dt: float
    wanted: Wanted | None = None
    groups: tuple[tuple[Node, ...], ...] = ()

    def state_leaf(self, name: str) -> Node:
        """Return what reads a state."""
        return self.graph.leaf("state", name, self.states[name], Depends.STATE)

    def step_roots(self) -> Iterator[Node]:
        """Yield what is computed in every step for every neuron."""
        yield from self.recorded.values()
        yield from self.sums.values()
        yield from self.update.values()
        for event in self.events:
            yield event.condition
        if self.wanted is not None:
            yield from self.wanted.residuals.values()
            yield from self.wanted.outputs.values()

    def roots(self) -> Iterator[Node]:
        """Yield everything that is computed."""
        yield from self.step_roots()
        yield from self.initial.values()
        yield from self.final.values()
        for event in self.events:
            yield from event.effects.values()
            yield from event.marks
        if self.wanted is not None:
            yield from self.wanted.roots()


def reachable(roots: Iterator[Node]) -> list[Node]:
    """Return every node that `roots` need, arguments before their users."""
    found: dict[Node, None] = {}
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            found[node] = None
        elif node not in found:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args) if arg not in found)
    return list(found)


@final
class Rate(StrEnum):
    """How often a node has to be computed."""

    CONSTANT = "constant"
    NEURON = "neuron"
    STEP = "step"
    TRACE_STEP = "trace and step"
    NEURON_STEP = "neuron and step"


def rate_of(node: Node) -> Rate:
    """Return how often `node` has to be computed."""
    if node.is_constant:
        return Rate.CONSTANT
    depends = node.depends
    if not depends & (Depends.STEP | Depends.STATE):
        return Rate.NEURON
    if depends & (Depends.STATE | Depends.SAMPLE):
        return Rate.NEURON_STEP
    return Rate.TRACE_STEP if depends & Depends.TRACE else Rate.STEP

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

from collections.abc import Iterator
from enum import IntFlag, StrEnum
from typing import final

LANES = 32
"""Neurons that a kernel simulates side by side; there may be fewer in the last block."""

CHUNK = 32
"""Steps between two visits of a kernel to the arrays outside."""

Value = float | str | tuple[object, ...] | None

FUNCTIONS = frozenset((
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "exp", "expm1",
    "exprel", "log", "log10", "log1p", "sqrt", "ceil", "floor", "trunc", "abs",
))  # fmt: skip
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

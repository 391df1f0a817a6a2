"""A program of the loop language: states, what they become in a step, and what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from brianfit.engines.fused.ir import Depends, Graph, Kind, Node


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


ByDirection = Mapping[str, Mapping[int, Node]]
"""Values of states in some of the directions, by number; in the others they are zero."""


@final
@dataclass(frozen=True, kw_only=True)
class Together:
    """Derivatives in all directions by one text; see `directions` for the states they need.

    Attributes
    ----------
    number
        How many directions there are.
    starts
        Tangents when a run begins.
    slots, event_slots
        States that hold, in a step and at events, what differs between the directions.
    added
        What is added to tangents at the end of a step.
    products
        The residual and its slope, of every sum of squares.
    slopes
        Slopes that are recorded.
    slope_groups, update_groups
        What is computed by direction: before the products, and after them.
    """

    number: int
    starts: ByDirection
    slots: ByDirection
    event_slots: ByDirection
    added: ByDirection
    products: Mapping[str, tuple[Node, Node]]
    slopes: Mapping[str, Node]
    slope_groups: tuple[tuple[Node, ...], ...] = ()
    update_groups: tuple[tuple[Node, ...], ...] = ()

    def step_roots(self) -> Iterator[Node]:
        """Yield what is computed in every step."""
        for values in (*self.slots.values(), *self.added.values()):
            yield from values.values()
        for factors in self.products.values():
            yield from factors
        yield from self.slopes.values()

    def other_roots(self) -> Iterator[Node]:
        """Yield what is computed besides."""
        for values in (*self.starts.values(), *self.event_slots.values()):
            yield from values.values()


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
    together
        Derivatives that were added for all directions at once.
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
    together: Together | None = None
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
        if self.together is not None:
            yield from self.together.step_roots()

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
        if self.together is not None:
            yield from self.together.other_roots()

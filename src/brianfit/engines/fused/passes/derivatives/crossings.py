"""When within a step a condition becomes true, and how that time moves with the parameters.

References
----------
Hansel, Mato, Meunier and Neltner (1998), On numerical simulations of integrate-and-fire neural
networks. Neural Computation 10(2), 467-483, doi 10.1162/089976698300017845 (the time of a spike by
linear interpolation).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import final

from brianfit.engines.fused.ir import Depends, Kind, Node, reachable
from brianfit.engines.fused.loop_program import LoopProgram, Wanted
from brianfit.engines.fused.passes.derivatives.differentials import Differentials
from brianfit.engines.fused.passes.derivatives.flow import Flow
from brianfit.engines.fused.passes.derivatives.valuation import LeafValue, Valuation

STEEPEST = 1e6
"""Where the slope of a condition grows by more than this within a step, as in a blow-up, the
quotient at the start of the step counts alone: what is simulated at its end may overflow."""

BEFORE = -1.0
"""Place within the step of what was true already when it began."""

AT_START = -0.5
"""Place within the step of the end of refractoriness."""

FREE = "end_of_refractoriness"
"""Name of the event that the pass adds."""


@final
@dataclass(frozen=True, kw_only=True)
class Tangents:
    """How the derivatives of states are computed with, read and called."""

    differentials: Differentials
    values: Valuation
    leaf: LeafValue
    name: Callable[[str, int], str]


@final
@dataclass(frozen=True, kw_only=True)
class Crossing:
    """When a condition becomes true.

    Attributes
    ----------
    place
        Part of the step before; negative if it was true when the step began, infinite if it is
        not true.
    shifts
        Derivative of the time, by direction.
    """

    place: Node
    shifts: tuple[Node, ...]


@final
@dataclass
class Memory:
    """States that keep values from the start of a step until its events."""

    program: LoopProgram
    states: dict[str, Kind] = field(default_factory=dict)
    initial: dict[str, Node] = field(default_factory=dict)
    update: dict[str, Node] = field(default_factory=dict)

    def keep(self, name: str, node: Node) -> Node:
        """Return what `node` was at the start of the step."""
        graph = self.program.graph
        self.states[name] = Kind.FLOAT
        self.initial[name] = graph.constant(0.0)
        self.update[name] = node
        return graph.leaf("state", name, Kind.FLOAT, Depends.STATE)


@final
class Crossings:
    """Writes what happens when, in terms of values at the end of a step."""

    def __init__(
        self,
        program: LoopProgram,
        wanted: Wanted,
        tangents: Tangents,
        flow: Flow,
        memory: Memory,
    ) -> None:
        self._program = program
        self._wanted = wanted
        self._tangents = tangents
        self._make = tangents.differentials
        self._flow = flow
        self._memory = memory
        self._directions = range(len(wanted.directions))

    def of(self, event: str, condition: Node) -> Crossing:
        """Return when `condition` becomes true."""
        return self._crossing(condition, self._names(event), is_opposite=False)

    def freedom(self, event: str) -> Crossing:
        """Return when refractoriness ends."""
        given = self._wanted.refractory
        if given is None or given.kind == Kind.BOOLEAN:
            condition = self._program.graph.constant(False) if given is None else given
            return self._crossing(condition, self._names(event), is_opposite=True)
        return self._end_of_period(given)

    def _names(self, event: str) -> Iterator[str]:
        number = 0
        while True:
            yield f"{event}/before/{number}"
            number += 1

    def _crossing(self, node: Node, names: Iterator[str], *, is_opposite: bool) -> Crossing:
        if node.op == "not":
            return self._crossing(node.args[0], names, is_opposite=not is_opposite)
        if node.op in ("and", "or"):
            parts = [self._crossing(arg, names, is_opposite=is_opposite) for arg in node.args]
            is_last = (node.op == "and") is not is_opposite
            return self._chosen(*parts, is_last=is_last)
        is_continuous = any(arg.kind == Kind.FLOAT for arg in node.args)
        if node.op in ("lt", "le") and is_continuous and not self._is_random(node):
            low, high = node.args[::-1] if is_opposite else node.args
            return self._comparison(self._make.made("sub", high, low), names)
        if node.op == "state" and node.value == "not_refractory" and not is_opposite:
            return self._of_refractoriness()
        return self._fixed(BEFORE)

    def _is_random(self, node: Node) -> bool:
        return any(part.op == "noise" for part in reachable(iter([node])))

    def _fixed(self, place: float) -> Crossing:
        zero = self._make.number(0.0)
        return Crossing(
            place=self._make.number(place), shifts=tuple(zero for _ in self._directions)
        )

    def _of_refractoriness(self) -> Crossing:
        given = self._wanted.refractory
        if given is None or given.kind == Kind.BOOLEAN:
            return self._fixed(BEFORE)
        return self._end_of_period(given)

    def _end_of_period(self, period: Node) -> Crossing:
        """Return when a period that began with the last spike is over."""
        values, make = self._tangents.values, self._make
        last = make.form(self._program.state_leaf("lastspike"))
        total = make.combined(last, make.form(period))
        shifts = tuple(values.number(total, direction) for direction in self._directions)
        return Crossing(place=make.number(AT_START), shifts=shifts)

    def _chosen(self, left: Crossing, right: Crossing, *, is_last: bool) -> Crossing:
        """Return the later of two crossings, or the earlier."""
        first, second = (right, left) if is_last else (left, right)
        is_left = self._make.test("le", first.place, second.place)
        choice = self._make.choice
        return Crossing(
            place=choice(is_left, left.place, right.place),
            shifts=tuple(
                choice(is_left, a, b) for a, b in zip(left.shifts, right.shifts, strict=True)
            ),
        )

    def _comparison(self, g: Node, names: Iterator[str]) -> Crossing:
        """Return when `g` becomes positive, which is within this step if it is so at its end."""
        make = self._make
        name = next(names)
        zero = make.number(0.0)
        before = self._memory.keep(name, g)
        rise = make.made("sub", g, before)
        is_crossed = make.test("and", make.test("le", before, zero), make.test("lt", zero, rise))
        place = make.made("div", make.made("neg", before), rise)
        mean = make.made("div", rise, make.number(self._program.dt))
        shifts = self._shifts(g, place, self._slopes(g, name, mean), name)
        place = make.choice(is_crossed, place, make.number(BEFORE))
        is_true = make.test("le", zero, g)
        return Crossing(
            place=make.choice(is_true, place, make.number(math.inf)),
            shifts=tuple(make.choice(is_crossed, shift, zero) for shift in shifts),
        )

    def _slopes(self, g: Node, name: str, mean: Node) -> tuple[Node, Node]:
        """Return the time derivatives of `g` at the start and the end of the step."""
        form = self._make.form(g)
        at_start, at_end = (
            flow.value(form, 0) for flow in (self._flow.at_start, self._flow.at_end)
        )
        if at_start is None or at_end is None or not self._flow.is_carried:
            return mean, mean
        at_start = self._memory.keep(f"{name}/slope", at_start)
        return self._rising(at_start, mean), self._rising(at_end, mean)

    def _rising(self, slope: Node, mean: Node) -> Node:
        """Return a slope, or the mean slope where it is not positive."""
        return self._make.choice(self._make.test("lt", self._make.number(0.0), slope), slope, mean)

    def _shifts(self, g: Node, place: Node, slopes: tuple[Node, Node], name: str) -> Iterator[Node]:
        """Yield minus the derivative of `g` over its slope, interpolated, by direction."""
        make = self._make
        limit = make.made("mul", make.number(STEEPEST), slopes[0])
        zero, is_steep = make.number(0.0), make.test("not", make.test("le", slopes[1], limit))
        place = make.choice(is_steep, zero, place)
        weights = (
            make.made("div", make.made("sub", place, make.number(1.0)), slopes[0]),
            make.made("div", make.made("neg", place), slopes[1]),
        )
        for direction in self._directions:
            now = self._tangents.values.value(make.form(g), direction)
            if now is None:
                yield make.number(0.0)
                continue
            then = self._memory.keep(f"{name}/d{self._wanted.directions[direction]}", now)
            at_end = make.choice(is_steep, zero, make.made("mul", weights[1], now))
            yield make.made("add", make.made("mul", weights[0], then), at_end)

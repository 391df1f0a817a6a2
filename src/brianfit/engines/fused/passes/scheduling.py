"""Decide where every node is computed: once per neuron, per step, or in which loop of a step.

A step is cut into several loops over the lanes, each with at most one expensive function. Its
chain of dependent operations is long; the processor overlaps those of different lanes only while
the body of a loop is shorter than what it looks ahead.

References
----------
Kennedy and McKinley (1990), Loop distribution with arbitrary control flow. Proceedings of
Supercomputing '90, 407-416.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import final

from brianfit.engines.fused.ir import Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.plan import LaneLoop, Schedule

SMALL = 12
"""So many cheap operations may share a loop with an expensive one."""

LONGEST = 45
"""Loops of cheap operations are cut into pieces of about this many."""

_LATENCIES = {"div": 14, "select": 3}
"""Clock cycles until the result of an operation can be used, where they are not `_LATENCY`."""

_LATENCY = 4

_CHEAP_CALLS = frozenset(
    {"sqrt", "abs", "floor", "ceil", "trunc", "int_32", "wrap_32", "product_32"}
)


def schedule(program: LoopProgram) -> Schedule:
    """Return where the nodes of `program` are computed."""
    together = program.together
    slopes = () if together is None else together.slope_groups
    updates = () if together is None else together.update_groups
    grouped = {node for group in (*program.groups, *slopes, *updates) for node in group}
    in_step = [
        node
        for node in reachable(program.step_roots())
        if rate_of(node) is Rate.NEURON_STEP and node.op != "state" and node not in grouped
    ]
    loops = [LaneLoop(nodes=nodes) for nodes in (*_Cutter(in_step).loops(), *program.groups)]
    loops += [LaneLoop(nodes=nodes, is_by_direction=True) for nodes in (*slopes, *updates)]
    if together is not None:
        loops.append(LaneLoop(nodes=()))  # what goes on as the tangents have been computed
    kept = _kept(program)
    return Schedule(
        per_neuron=tuple(node for node in kept if rate_of(node) is Rate.NEURON),
        per_step=tuple(node for node in kept if rate_of(node) is Rate.STEP),
        per_trace=tuple(node for node in kept if rate_of(node) is Rate.TRACE_STEP),
        loops=tuple(loops),
        n_before_products=len(loops) - 1 - len(updates),
    )


def _kept(program: LoopProgram) -> list[Node]:
    """Return what is computed outside the loops over lanes and used in them."""
    roots = list(program.step_roots())
    for event in program.events:
        roots.extend((*event.effects.values(), *event.marks))
    if program.together is not None:
        for values in program.together.event_slots.values():
            roots.extend(values.values())
    users = [node for node in reachable(iter(roots)) if rate_of(node) is Rate.NEURON_STEP]
    used = dict.fromkeys(arg for node in users for arg in node.args)
    used.update(dict.fromkeys(roots))
    outside = (Rate.NEURON, Rate.STEP, Rate.TRACE_STEP)
    wanted = {node for node in used if rate_of(node) in outside}
    return [node for node in reachable(iter(used)) if node in wanted]


def is_expensive(node: Node) -> bool:
    """Return whether a node costs as much as an exponential."""
    if node.op == "call":
        return node.value not in _CHEAP_CALLS
    return node.op in ("power", "noise", "mod")


@final
class _Cutter:
    """Distributes the nodes of a step over loops."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._placed: set[Node] = set()
        self._in_step = set(nodes)
        self._users: dict[Node, list[Node]] = {node: [] for node in nodes}
        for node in nodes:
            for arg in node.args:
                if arg in self._in_step:
                    self._users[arg].append(node)
        self._level = self._levels()

    def loops(self) -> Iterator[tuple[Node, ...]]:
        """Yield the nodes of every loop."""
        expensive = [node for node in self._nodes if is_expensive(node)]
        for level in sorted({self._level[node] for node in expensive}):
            group = [node for node in expensive if self._level[node] == level]
            shared = self._available(level) if level > 0 else self._cheap_before(group)
            if len(shared) > SMALL:
                yield from self._pieces(shared)
            for node in group:
                loop = [*self._cheap_before([node]), node]
                yield self._place([*loop, *self._followers(node, loop)])
        rest = [node for node in self._nodes if node not in self._placed]
        if rest:
            yield from self._pieces(rest)

    def _pieces(self, nodes: list[Node]) -> Iterator[tuple[Node, ...]]:
        """Cut a long loop of cheap nodes: first what can be known first."""
        self._place(nodes)
        number = max(round(len(nodes) / LONGEST), 1)
        ready: dict[Node, int] = {}
        for node in nodes:
            begin = max((ready.get(arg, 0) for arg in node.args), default=0)
            ready[node] = begin + _LATENCIES.get(node.op, _LATENCY)
        ordered = sorted(nodes, key=lambda node: ready[node])
        length = -(-len(ordered) // number)
        for start in range(0, len(ordered), length):
            yield tuple(ordered[start : start + length])

    def _levels(self) -> dict[Node, int]:
        """Return for every node after how many groups of expensive ones it is computed.

        Expensive ones are put as late as possible: many only end a step.
        """
        early: dict[Node, int] = {}
        for node in self._nodes:
            early[node] = self._after(node, early)
        last = max((early[node] for node in self._nodes if is_expensive(node)), default=0)
        late: dict[Node, int] = {}
        for node in reversed(self._nodes):
            users = self._users[node]
            late[node] = min((late[u] - is_expensive(u) for u in users), default=last)
        level: dict[Node, int] = {}
        for node in self._nodes:
            level[node] = late[node] if is_expensive(node) else self._after(node, level)
        return level

    def _after(self, node: Node, level: dict[Node, int]) -> int:
        inside = (arg for arg in node.args if arg in self._in_step)
        return max((level[arg] + is_expensive(arg) for arg in inside), default=0)

    def _available(self, level: int) -> list[Node]:
        """Return what is cheap and can be computed before the expensive nodes of a level."""
        return [
            node
            for node in self._nodes
            if node not in self._placed and not is_expensive(node) and self._level[node] <= level
        ]

    def _cheap_before(self, targets: Iterable[Node]) -> list[Node]:
        """Return what has to be computed before `targets` and is not yet."""
        needed = {
            node
            for node in reachable(arg for target in targets for arg in target.args)
            if node in self._in_step and node not in self._placed
        }
        return [node for node in self._nodes if node in needed]

    def _followers(self, node: Node, loop: list[Node]) -> list[Node]:
        """Return the cheap users of `node` that can be computed with it, if they are few."""
        known = self._placed | set(loop)
        found: list[Node] = []
        for user in self._nodes:
            if user in known or is_expensive(user):
                continue
            needs = [arg for arg in user.args if arg in self._in_step]
            if any(arg is node or arg in found for arg in needs) and all(
                arg in known for arg in needs
            ):
                found.append(user)
                known.add(user)
        return found if len(found) <= SMALL else []

    def _place(self, nodes: list[Node]) -> tuple[Node, ...]:
        self._placed |= set(nodes)
        return tuple(nodes)

"""Rebuild the nodes of a program from the leaves up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from brianfit.engines.fused.ir import Node, reachable
from brianfit.engines.fused.loop_program import Event, LoopProgram, Wanted

Rule = Callable[[Node, tuple[Node, ...]], Node]
"""From a node and its already rewritten arguments to what replaces it."""


def rewrite(program: LoopProgram, rule: Rule) -> LoopProgram:
    """Return `program` with every node replaced as `rule` says, arguments before their users."""
    found: dict[Node, Node] = {}
    for node in reachable(program.roots()):
        found[node] = rule(node, tuple(found[arg] for arg in node.args))
        if node in program.graph.names and found[node].args:
            program.graph.call_it(found[node], program.graph.names[node])
    return map_nodes(program, found)


def map_nodes(program: LoopProgram, found: Mapping[Node, Node]) -> LoopProgram:
    """Return `program` with every root replaced by what it is mapped to."""

    def mapped(nodes: Mapping[str, Node]) -> dict[str, Node]:
        return {name: found[node] for name, node in nodes.items()}

    return replace(
        program,
        initial=mapped(program.initial),
        recorded=mapped(program.recorded),
        sums=mapped(program.sums),
        final=mapped(program.final),
        update=mapped(program.update),
        events=tuple(
            Event(
                name=event.name,
                condition=found[event.condition],
                effects=mapped(event.effects),
                marks=tuple(found[node] for node in event.marks),
            )
            for event in program.events
        ),
        wanted=None if program.wanted is None else _wanted_of(program.wanted, found),
    )


def _wanted_of(wanted: Wanted, found: Mapping[Node, Node]) -> Wanted:
    def mapped(nodes: Mapping[str, Node]) -> dict[str, Node]:
        return {name: found[node] for name, node in nodes.items()}

    return replace(
        wanted,
        residuals=mapped(wanted.residuals),
        outputs=mapped(wanted.outputs),
        drift=mapped(wanted.drift),
        crossings=mapped(wanted.crossings),
        refractory=None if wanted.refractory is None else found[wanted.refractory],
    )


def rebuilt(program: LoopProgram, node: Node, args: tuple[Node, ...]) -> Node:
    """Return `node` with other arguments."""
    if args == node.args:
        return node
    return program.graph.make(node.op, *args, kind=node.kind, value=node.value)

"""Compute a function of a choice once per neuron, where all that is chosen from is known by then.

``exp(-dt*int(not_refractory)/tau)`` takes two values in a run. As a choice between these it costs
no exponential in a step.
"""

from __future__ import annotations

from brianfit.engines.fused.ir import Node, Rate, rate_of, reachable
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.constants import Folder
from brianfit.engines.fused.passes.linear import is_slow
from brianfit.engines.fused.passes.rewriting import rebuilt, rewrite
from brianfit.engines.fused.passes.scheduling import is_expensive


def take_functions_into_choices(program: LoopProgram) -> LoopProgram:
    """Return `program` with choices between functions in the place of functions of choices."""
    folder = Folder(program.graph)

    def rule(node: Node, args: tuple[Node, ...]) -> Node:
        new = folder.fold(rebuilt(program, node, args))
        if new.op == "noise" or rate_of(new) is not Rate.NEURON_STEP or not is_expensive(new):
            return new
        condition = _only_condition(new)
        if condition is None:
            return new
        branches = [_branch(program, folder, new, condition, place) for place in (1, 2)]
        if not all(map(is_slow, branches)):
            return new
        return program.graph.make("select", condition, *branches, kind=new.kind)

    return rewrite(program, rule)


def _only_condition(node: Node) -> Node | None:
    """Return the condition on which all choices behind a node depend; None if there is not one."""
    conditions = {
        part.args[0]
        for part in reachable(iter([node]))
        if part.op == "select" and not is_slow(part.args[0])
    }
    return conditions.pop() if len(conditions) == 1 else None


def _branch(program: LoopProgram, folder: Folder, node: Node, condition: Node, place: int) -> Node:
    """Return what a node is where a condition holds (1), or does not (2)."""
    found: dict[Node, Node] = {}
    for part in reachable(iter([node])):
        if part.op == "select" and part.args[0] is condition:
            found[part] = found[part.args[place]]
        else:
            found[part] = folder.fold(rebuilt(program, part, tuple(found[a] for a in part.args)))
    return found[node]

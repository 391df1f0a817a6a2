"""Leave out states that nothing wanted depends on, and events without consequence.

References
----------
Muchnick (1997), Advanced Compiler Design and Implementation, section 18.10 (dead-code elimination).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from brianfit.engines.fused.ir import Node, reachable
from brianfit.engines.fused.loop_program import ByDirection, Event, LoopProgram, Together, Wanted


def remove_dead(program: LoopProgram) -> LoopProgram:
    """Return `program` without what has no influence on any result."""
    live: set[str] = set()
    found = _states_read(_roots(program, live))
    while not found <= live:
        live |= found
        found = _states_read(_roots(program, live))
    together = program.together
    return replace(
        program,
        together=together if together is None else _live_together(together, live),
        states={name: kind for name, kind in program.states.items() if name in live},
        initial={name: node for name, node in program.initial.items() if name in live},
        update={name: node for name, node in program.update.items() if name in live},
        events=tuple(_live_events(program, live)),
    )


def _live_events(program: LoopProgram, live: set[str]) -> Iterator[Event]:
    for event in program.events:
        effects = {name: node for name, node in event.effects.items() if name in live}
        if effects or (event.name == "spike" and program.record_spikes):
            yield replace(event, effects=effects)


def _roots(program: LoopProgram, live: set[str]) -> Iterator[Node]:
    yield from program.recorded.values()
    yield from program.sums.values()
    yield from program.final.values()
    if program.wanted is not None:
        yield from _wanted(program.wanted, live)
    if program.together is not None:
        together = _live_together(program.together, live)
        yield from together.step_roots()
        yield from together.other_roots()
    for nodes in (program.initial, program.update):
        yield from (node for name, node in nodes.items() if name in live)
    for event in _live_events(program, live):
        yield event.condition
        yield from event.effects.values()
        yield from event.marks


def _live_together(together: Together, live: set[str]) -> Together:
    def kept(values: ByDirection) -> ByDirection:
        return {name: by_direction for name, by_direction in values.items() if name in live}

    return replace(
        together,
        starts=kept(together.starts),
        slots=kept(together.slots),
        event_slots=kept(together.event_slots),
        added=kept(together.added),
    )


def _wanted(wanted: Wanted, live: set[str]) -> Iterator[Node]:
    yield from wanted.residuals.values()
    yield from wanted.outputs.values()
    yield from wanted.crossings.values()
    yield from (node for name, node in wanted.drift.items() if name in live)
    if wanted.refractory is not None and "not_refractory" in live:
        yield wanted.refractory


def _states_read(roots: Iterator[Node]) -> set[str]:
    return {str(node.value) for node in reachable(roots) if node.op == "state"}

"""Which derivatives may differ from zero."""

from __future__ import annotations

from collections.abc import Iterator

from brianfit.engines.fused.ir import Kind
from brianfit.engines.fused.loop_program import LoopProgram
from brianfit.engines.fused.passes.derivatives.differentials import Differentials, Form
from brianfit.engines.fused.passes.derivatives.saltation import Saltation


def active_tangents(
    program: LoopProgram,
    directions: tuple[str, ...],
    differentials: Differentials,
    saltation: Saltation,
) -> set[tuple[str, int]]:
    """Return the states and directions whose derivative may differ from zero."""
    causes = _causes(program, differentials, saltation)
    active: set[tuple[str, int]] = set()
    new = {
        (state, directions.index(cause))
        for state, found in causes.items()
        for cause in found
        if cause in directions
    }
    while new:
        active |= new
        new = {
            (state, direction)
            for state, found in causes.items()
            for direction in range(len(directions))
            if (state, direction) not in active
            and any((cause, direction) in new for cause in found)
        }
    return active


def _causes(
    program: LoopProgram, differentials: Differentials, saltation: Saltation
) -> dict[str, set[str]]:
    """Return, for every state, the parameters and states from which its derivative comes.

    A column may be a state as well, whose initial value it then is.
    """
    found = {}
    for state, kind in program.states.items():
        if kind != Kind.FLOAT:
            continue
        forms = [differentials.form(program.initial[state])]
        if state in program.update:
            forms.append(differentials.form(program.update[state]))
        forms += saltation.forms_of(state)
        found[state] = {leaf for form in forms for leaf in _leaves(form, differentials)}
    return found


def _leaves(form: Form, differentials: Differentials) -> Iterator[str]:
    for key in form:
        behind = differentials.standing_alone.get(key)
        if behind is None:
            yield str(key.value)
        else:
            yield from _leaves(behind, differentials)

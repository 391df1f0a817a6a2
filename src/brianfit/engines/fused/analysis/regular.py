"""In which phase of a step, and in which steps, code runs that a model runs by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import final

from brian2.core.preferences import prefs
from brian2.units.allunits import second

from brianfit._foundation.errors import InvalidValueError, UnsupportedByFusedEngine
from brianfit.model import Model, RegularOperation

_SAME = 1e-4
"""Brian takes times for the same that differ by less than this part of a step."""


@final
class Phase(IntEnum):
    """Between which parts of a step something happens."""

    FIRST = 0
    BEFORE_RECORDING = 1
    BEFORE_UPDATE = 2
    BEFORE_CONDITIONS = 3
    BEFORE_EFFECTS = 4
    LAST = 5


@final
@dataclass(frozen=True, kw_only=True)
class RegularCode:
    """Statements that are run every `every` steps, from the first one on."""

    statements: str
    every: int


_PARTS = (
    ("before_start", Phase.FIRST, Phase.BEFORE_RECORDING),
    ("start", Phase.BEFORE_RECORDING, Phase.BEFORE_UPDATE),
    ("groups", Phase.BEFORE_UPDATE, Phase.BEFORE_CONDITIONS),
    ("thresholds", Phase.BEFORE_CONDITIONS, Phase.BEFORE_EFFECTS),
    ("resets", Phase.BEFORE_EFFECTS, Phase.LAST),
)
"""The slots of Brian in which an engine does something: what comes before it and after it there.

With the order of the engine's own part, which is zero, the name decides; that of code that is run
regularly comes first in Brian, too.
"""


def regular_code(model: Model, dt: float) -> Mapping[Phase, tuple[RegularCode, ...]]:
    """Return what is run in which phase, in the order of Brian.

    Raises
    ------
    UnsupportedByFusedEngine
        If code is to be run at other times than those of the steps.
    """
    slots = _slots()
    ordered = sorted(model.run_regularly, key=lambda it: (_place(slots, it.when), it.order))
    found: dict[Phase, list[RegularCode]] = {phase: [] for phase in Phase}
    for operation in ordered:
        code = RegularCode(statements=operation.code, every=_every(operation, dt))
        found[_phase(slots, operation)].append(code)
    return {phase: tuple(codes) for phase, codes in found.items()}


def _slots() -> list[str]:
    schedule = list(prefs["core.network.default_schedule"])
    return [f"{prefix}{slot}" for slot in schedule for prefix in ("before_", "", "after_")]


def _place(slots: list[str], when: str) -> int:
    if when not in slots:
        raise InvalidValueError(
            f"Code is to be run regularly in the slot '{when}', but Brian's slots are: "
            f"{', '.join(slots)}."
        )
    return slots.index(when)


def _phase(slots: list[str], operation: RegularOperation) -> Phase:
    place = (_place(slots, operation.when), operation.order)
    phase = Phase.FIRST
    for slot, before, after in _PARTS:
        phase = before if place <= (slots.index(slot), 0) else after
        if phase is before:
            break
    return phase


def _every(operation: RegularOperation, dt: float) -> int:
    if operation.dt is None:
        return 1
    steps = float(operation.dt / second) / dt
    if round(steps) < 1 or abs(steps - round(steps)) > _SAME:
        raise UnsupportedByFusedEngine(
            f"Code is run regularly every {operation.dt}, which is not a multiple of the time "
            f"step of {dt:g} s; the fused engine does nothing between its steps."
        )
    return round(steps)

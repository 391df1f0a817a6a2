"""Which names of the calling script are handed to Brian."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import brian2
from brian2 import mV

from brianfit.fitting.problem.namespaces import resolve_namespace


def _frame_with(**names: Any) -> FrameType:
    found: dict[str, Any] = {"sys": sys, **names}
    exec("frame = sys._getframe()", found)
    frame = found["frame"]
    assert isinstance(frame, FrameType)
    return frame


def test_what_a_star_import_of_brian_gives_is_left_to_brian() -> None:
    names = ("exp", "mV", "pi", "clip", "exprel")
    frame = _frame_with(**{name: getattr(brian2, name) for name in names})

    assert resolve_namespace(names, None, frame) == {}


def test_what_the_script_calls_by_such_a_name_is_its_own() -> None:
    frame = _frame_with(pi=3.0, mV=2 * mV, e=5 * mV)

    found = resolve_namespace(("pi", "mV", "e"), None, frame)

    assert found == {"pi": 3.0, "mV": 2 * mV, "e": 5 * mV}


def test_constants_of_the_script_are_found() -> None:
    frame = _frame_with(El=-70 * mV, text="no constant", _hidden=1.0)

    assert resolve_namespace(("El", "text", "_hidden", "absent"), None, frame) == {"El": -70 * mV}

"""Find names such as ``El`` in the script that calls `fit`, `generate` or `refine`.

This is the one place that looks at the caller; below it, a namespace is an explicit argument.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from numbers import Number
from types import FrameType
from typing import Any

from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS, Function
from brian2.core.namespace import DEFAULT_UNITS
from brian2.units.fundamentalunits import Quantity

from brianfit._foundation.arguments import check_instance, check_positive_integer

Namespace = Mapping[str, Any]

_OURS = {"brianfit", "jaxtyping", "beartype"}


def resolve_namespace(
    names: Collection[str], explicit: Namespace | None, frame: FrameType | None
) -> dict[str, Any]:
    """Return the external constants and functions among `names`.

    Parameters
    ----------
    names
        Names that the model uses without defining them.
    explicit
        The namespace given by the user; it alone counts, if there is one.
    frame
        The calling script; local names hide global ones.

    Returns
    -------
    dict
        What was found; the rest are units and functions of Brian, or errors that the engine
        reports.
    """
    if explicit is not None:
        check_instance("namespace", explicit, Mapping, "a dictionary {name: value}")
        return {name: explicit[name] for name in names if name in explicit}
    if frame is None:
        return {}
    visible = {**frame.f_globals, **frame.f_locals}
    return {
        name: visible[name]
        for name in names
        if not name.startswith("_") and name in visible and _is_wanted(name, visible[name])
    }


def _is_wanted(name: str, value: object) -> bool:
    """Return whether a value is to be handed to Brian, which knows its own under that name."""
    return _can_be_used(value) and not _is_of_brian(name, value)


def _is_of_brian(name: str, value: object) -> bool:
    """Return whether a value, as ``from brian2 import *`` gives it, is Brian's own of that name."""
    if name in DEFAULT_FUNCTIONS:
        return value is DEFAULT_FUNCTIONS[name] or value is DEFAULT_FUNCTIONS[name].pyfunc
    if name in DEFAULT_CONSTANTS:
        return isinstance(value, float) and value == DEFAULT_CONSTANTS[name].value
    return name in DEFAULT_UNITS and value is DEFAULT_UNITS[name]


def _can_be_used(value: object) -> bool:
    """Return whether Brian could use a value: a number, or a function that declares its units."""
    return isinstance(value, Quantity | Number | Function) or hasattr(value, "_arg_units")


def calling_frame(level: int) -> FrameType | None:
    """Return the frame of the code that called a public method of a fitter.

    Parameters
    ----------
    level
        How many further frames to go up: 0 for the code that called the method itself.
    """
    level = check_positive_integer("level", level, minimum=0)
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    for _ in range(level):
        if frame is None:
            break
        frame = frame.f_back
    return frame


def _is_ours(frame: FrameType) -> bool:
    """Return whether a frame belongs to this package or to a checker of types wrapped around it."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _OURS

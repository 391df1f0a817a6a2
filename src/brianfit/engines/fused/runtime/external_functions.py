"""Functions of the user as Numba can compile them: without units, with plain NumPy inside.

A script that says ``from brian2 import *`` has Brian's functions under the names ``exp``, ``np``,
...; they check units and cannot be compiled. Inside a kernel all values are SI numbers, so the
functions of NumPy, with the same names, do the same.
"""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from brian2.core.functions import Function
from brian2.units.fundamentalunits import Quantity
from numba import njit

_MODULES_OF_BRIAN = (
    "brian2",
    "brian2.numpy_",
    "brian2.units.unitsafefunctions",
    "brian2.units.unitsafe",
)


def python_function(function: Function) -> object:
    """Return what a function of Brian does, without the check of its units."""
    return getattr(function.pyfunc, "_orig_func", function.pyfunc)


def with_plain_numpy(function: FunctionType) -> FunctionType:
    """Return a copy of `function` in which Brian's functions are those of NumPy.

    Quantities that it uses from outside become SI numbers; functions that it calls are treated in
    the same way.
    """
    return _copied(function, {})


def _copied(function: FunctionType, done: dict[int, FunctionType]) -> FunctionType:
    if id(function) in done:
        return done[id(function)]
    copy = FunctionType(
        function.__code__,
        {"__builtins__": __builtins__, "__name__": function.__module__},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    done[id(function)] = copy
    for name in _names_used(function):
        if name in function.__globals__:
            copy.__globals__[name] = _plain(function.__globals__[name], done)
    return copy


def _names_used(function: FunctionType) -> tuple[str, ...]:
    return function.__code__.co_names


def _plain(value: Any, done: dict[int, FunctionType]) -> Any:
    if isinstance(value, ModuleType) and value.__name__ in _MODULES_OF_BRIAN:
        return np
    if isinstance(value, Quantity) and np.ndim(value) == 0:
        return float(value)
    if isinstance(value, Function):
        value = python_function(value)
    value = getattr(value, "_orig_func", value)
    if not isinstance(value, FunctionType):
        return value
    if value.__module__ in _MODULES_OF_BRIAN and hasattr(np, value.__name__):
        return getattr(np, value.__name__)
    return njit(error_model="numpy")(_copied(value, done))


def is_declared_stateful(given: object) -> bool:
    """Return whether the user said that a function must not be called in any order.

    Brian takes that for granted of every bare Python function; here it must be said, with
    ``Function(..., stateless=False)``.
    """
    return isinstance(given, Function) and not given.stateless


__all__ = ["is_declared_stateful", "python_function", "with_plain_numpy"]

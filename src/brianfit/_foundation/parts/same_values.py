"""Whether two values are the same, whatever they are: numbers, arrays, parts, functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from brianfit._foundation.plain import Unknown, described
from brianfit._foundation.units import Quantity, dimensions_of

Class = TypeVar("Class", bound=type)


def compared_by_value(kind: Class) -> Class:
    """Let ``==`` compare the fields of a dataclass by `same_value`: arrays element by element."""

    def is_equal(self: Any, other: object) -> Any:
        return _same_fields(self, other) if type(self) is type(other) else NotImplemented

    kind.__eq__ = is_equal  # type: ignore[assignment, method-assign]
    return kind


def same_value(one: Any, other: Any) -> bool:
    """Return whether two values are the same, so that to exchange them changes nothing.

    Numbers may be of different types. Functions are the same if they have the same code and see
    the same values. A part (metric, optimizer, engine) is the same as another one of its class that
    was made with the same arguments. A value of which a file kept nothing but a description is
    the same as any of that description. All other objects are the same only as themselves, or
    if they say that they are equal.
    """
    if one is other:
        return True
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return described(one) == described(other)
    if _are_numbers(one, other):
        return _same_numbers(one, other)
    for kind, compare in _KINDS:
        if isinstance(one, kind) or isinstance(other, kind):
            return isinstance(one, kind) and isinstance(other, kind) and compare(one, other)
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and _same_fields(one, other)
    return _say_so(one, other)


def _are_numbers(one: Any, other: Any) -> bool:
    kinds = (Quantity, np.ndarray, np.generic, int, float, complex)
    return isinstance(one, kinds) and isinstance(other, kinds)


def _same_numbers(one: Any, other: Any) -> bool:
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if dimensions_of(one) is not dimensions_of(other):
        return False
    first, second = np.asarray(one), np.asarray(other)
    has_nan = first.dtype.kind in "fc" and second.dtype.kind in "fc"
    return first.shape == second.shape and np.array_equal(first, second, equal_nan=has_nan)


def _same_mapping(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    return set(one) == set(other) and all(same_value(one[key], other[key]) for key in one)


def _same_sequence(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(map(same_value, one, other))


def _same_function(one: FunctionType, other: FunctionType) -> bool:
    """Return whether two functions are made by the same lines, as when these are run again."""
    seen = [
        [cell.cell_contents for cell in function.__closure__ or ()] for function in (one, other)
    ]
    return (
        one.__code__ == other.__code__
        and same_value(one.__defaults__, other.__defaults__)
        and same_value(one.__kwdefaults__, other.__kwdefaults__)
        and same_value(*seen)
    )


def _same_fields(one: Any, other: Any) -> bool:
    names = [field.name for field in dataclasses.fields(one) if field.compare]
    return all(same_value(getattr(one, name), getattr(other, name)) for name in names)


def _say_so(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False


_KINDS: tuple[tuple[Any, Callable[[Any, Any], bool]], ...] = (
    (Mapping, _same_mapping),
    ((list, tuple), _same_sequence),
    (FunctionType, _same_function),
)

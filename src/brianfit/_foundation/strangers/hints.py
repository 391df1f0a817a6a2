"""Whether a value that came from a file is of the type that its field declares."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

_LARGEST_WHOLE = 2**53  # whole numbers up to this are floats without loss


def is_of_type(value: Any, hint: Any) -> bool:
    """Return whether a value is of an annotated type, whatever is inside of it included.

    A whole number counts as a float, but true and false do not count as numbers. Of arrays the kind
    is compared, and the shape where jaxtyping is installed.
    """
    if hint is Any:
        return True
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return any(is_of_type(value, one) for one in typing.get_args(hint))
    if origin is not None:
        return _is_collection(value, origin, typing.get_args(hint))
    if hint in {int, float}:
        return _is_number(value, hint)
    if _is_array_type(hint):
        return isinstance(value, np.ndarray) and isinstance(value, hint)
    return isinstance(value, type(None) if hint is None else hint)


def _is_number(value: Any, hint: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | hint):
        return False
    return isinstance(value, hint) or abs(value) <= _LARGEST_WHOLE


@cache
def field_types(kind: type) -> Mapping[str, Any]:
    """Return the annotated types of the fields of a dataclass."""
    return typing.get_type_hints(kind)


def _is_collection(value: Any, origin: Any, inner: tuple[Any, ...]) -> bool:
    if not isinstance(value, origin):
        return False
    if isinstance(value, Mapping):
        key_type, item_type = inner
        return all(is_of_type(key, key_type) for key in value) and all(
            is_of_type(item, item_type) for item in value.values()
        )
    if origin is tuple and inner[-1:] != (Ellipsis,):
        return len(value) == len(inner) and all(map(is_of_type, value, inner))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(is_of_type(item, inner[0]) for item in value)
    return True


def _is_array_type(hint: Any) -> bool:
    return hint is np.ndarray or getattr(hint, "array_type", None) is np.ndarray

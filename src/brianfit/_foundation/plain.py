"""Values as plain text and numbers that a file can hold, and back; nothing is run or unpickled.

JSON carries the structure, arrays are kept apart by name. What JSON does not know is marked by an
object with the key ``"$"``::

    {"$": "number", "is": "nan"}                              nan and infinities
    {"$": "quantity", "value": ..., "powers": [0, 0, 1, ...]}  SI value; powers of the base units
    {"$": "dimension", "powers": [...]}
    {"$": "array", "name": "9f86d0..."}                       an array kept apart
    {"$": "tuple", "items": [...]}
    {"$": "mapping", "items": [[key, value], ...]}            keys that are no text, or "$" itself
    {"$": "record", "kind": "PartRecord", "fields": {...}}    a dataclass that is known by name
    {"$": "unknown", "text": "<function f>"}                  all else; it cannot be read back
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from textwrap import shorten
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.strangers.hints import field_types, is_of_type
from brianfit._foundation.units import (
    DIMENSIONLESS,
    Dimension,
    Quantity,
    dimension_from_powers,
    dimensions_of,
    from_si,
    powers_of,
)

KeepArray = Callable[[np.ndarray], str]
"""Keeps an array apart and returns its name."""

GetArray = Callable[[str], np.ndarray]
"""Returns the array of a name."""

MARK = "$"


@final
@dataclasses.dataclass(frozen=True)
class Unknown:
    """Stands for a value that a file cannot hold, such as a function."""

    text: str

    def __repr__(self) -> str:
        return self.text


def to_plain(value: Any, keep: KeepArray) -> Any:
    """Return `value` as what JSON knows; arrays are handed to `keep`."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Quantity):
        return _plain_quantity(value, keep)
    if isinstance(value, np.generic):
        return to_plain(value.item(), keep)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {MARK: "number", "is": repr(value)}
    return _plain_collection(value, keep)


def _plain_quantity(value: Quantity, keep: KeepArray) -> Any:
    number = np.asarray(value, dtype=np.float64)
    plain = to_plain(float(number) if number.ndim == 0 else number, keep)
    return {MARK: "quantity", "value": plain, "powers": powers_of(dimensions_of(value))}


def _plain_collection(value: Any, keep: KeepArray) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {MARK: "array", "name": keep(value)}
    if isinstance(value, Dimension):
        return {MARK: "dimension", "powers": powers_of(value)}
    if isinstance(value, Mapping):
        return _plain_mapping(value, keep)
    if isinstance(value, list | tuple):
        items = [to_plain(item, keep) for item in value]
        return items if isinstance(value, list) else {MARK: "tuple", "items": items}
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Unknown):
        fields = {
            field.name: to_plain(getattr(value, field.name), keep)
            for field in dataclasses.fields(value)
        }
        return {MARK: "record", "kind": type(value).__name__, "fields": fields}
    return {MARK: "unknown", "text": described(value)}


def _plain_mapping(value: Mapping[Any, Any], keep: KeepArray) -> Any:
    if all(isinstance(key, str) for key in value) and MARK not in value:
        return {key: to_plain(item, keep) for key, item in value.items()}
    items = [[to_plain(key, keep), to_plain(item, keep)] for key, item in value.items()]
    return {MARK: "mapping", "items": items}


def described(value: Any) -> str:
    """Return a text that does not change from one process to the next."""
    if isinstance(value, Unknown):
        return value.text
    name = getattr(value, "__qualname__", None)
    if name is not None:
        return f"<{getattr(value, '__module__', '')}.{name}>"
    return f"<{type(value).__module__}.{type(value).__qualname__} object>"


def from_plain(plain: Any, get: GetArray, kinds: Mapping[str, type]) -> Any:
    """Return the value that `to_plain` was given.

    Parameters
    ----------
    kinds
        The dataclasses that may be made, by name. Fields that a file lacks get their defaults,
        fields that they do not have are left out.

    Raises
    ------
    StoreError
        If it is not what `to_plain` returns.
    """
    if isinstance(plain, list):
        return [from_plain(item, get, kinds) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if MARK not in plain:
        return {key: from_plain(item, get, kinds) for key, item in plain.items()}
    mark = shorten(str(plain[MARK]), 40)
    reader = _READERS.get(mark)
    if reader is None:
        raise StoreError(f"A value of the unknown kind {mark!r} cannot be read.")
    try:
        return reader(plain, get, kinds)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise StoreError(f"A value of the kind {mark!r} cannot be read: {error}") from error


def _read_quantity(plain: Any, get: GetArray, kinds: Mapping[str, type]) -> Any:
    dimension = dimension_from_powers(plain["powers"])
    value = from_plain(plain["value"], get, kinds)
    return Quantity(value) if dimension is DIMENSIONLESS else from_si(value, dimension)


def _read_mapping(plain: Any, get: GetArray, kinds: Mapping[str, type]) -> Any:
    return {
        from_plain(key, get, kinds): from_plain(item, get, kinds) for key, item in plain["items"]
    }


def _read_record(plain: Any, get: GetArray, kinds: Mapping[str, type]) -> Any:
    kind = kinds.get(plain["kind"])
    if kind is None:
        return Unknown(f"<{plain['kind']}>")
    known = {field.name for field in dataclasses.fields(kind)}
    types = field_types(kind)
    fields = {
        name: from_plain(item, get, kinds)
        for name, item in plain["fields"].items()
        if name in known
    }
    wrong = [name for name, value in fields.items() if not is_of_type(value, types[name])]
    if wrong:
        raise StoreError(f"The field '{wrong[0]}' of {kind.__name__} holds something else.")
    return kind(**fields)


_READERS: Mapping[Any, Callable[[Any, GetArray, Mapping[str, type]], Any]] = {
    "number": lambda plain, _get, _kinds: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[
        plain["is"]
    ],
    "quantity": _read_quantity,
    "dimension": lambda plain, _get, _kinds: dimension_from_powers(plain["powers"]),
    "array": lambda plain, get, _kinds: get(plain["name"]),
    "tuple": lambda plain, get, kinds: tuple(
        from_plain(item, get, kinds) for item in plain["items"]
    ),
    "mapping": _read_mapping,
    "record": _read_record,
    "unknown": lambda plain, _get, _kinds: Unknown(str(plain["text"])),
}

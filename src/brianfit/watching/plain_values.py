"""Values of the texts of a store, as far as a frame shows them; whatever is odd is left out.

The form is that of `_foundation/plain`, which makes objects of it and needs Brian for that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MARK = "$"
_SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def number(plain: Any) -> float | None:
    """Return a number; None where there is none."""
    if isinstance(plain, bool):
        return None
    if isinstance(plain, int | float):
        return float(plain)
    if isinstance(plain, Mapping) and plain.get(MARK) == "number":
        return _SPECIAL.get(str(plain.get("is")))
    return None


def items(plain: Any) -> list[Any]:
    """Return the items of a list or tuple; none where there is none."""
    if isinstance(plain, Mapping) and plain.get(MARK) == "tuple":
        plain = plain.get("items")
    return plain if isinstance(plain, list) else []


def fields(plain: Any) -> Mapping[str, Any]:
    """Return the fields of a record, or the entries of a dictionary."""
    if not isinstance(plain, Mapping):
        return {}
    if plain.get(MARK) == "record":
        plain = plain.get("fields")
    return plain if isinstance(plain, Mapping) and MARK not in plain else {}


def powers(plain: Any) -> tuple[float, ...]:
    """Return the powers of the base units; none where they cannot be read."""
    found = plain.get("powers") if isinstance(plain, Mapping) else None
    if not isinstance(found, list) or len(found) != 7:
        return (0.0,) * 7
    values = [number(one) for one in found]
    return tuple(0.0 if value is None else value for value in values)


def array_name(plain: Any) -> str | None:
    """Return under which name an array is kept apart."""
    if isinstance(plain, Mapping) and plain.get(MARK) == "array":
        return str(plain.get("name"))
    return None

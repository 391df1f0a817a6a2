"""Values and parts as the Python code that makes them, with Brian's units."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from brian2.units import stdunits
from brian2.units.fundamentalunits import Unit

from brianfit._foundation.units import (
    DIMENSIONLESS,
    Dimension,
    Quantity,
    dimensions_of,
    equation_unit,
)

LONGEST_ARRAY = 1000
"""Arrays with more elements are shortened, as NumPy does it; all else reads back exactly."""


def call_text(name: str, arguments: Mapping[str, Any]) -> str:
    """Return the call of a function with arguments by name."""
    return (
        f"{name}({', '.join(f'{word}={value_text(value)}' for word, value in arguments.items())})"
    )


def call_of(value: Any, **written: str) -> str:
    """Return the call that makes a dataclass; arguments that have their defaults are left out.

    Parameters
    ----------
    **written
        How the values of fields are written that `value_text` does not know.
    """
    texts = {name: value_text(given) for name, given in _changed_fields(value).items()}
    inner = (f"{name}={written.get(name, text)}" for name, text in texts.items())
    return f"{type(value).__name__}({', '.join(inner)})"


def value_text(value: Any) -> str:
    """Return code that makes a value, where ``from brian2 import *`` has been run."""
    if isinstance(value, Quantity) and dimensions_of(value) is not DIMENSIONLESS:
        return _quantity_text(value)
    if isinstance(value, np.ndarray):
        return _array_text(value)
    if isinstance(value, np.generic):
        return repr(value.item())
    if type(value) in {list, tuple, dict, MappingProxyType}:
        return _collection_text(value)
    if inspect.isroutine(value) or inspect.isclass(value):
        return str(getattr(value, "__name__", repr(value)))
    return repr(value)


def _changed_fields(value: Any) -> dict[str, Any]:
    found = {}
    for field in dataclasses.fields(value):
        given, default = getattr(value, field.name), field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        if field.init and not (type(given) is type(default) and given == default):
            found[field.name] = given
    return found


def _collection_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {value_text(item)}" for key, item in value.items()) + "}"
    inner = ", ".join(map(value_text, value))
    return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"


def _quantity_text(value: Quantity) -> str:
    dimensions = dimensions_of(value)
    numbers = np.asarray(value, dtype=np.float64)
    name, texts = _factors(numbers.ravel().tolist(), dimensions)
    if numbers.ndim == 0:
        return f"{texts[0]}*{name}"
    if numbers.ndim > 1 or numbers.size > LONGEST_ARRAY:
        return f"{_array_text(numbers)}*{equation_unit(dimensions)}"
    return f"[{', '.join(texts)}]*{name}"


def _factors(numbers: Sequence[float], dimensions: Dimension) -> tuple[str, list[str]]:
    """Return a unit, and by what it is to be multiplied to give the numbers."""
    largest = max((abs(number) for number in numbers), default=0.0)
    for name, size in _short_units(dimensions).items():
        if 1.0 <= largest / size < 1000.0:
            texts = [_factor(number, size) for number in numbers]
            if None not in texts:
                return name, [str(text) for text in texts]
    return equation_unit(dimensions), [_factor(number, 1.0) or repr(number) for number in numbers]


def _factor(number: float, size: float) -> str | None:
    """Return the shortest number that times a unit is `number`; None if there is none."""
    factor = number / size
    candidates = (f"{factor:.6g}", f"{factor:.15g}", repr(factor))
    return next((text for text in candidates if float(text) * size == number), None)


def _array_text(array: np.ndarray) -> str:
    if array.size <= LONGEST_ARRAY:
        return f"array({array.tolist()!r})"
    return " ".join(repr(np.asarray(array)).split())


@functools.cache
def _short_units(dimensions: Dimension) -> dict[str, float]:
    """Return the units that Brian has short names for, the largest first."""
    units = {
        name: float(unit)
        for name, unit in vars(stdunits).items()
        if isinstance(unit, Unit) and unit.dim is dimensions and name in stdunits.__all__
    }
    return dict(sorted(units.items(), key=lambda item: -item[1]))

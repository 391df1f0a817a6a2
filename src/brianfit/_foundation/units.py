"""Quantities to SI numbers at the border, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2.units.allunits import coulomb, farad, hertz, ohm, siemens, volt
from brian2.units.fundamentalunits import (
    DIMENSIONLESS,
    Dimension,
    Quantity,
    get_dimensions,
    get_or_create_dimension,
    get_unit,
    have_same_dimensions,
)

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, UnitMismatchError
from brianfit._foundation.ignored_interrupts import go_on_ignoring
from brianfit._foundation.shapes import Float
from brianfit._foundation.telling import end_plainly_on_our_errors

# Brian has just put its own hook in place, and taken the signal of Ctrl-C over.
end_plainly_on_our_errors()
go_on_ignoring()

SECOND: Dimension = get_or_create_dimension(s=1)
_BASE_UNITS = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
_NAMED_UNITS = {
    volt.dim: "volt",
    siemens.dim: "siemens",
    farad.dim: "farad",
    ohm.dim: "ohm",
    coulomb.dim: "coulomb",
    hertz.dim: "hertz",
}

__all__ = [
    "DIMENSIONLESS",
    "SECOND",
    "Dimension",
    "Quantity",
    "dimension_from_powers",
    "dimensions_of",
    "duration_si",
    "equation_unit",
    "from_si",
    "powers_of",
    "readable",
    "same_dimensions",
    "scalar_si",
    "si_array",
    "si_array_any",
    "si_scalar_any",
    "step_si",
    "unit_name",
]


def dimensions_of(value: Any, name: str = "") -> Dimension:
    """Return the physical dimensions of a quantity; plain numbers are dimensionless.

    Parameters
    ----------
    name
        Of the argument that holds the value, for the message.

    Raises
    ------
    InvalidTypeError
        If it is neither.
    """
    try:
        found = get_dimensions(value)
        return DIMENSIONLESS if found is None else found  # a view of Brian without unit, `v_`
    except (TypeError, ValueError) as error:
        place = f"`{name}`: expected" if name else "Expected"
        message = f"{place} a number or a quantity, but found {value!r}."
        raise InvalidTypeError(message) from error


def same_dimensions(first: Any, second: Any) -> bool:
    """Return whether two quantities, units or dimensions can be compared."""
    return bool(have_same_dimensions(first, second))


def unit_name(dimensions: Dimension) -> str:
    """Return the name of the SI unit of `dimensions`, ``"1"`` for plain numbers."""
    return "1" if dimensions is DIMENSIONLESS else str(get_unit(dimensions))


def powers_of(dimensions: Dimension) -> list[float]:
    """Return the powers of metre, kilogram, second, amp, kelvin, mole and candela."""
    return [float(power) for power in dimensions._dims]  # noqa: SLF001 - no public way to the powers


def dimension_from_powers(powers: Sequence[float]) -> Dimension:
    """Return the dimensions that `powers_of` was given."""
    return get_or_create_dimension([float(power) for power in powers])


def equation_unit(dimensions: Dimension) -> str:
    """Return the unit of `dimensions` spelled so that Brian's equations can read it."""
    if dimensions in _NAMED_UNITS:
        return _NAMED_UNITS[dimensions]
    factors = [
        _power_of(base, float(power))
        for base, power in zip(_BASE_UNITS, dimensions._dims, strict=True)  # noqa: SLF001 - no public way to the powers
        if power != 0
    ]
    return "*".join(factors) or "1"


def _power_of(base: str, power: float) -> str:
    if power == 1:
        return base  # to Brian 2.9 with NumPy 2.1 a unit to the power of 1 is no unit any more
    return f"{base}**{int(power) if power == int(power) else power!r}"


def si_array(
    name: str, value: Any, dimensions: Dimension, *, plain_is_si: bool = True
) -> Float[np.ndarray, "..."]:
    """Return `value` as a new float64 array in SI units.

    Parameters
    ----------
    plain_is_si
        Whether numbers without a unit are taken to be in SI units already.

    Raises
    ------
    UnitMismatchError
        If `value` has other dimensions than `dimensions`.
    InvalidTypeError
        If it is not numeric.
    """
    array = _regular_array(name, value)
    _check_dimensions(name, value, dimensions, plain_is_si=plain_is_si)
    return array


def duration_si(name: str, value: Any) -> float:
    """Return a time of 0 s or more in seconds.

    Raises
    ------
    UnitMismatchError, InvalidTypeError
        If `value` is not a time.
    InvalidValueError
        If it is negative or not finite.
    """
    seconds = scalar_si(name, value, SECOND)
    if not (np.isfinite(seconds) and seconds >= 0):
        raise InvalidValueError(f"`{name}` must be a finite time of 0 s or longer, but is {value}.")
    return seconds


def scalar_si(name: str, value: Any, dimensions: Dimension, *, plain_is_si: bool = True) -> float:
    """Return the single number `value` in SI units.

    Raises
    ------
    UnitMismatchError
        If `value` has other dimensions than `dimensions`.
    InvalidTypeError
        If it is not a single number.
    """
    array = si_array(name, value, dimensions, plain_is_si=plain_is_si)
    if array.size != 1:
        raise InvalidTypeError(
            f"`{name}` must be a single value, but is an array of {array.size} values."
        )
    return float(array.reshape(()))


def step_si(dt: Any) -> float:
    """Return the time step [s].

    Raises
    ------
    UnitMismatchError, InvalidTypeError
        If it is no time.
    InvalidValueError
        If it is not positive.
    """
    step = scalar_si("dt", dt, SECOND)
    if not (np.isfinite(step) and step > 0):
        raise InvalidValueError(f"`dt` must be a positive time, but is {dt}.")
    return step


def si_scalar_any(name: str, value: Any) -> tuple[float, Dimension]:
    """Return a single value of any unit as (number in SI units, dimensions)."""
    dimensions = dimensions_of(value, name)
    return scalar_si(name, value, dimensions), dimensions


def si_array_any(name: str, value: Any) -> Float[np.ndarray, "..."]:
    """Return values of any unit as a new float64 array in SI units; what is masked is nan.

    Raises
    ------
    InvalidTypeError
        If they are not numeric.
    """
    if not isinstance(value, np.ma.MaskedArray):
        return _regular_array(name, value)
    return np.where(value.mask, np.nan, _regular_array(name, value.data))


def from_si(value: Any, dimensions: Dimension) -> Any:
    """Put the unit back: a `Quantity`, or plain numbers where there is no unit."""
    if dimensions is DIMENSIONLESS:
        return value
    return Quantity(value, dim=dimensions)


def readable(value: Any, dimensions: Dimension | None = None) -> str:
    """Return a single value as a person writes it: six digits and a fitting unit.

    Parameters
    ----------
    value
        A quantity, or a number in SI units of `dimensions`.
    """
    quantity = from_si(value, DIMENSIONLESS if dimensions is None else dimensions)
    if dimensions_of(quantity) is DIMENSIONLESS or not np.isfinite(float(quantity)):
        return f"{float(quantity):.6g}"
    unit = quantity.get_best_unit()
    return f"{float(quantity / unit):.6g} {unit}"


def _regular_array(name: str, value: Any) -> Float[np.ndarray, "..."]:
    problem = f"`{name}` must be numbers in a regular array, but"
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biufO" or None in array.ravel().tolist():
            raise InvalidTypeError(f"{problem} is {value!r}.")
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidTypeError):
            raise
        raise InvalidTypeError(f"{problem} could not be read as one: {error}") from error


def _check_dimensions(name: str, value: Any, dimensions: Dimension, *, plain_is_si: bool) -> None:
    found = _dimensions_within(value)
    if found <= {dimensions}:
        return
    if plain_is_si and found == {DIMENSIONLESS} and not isinstance(value, Quantity):
        return
    wrong = min(unit_name(other) for other in found - {dimensions})
    raise UnitMismatchError(
        f"`{name}` must have the unit {unit_name(dimensions)}, but has {wrong}."
    )


def _dimensions_within(value: Any) -> set[Dimension]:
    """Return the dimensions of all elements of lists such as ``[0, 1*mV, 2*mV]``.

    A zero among quantities needs no unit.
    """
    if not isinstance(value, list | tuple):
        return {dimensions_of(value)}
    with_unit: set[Dimension] = set()
    plain = {element for element in value if isinstance(element, int | float)}
    for element in value:
        if not isinstance(element, int | float):
            with_unit |= _dimensions_within(element)
    if plain - {0} or (plain and not with_unit):
        with_unit.add(DIMENSIONLESS)
    return with_unit

"""Divisions with a floor, signs and limits in float64, with the special cases of NumPy."""

from __future__ import annotations

import math

from brianfit.engines.fused.math.intrinsics import (
    absolute,
    copy_sign,
    floor,
    fma,
    inlined,
    select,
    trunc,
)

_INFINITY = math.inf
_NAN = math.nan


@inlined
def modulo(x: float, y: float) -> float:
    """Return x % y, which has the sign of y.

    Exact while x / y is below 2**53. Beyond, where x does not know its whole part modulo y any
    more, the remainder can be larger than y.
    """
    whole = floor(x / y)
    remainder = fma(-whole, y, x)
    # A quotient just below a whole number may have been rounded up to it.
    is_too_far = _differ_in_sign(remainder, y)
    remainder = select(is_too_far, fma(1.0 - whole, y, x), remainder)
    remainder = select(remainder == 0.0, copy_sign(0.0, y), remainder)
    beside_infinity = select(_differ_in_sign(x, y), y, x)
    is_beside_infinity = (absolute(y) == _INFINITY) & (absolute(x) < _INFINITY)
    return select(is_beside_infinity, beside_infinity, remainder)


@inlined
def floor_division(x: float, y: float) -> float:
    """Return x // y: the whole number of times that y fits into x, rounded down."""
    ratio = x / y
    whole = floor(ratio)
    # A quotient just below a whole number may have been rounded up to it, be it 0.
    is_beside_infinity = absolute(y) == _INFINITY
    remainder = select(is_beside_infinity, x, fma(-whole, y, x))
    is_too_far = _differ_in_sign(remainder, y)
    whole = select(is_too_far, whole - 1.0, whole)
    whole = select(absolute(x) == _INFINITY, _NAN, whole)
    return select(y == 0.0, ratio, whole)


@inlined
def sign(x: float) -> float:
    """Return -1, 0 or 1 as a float, or nan."""
    return select(x > 0.0, 1.0, select(x < 0.0, -1.0, select(x == 0.0, 0.0, x)))


@inlined
def clip(x: float, low: float, high: float) -> float:
    """Return x, or the limit that it is beyond."""
    x = select(x < low, low, x)
    return select(x > high, high, x)


@inlined
def timestep(t: float, dt: float) -> float:
    """Return the number of whole steps in t; what lies just below the next one counts as it."""
    return trunc((t + 1e-3 * dt) / dt)


@inlined
def _differ_in_sign(x: float, y: float) -> bool:
    return ((x < 0.0) & (y > 0.0)) | ((x > 0.0) & (y < 0.0))

"""Integers of 32 bits, as floats without a fraction."""

from __future__ import annotations

from brianfit.engines.fused.math.intrinsics import floor, inlined, select, trunc

_ALL = 2.0**32
_HALF = 2.0**31
_LOW = 2.0**16


@inlined
def int_32(x: float) -> float:
    """Return x without its fraction; -2**31 if it has no 32 bits, as processors do."""
    whole = trunc(x)
    has_32_bits = (whole >= -_HALF) & (whole < _HALF)
    return select(has_32_bits, whole, -_HALF)


@inlined
def wrap_32(x: float) -> float:
    """Return a whole number, below 2**53, as its lowest 32 bits say it."""
    return x - _ALL * floor((x + _HALF) * (1.0 / _ALL))


@inlined
def product_32(x: float, y: float) -> float:
    """Return the lowest 32 bits of a product: by halves of x, for which float64 has room."""
    high = floor(x * (1.0 / _LOW))
    low = x - high * _LOW
    return wrap_32(wrap_32(high * y) * _LOW + low * y)

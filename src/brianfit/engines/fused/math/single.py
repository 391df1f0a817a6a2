"""The functions that models use most, in float32 all the way.

A vector holds twice as many float32, so nothing here passes through float64. The methods are
those of `exponentials` and `logarithms`, with shorter polynomials.

References
----------
Those of `exponentials` and `logarithms`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from brianfit.engines.fused.math.intrinsics import (
    absolute,
    copy_sign,
    fma,
    half_powers_of_two,
    inlined,
    inverse_power_of_two,
    polynomial,
    select,
    split_exponent,
)
from brianfit.engines.fused.math.sums import ordered_sum


def _float32(number: float) -> Any:
    return np.float32(number)


# Literals in the code would be float64, and what they touch as well.
_ZERO = _float32(0.0)
_HALF = _float32(0.5)
_ONE = _float32(1.0)
_TWO = _float32(2.0)
_INFINITY = _float32(np.inf)
_NAN = _float32(np.nan)
_SMALLEST_NORMAL = _float32(2.0**-126)
_TO_NORMAL = _float32(2.0**25)
_SHIFT_TO_NORMAL = _float32(25.0)

_LOG2_E = _float32(1.4426950408889634)
_LOG_2_HIGH = _float32(0.693359375)  # 15 zero bits at the end: products with k are exact
_LOG_2_LOW = _float32(-0.00021219444005469057)
_TO_TWICE_BIASED = _float32(1.5 * 2.0**23 + 254.0)

_EXP_MAXIMUM = _float32(88.73)
_EXP_MINIMUM = _float32(-104.0)
_EXPREL_MAXIMUM = _float32(95.0)
_EXPM1_MINIMUM = _float32(-30.0)

# Of (exp(r) - 1 - r) / r**2 in powers of r, short and long
_EXP = (
    _float32(0.4999999353456058),
    _float32(0.16666521019704997),
    _float32(0.04166837767149765),
    _float32(0.00836869571331893),
    _float32(0.0013814912745891965),
)
_EXPM1 = (
    _float32(0.5000000039729292),
    _float32(0.16666666808502548),
    _float32(0.04166637303146069),
    _float32(0.008333274729972319),
    _float32(0.001393990985571988),
    _float32(0.00019913373114338235),
)
# (2 atanh(s) / s - 2) / s**2, in powers of s**2
_ATANH = (
    _float32(0.6666677334839145),
    _float32(0.39977823464892104),
    _float32(0.29865636912355714),
)


@inlined
def exp(x: float) -> float:
    """Return e**x; results below the normal range lose bits gradually, as they must."""
    x = select(x > _EXP_MAXIMUM, _EXP_MAXIMUM, x)
    x = select(x < _EXP_MINIMUM, _EXP_MINIMUM, x)
    counter = fma(x, _LOG2_E, _TO_TWICE_BIASED)
    k = counter - _TO_TWICE_BIASED
    r = fma(k, -_LOG_2_LOW, fma(k, -_LOG_2_HIGH, x))
    expm1_r = fma(polynomial(r, _EXP), r * r, r)
    scale, scale_2 = half_powers_of_two(counter)
    return fma(scale, expm1_r, scale) * scale_2


@inlined
def expm1(x: float) -> float:
    """Return e**x - 1."""
    high, low, scale = _scaled_expm1(x)
    return copy_sign((high + low) * scale, x)


@inlined
def exprel(x: float) -> float:
    """Return (e**x - 1) / x, 1 at 0."""
    high, low, scale = _scaled_expm1(x)
    divisor = select(x > _EXPREL_MAXIMUM, _EXPREL_MAXIMUM, x)  # the quotient is infinite before
    return select(x == _ZERO, _ONE, (high + low) / divisor * scale)


@inlined
def tanh(x: float) -> float:
    """Return the hyperbolic tangent."""
    high, low, scale = _scaled_expm1(-_TWO * absolute(x))
    high, low = ordered_sum(high * scale, low * scale)
    divisor, lost = ordered_sum(_TWO, high)
    inverse = _ONE / divisor
    start = high * inverse
    rest = fma(-start, divisor, high) + fma(-start, lost + low, low)
    return copy_sign(fma(rest, inverse, start), x)


@inlined
def log(x: float) -> float:
    """Return the natural logarithm: -inf of 0, nan of negative numbers."""
    is_small = x < _SMALLEST_NORMAL
    mantissa, k = split_exponent(select(is_small, x * _TO_NORMAL, x))
    k = k - select(is_small, _SHIFT_TO_NORMAL, _ZERO)
    f = mantissa - _ONE
    s = f / (_TWO + f)
    square = s * s
    half_square = _HALF * f * f
    tail = s * fma(polynomial(square, _ATANH), square, half_square)
    result = fma(k, _LOG_2_HIGH, f - (half_square - fma(k, _LOG_2_LOW, tail)))
    result = select(x == _INFINITY, _INFINITY, result)
    result = select(x == _ZERO, -_INFINITY, result)
    # Written so that nan, which compares as false, becomes nan as well.
    return select(x >= _ZERO, result, _NAN)


@inlined
def sign(x: float) -> float:
    """Return -1, 0 or 1 as a float, or nan."""
    return select(x > _ZERO, _ONE, select(x < _ZERO, -_ONE, select(x == _ZERO, _ZERO, x)))


@inlined
def _scaled_expm1(x: float) -> tuple[float, float, float]:
    """Return high, low and scale with e**x - 1 = (high + low) * scale."""
    x = select(x > _EXPREL_MAXIMUM, _EXPREL_MAXIMUM, x)
    x = select(x < _EXPM1_MINIMUM, _EXPM1_MINIMUM, x)  # -1 from there on
    counter = fma(x, _LOG2_E, _TO_TWICE_BIASED)
    k = counter - _TO_TWICE_BIASED
    first = fma(k, -_LOG_2_HIGH, x)
    r = fma(k, -_LOG_2_LOW, first)
    r_low = fma(k, -_LOG_2_LOW, first - r)
    rest = fma(polynomial(r, _EXPM1), r * r, r_low)
    grown, scale = half_powers_of_two(counter)
    offset = grown - inverse_power_of_two(scale)
    high = fma(grown, r, offset)
    lost = fma(grown, r, offset - high)
    return high, fma(grown, rest, lost), scale

"""Logarithms in float64.

All of them write x = m 2**k with m between sqrt(1/2) and sqrt(2), and f = m - 1. With
s = f / (2 + f), log(1 + f) = 2 atanh(s) = f - f**2 / 2 + s (f**2 / 2 + s**2 P(s**2)), where P is a
minimax approximation (Remez exchange) and the first term, the largest, is exact.

References
----------
P. T. P. Tang, Table-driven implementation of the logarithm function in IEEE floating-point
arithmetic, ACM Transactions on Mathematical Software 16 (1990), for the expansion in s.
"""

from __future__ import annotations

import math

from brianfit.engines.fused.math.intrinsics import (
    fma,
    inlined,
    polynomial,
    select,
    split_exponent,
)
from brianfit.engines.fused.math.sums import ordered_sum, two_sum

_INFINITY = math.inf
_NAN = math.nan
_SMALLEST_NORMAL = 2.0**-1022
_TO_NORMAL = 2.0**54

_LOG_2_HIGH = 0.6931471803691238  # 32 zero bits at the end: products with k are exact
_LOG_2_LOW = 1.9082149292705877e-10
# log10(2), log10(e) and log2(e) in two parts each
_LOG10_2_HIGH = 0.30102999566383914  # 11 zero bits at the end
_LOG10_2_LOW = 1.42050232272661e-13
_LOG10_E_HIGH = 0.4342944819032518
_LOG10_E_LOW = 1.098319650216765e-17
_LOG2_E_HIGH = 1.4426950408889634
_LOG2_E_LOW = 2.0355273740931033e-17

# (2 atanh(s) / s - 2) / s**2, in powers of s**2
_ATANH = (
    0.6666666666666723,
    0.39999999999475633,
    0.28571428730934173,
    0.22222199601515397,
    0.1818351651889697,
    0.1531516142397773,
    0.1478574349644123,
)


@inlined
def log(x: float) -> float:
    """Return the natural logarithm: -inf of 0, nan of negative numbers."""
    f, k = _reduced(x)
    half_square, tail = _expansion(f)
    result = fma(k, _LOG_2_HIGH, f - (half_square - fma(k, _LOG_2_LOW, tail)))
    return _with_limits(result, x)


@inlined
def log1p(x: float) -> float:
    """Return log(1 + x), exact to the last bits where x is tiny."""
    total = 1.0 + x
    # What rounding has taken from the sum, for x that is smaller and that is larger than 1.
    lost = select(x < 1.0, x - (total - 1.0), 1.0 - (total - x))
    mantissa, k = split_exponent(total)
    f = select(k == 0.0, x, mantissa - 1.0)
    half_square, tail = _expansion(f)
    correction = select(k == 0.0, 0.0, lost / total)
    low = fma(k, _LOG_2_LOW, tail) + correction
    result = fma(k, _LOG_2_HIGH, f - (half_square - low))
    return select(x == 0.0, x, _with_limits(result, total))


@inlined
def log10(x: float) -> float:
    """Return the decimal logarithm."""
    f, k = _reduced(x)
    high, low = _log_in_two_parts(f)
    product = high * _LOG10_E_HIGH
    product_low = fma(high, _LOG10_E_HIGH, -product) + fma(high, _LOG10_E_LOW, low * _LOG10_E_HIGH)
    total, lost = two_sum(k * _LOG10_2_HIGH, product)
    return _with_limits(total + (lost + fma(k, _LOG10_2_LOW, product_low)), x)


@inlined
def log2(x: float) -> float:
    """Return the logarithm to base 2."""
    f, k = _reduced(x)
    high, low = _log_in_two_parts(f)
    product = high * _LOG2_E_HIGH
    product_low = fma(high, _LOG2_E_HIGH, -product) + fma(high, _LOG2_E_LOW, low * _LOG2_E_HIGH)
    total, lost = two_sum(k, product)
    return _with_limits(total + (lost + product_low), x)


@inlined
def _reduced(x: float) -> tuple[float, float]:
    """Return f and k with x = (1 + f) 2**k, for all positive x, subnormal ones included."""
    is_small = x < _SMALLEST_NORMAL
    mantissa, k = split_exponent(select(is_small, x * _TO_NORMAL, x))
    return mantissa - 1.0, k - select(is_small, 54.0, 0.0)


@inlined
def _expansion(f: float) -> tuple[float, float]:
    """Return the parts of log(1 + f) = f - (half_square - tail)."""
    s = f / (2.0 + f)
    square = s * s
    half_square = 0.5 * f * f
    return half_square, s * fma(polynomial(square, _ATANH), square, half_square)


@inlined
def _log_in_two_parts(f: float) -> tuple[float, float]:
    """Return log(1 + f) as a float and what rounding has left."""
    half_square, tail = _expansion(f)
    high = f - half_square
    lost = (f - high) - half_square - fma(0.5 * f, f, -half_square)
    return ordered_sum(high, lost + tail)


@inlined
def _with_limits(result: float, x: float) -> float:
    """Return the logarithm's value, or its limit where x has no exponent to take out."""
    result = select(x == _INFINITY, _INFINITY, result)
    result = select(x == 0.0, -_INFINITY, result)
    # Written so that nan, which compares as false, becomes nan as well.
    return select(x >= 0.0, result, _NAN)

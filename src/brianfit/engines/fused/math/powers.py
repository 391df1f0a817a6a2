"""The general power in float64.

x**y = e**(y log(x)) needs the logarithm to about 65 bits, because the exponential turns an
absolute error of its argument, which reaches 745, into a relative one. The leading terms of
log(x) are therefore sums of two floats; fused multiply-add yields what products lose.

References
----------
P. T. P. Tang, as in `logarithms`; T. J. Dekker, as in `sums`.
"""

from __future__ import annotations

import math

from brianfit.engines.fused.math.intrinsics import (
    absolute,
    copy_sign,
    floor,
    fma,
    half_powers_of_two,
    inlined,
    polynomial,
    select,
    split_exponent,
)
from brianfit.engines.fused.math.sums import ordered_sum, two_sum

_INFINITY = math.inf
_NAN = math.nan

_LOG2_E = 1.4426950408889634
_LOG_2_HIGH = 0.6931471803691238  # 32 zero bits at the end: products with k are exact
_LOG_2_LOW = 1.9082149292705877e-10
_TO_TWICE_BIASED = 1.5 * 2.0**52 + 2046.0

_TWO_THIRDS = 0.6666666666666666
_TWO_THIRDS_LOW = 3.700743415417188e-17
# ((2 atanh(s) / s - 2) / s**2 - 2 / 3) / s**2, in powers of s**2
_ATANH_REST = (
    0.39999999999999997,
    0.285714285714341,
    0.22222222219907428,
    0.1818181860974559,
    0.15384572951397177,
    0.1333575302484846,
    0.11685346894331679,
    0.11907927936528839,
)
# Of (exp(r) - 1 - r) / r**2 in powers of r
_EXP = (
    0.5,
    0.16666666666666674,
    0.0416666666666667,
    0.00833333333332246,
    0.0013888888888868515,
    0.000198412698842596,
    2.4801587357858428e-05,
    2.755724590723813e-06,
    2.7557244698074986e-07,
    2.5108496790184144e-08,
    2.0923929711076265e-09,
)


@inlined
def power(x: float, y: float) -> float:
    """Return x**y with the special cases of IEEE 754; of x < 0 only whole y have a power."""
    size = absolute(x)
    high, low = _log_in_two_parts(size)
    product = y * high
    product_low = fma(y, high, -product) + y * low
    result = _exp_of_sum(product, product_low)
    # The limits, where the logarithm has no two parts.
    is_large = (size > 1.0) == (y > 0.0)
    is_limit = (size == 0.0) | (size == _INFINITY) | (absolute(y) == _INFINITY)
    limit = select(is_large, _INFINITY, 0.0)
    result = select(is_limit, limit, result)
    result = select((size != size) | (y != y), _NAN, result)  # noqa: PLR0124  # not a number
    # The sign.
    half = 0.5 * y
    is_whole = y == floor(y)
    is_odd = is_whole & (half != floor(half))
    result = select(is_odd, copy_sign(result, x), result)
    is_undefined = (x < 0.0) & (size != _INFINITY) & (absolute(y) != _INFINITY)
    result = select(is_undefined & (not is_whole), _NAN, result)
    is_one = (y == 0.0) | (x == 1.0) | ((x == -1.0) & (absolute(y) == _INFINITY))
    return select(is_one, 1.0, result)


@inlined
def _log_in_two_parts(x: float) -> tuple[float, float]:
    """Return log(x), x > 0, as a float and what rounding has left: about 65 bits together."""
    is_small = x < 2.0**-1022
    mantissa, k = split_exponent(select(is_small, x * 2.0**54, x))
    k -= select(is_small, 54.0, 0.0)
    f = mantissa - 1.0
    # s = f / (2 + f), and what is missing of it
    total = 2.0 + f
    total_low = f - (total - 2.0)
    inverse = 1.0 / total
    s = f * inverse
    s_low = fma(-s, total_low, fma(-s, total, f)) * inverse
    # s**2 and s**3 (2 / 3 + ...) in two parts
    square = s * s
    square_low = fma(s, s, -square) + 2.0 * s * s_low
    rest = square * polynomial(square, _ATANH_REST)
    factor, factor_low = ordered_sum(_TWO_THIRDS, rest)
    factor_low += _TWO_THIRDS_LOW
    cube = s * square
    cube_low = fma(s, square, -cube) + fma(s, square_low, s_low * square)
    tail = cube * factor
    tail_low = fma(cube, factor, -tail) + fma(cube, factor_low, cube_low * factor)
    # k log(2) + 2 s + tail, from the largest to the smallest
    first, first_low = two_sum(k * _LOG_2_HIGH, 2.0 * s)
    second, second_low = ordered_sum(first, tail)
    low = second_low + (first_low + fma(k, _LOG_2_LOW, fma(2.0, s_low, tail_low)))
    return ordered_sum(second, low)


@inlined
def _exp_of_sum(x: float, low: float) -> float:
    """Return e**(x + low) for a small `low`."""
    is_in_range = absolute(x) < 1000.0
    low = select(is_in_range, low, 0.0)
    x = select(x > 709.79, 709.79, x)
    x = select(x < -745.2, -745.2, x)
    counter = fma(x, _LOG2_E, _TO_TWICE_BIASED)
    k = counter - _TO_TWICE_BIASED
    r = fma(k, -_LOG_2_HIGH, x)
    r = r + fma(k, -_LOG_2_LOW, low)
    expm1_r = fma(polynomial(r, _EXP), r * r, r)
    scale, scale_2 = half_powers_of_two(counter)
    return fma(scale, expm1_r, scale) * scale_2

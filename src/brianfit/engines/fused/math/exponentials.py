"""The exponential function and its relatives in float64.

All of them write x = k log(2) + r with a whole k and abs(r) <= log(2) / 2, and scale a
polynomial in r by 2**k. The polynomials are minimax approximations (Remez exchange).

References
----------
W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980, chapters 6 and 12
(the reduction with log(2) in two parts).
"""

from __future__ import annotations

from brianfit.engines.fused.math.intrinsics import (
    absolute,
    copy_sign,
    fma,
    half_powers_of_two,
    inlined,
    inverse_power_of_two,
    polynomial,
    power_of_two,
    select,
)
from brianfit.engines.fused.math.sums import ordered_sum, quotient

_LOG2_E = 1.4426950408889634
_LOG_2_HIGH = 0.6931471803691238  # 32 zero bits at the end: products with k are exact
_LOG_2_LOW = 1.9082149292705877e-10

# Added to a float, it rounds to a whole number and leaves this number, plus twice the bias of
# the exponent, in the low bits.
_TO_TWICE_BIASED = 1.5 * 2.0**52 + 2046.0
_TO_BIASED = 1.5 * 2.0**52 + 1023.0

# Of (exp(r) - 1 - r) / r**2 in powers of r
_EXP = (
    0.500000000000001,
    0.1666666666666642,
    0.04166666666653656,
    0.008333333333492723,
    0.001388888894215752,
    0.00019841269506944322,
    2.4801494470185346e-05,
    2.75575882391997e-06,
    2.762980114559641e-07,
    2.4998948314085393e-08,
)
_EXPM1 = (
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
# (cosh(r) - 1) / r**2 and (sinh(r) - r) / r**3, in powers of r**2
_COSH = (
    0.5,
    0.04166666666666671,
    0.0013888888888864976,
    2.4801587361876572e-05,
    2.755724285495033e-07,
    2.092416208141597e-09,
)
_SINH = (
    0.16666666666666677,
    0.008333333333322139,
    0.0001984126988504475,
    2.7557245148218264e-06,
    2.5108750575554096e-08,
)


@inlined
def exp(x: float) -> float:
    """Return e**x; results below the normal range lose bits gradually, as they must."""
    x = select(x > 709.79, 709.79, x)
    x = select(x < -745.2, -745.2, x)
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
    divisor = select(x > 720.0, 720.0, x)  # the quotient is infinite before
    return select(x == 0.0, 1.0, (high + low) / divisor * scale)


@inlined
def tanh(x: float) -> float:
    """Return the hyperbolic tangent."""
    # From e**(-2 abs(x)) - 1, which cannot overflow.
    high, low, scale = _scaled_expm1(-2.0 * absolute(x))
    high, low = ordered_sum(high * scale, low * scale)
    divisor, lost = ordered_sum(2.0, high)
    return copy_sign(quotient(high, low, divisor, lost + low), x)


@inlined
def sinh(x: float) -> float:
    """Return the hyperbolic sine."""
    r, r_low, grown, shrunk = _hyperbolic_parts(absolute(x))
    square = r * r
    difference = grown - shrunk
    total = grown + shrunk
    # difference * cosh(r) + total * sinh(r), the leading terms summed without a loss
    high = fma(total, r, difference)
    lost = fma(total, r, difference - high)
    sinh_rest = fma(polynomial(square, _SINH), square * r, r_low)
    cosh_rest = polynomial(square, _COSH) * square
    rest = fma(difference, cosh_rest, fma(total, sinh_rest, lost))
    # The factor 1/2 that is taken back here would cost the smallest numbers a bit.
    return select(absolute(x) < 1e-300, x, copy_sign(2.0 * (high + rest), x))


@inlined
def cosh(x: float) -> float:
    """Return the hyperbolic cosine."""
    r, r_low, grown, shrunk = _hyperbolic_parts(absolute(x))
    square = r * r
    difference = grown - shrunk
    total = grown + shrunk
    high = fma(difference, r, total)
    lost = fma(difference, r, total - high)
    sinh_rest = fma(polynomial(square, _SINH), square * r, r_low)
    cosh_rest = polynomial(square, _COSH) * square
    rest = fma(total, cosh_rest, fma(difference, sinh_rest, lost))
    return 2.0 * (high + rest)


@inlined
def _scaled_expm1(x: float) -> tuple[float, float, float]:
    """Return high, low and scale with e**x - 1 = (high + low) * scale."""
    x = select(x > 720.0, 720.0, x)
    x = select(x < -60.0, -60.0, x)  # -1 from there on
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


@inlined
def _hyperbolic_parts(x: float) -> tuple[float, float, float, float]:
    """Return r, its rounding error, 2**k / 4 and 2**-k / 4, for x >= 0."""
    x = select(x > 710.6, 710.6, x)  # both overflow before
    k = fma(x, _LOG2_E, _TO_BIASED) - _TO_BIASED
    first = fma(k, -_LOG_2_HIGH, x)
    r = fma(k, -_LOG_2_LOW, first)
    r_low = fma(k, -_LOG_2_LOW, first - r)
    # 2**-200 is nothing beside 2**200
    grown = power_of_two(k + (_TO_BIASED - 2.0))
    shrunk = power_of_two((_TO_BIASED - 2.0) - select(k > 200.0, 200.0, k))
    return r, r_low, grown, shrunk

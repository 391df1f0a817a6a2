"""Sine, cosine and tangent in float64, for arguments of any size.

The argument becomes k pi/2 + r with abs(r) <= pi/4 and r in two parts, so that no bit is lost
where x is close to a multiple of pi/2: k and r pi/2 are the whole and the broken part of
x (2/pi). For an argument m 2**e of 2**30 or more, 1 <= m < 2, only the middle bits of 2**e (2/pi)
matter: those below 2**54, of which a product with m can be more or less than a multiple of 4. A
table holds them, 212 bits a row. All arguments take the same way, smaller ones through a row with
2/pi itself, so that the lanes of a loop stay together.

References
----------
M. H. Payne and R. N. Hanek, Radian reduction for trigonometric functions, ACM SIGNUM Newsletter 18
(1983).
"""

from __future__ import annotations

import numpy as np

from brianfit.engines.fused.math.intrinsics import (
    FIRST_EXPONENT,
    absolute,
    flip_sign,
    fma,
    inlined,
    is_odd,
    nearest,
    polynomial,
    power_and_fraction,
    select,
)
from brianfit.engines.fused.math.sums import ordered_sum, quotient, two_sum

_LAST_EXPONENT = 1024  # that of infinity and nan
_N_BITS = 1300  # of pi: enough for the largest exponent and the bits that cancel

_TO_WHOLE = 1.5 * 2.0**52
_HALF_PI = 1.5707963267948966
_HALF_PI_LOW = 6.123233995736766e-17

# (sin(r) / r - 1) / r**2 and ((cos(r) - 1) / r**2 + 1 / 2) / r**2, in powers of r**2
_SIN = (
    -0.16666666666666635,
    0.008333333333323223,
    -0.00019841269830330724,
    2.7557313844705535e-06,
    -2.505077884299573e-08,
    1.5897857421914692e-10,
)
_COS = (
    0.041666666666666644,
    -0.0013888888888881263,
    2.4801587293487908e-05,
    -2.7557315407758624e-07,
    2.0875855604853915e-09,
    -1.1366023797614656e-11,
)


def _pi_times_power_of_two(n_bits: int) -> int:
    """Return pi 2**n_bits, rounded down (Machin's formula)."""
    n_guard = 32

    def arctan_of_inverse(number: int) -> int:
        term = (1 << (n_bits + n_guard)) // number
        total, divisor, sign = 0, 1, 1
        while term:
            total += sign * (term // divisor)
            term //= number * number
            divisor += 2
            sign = -sign
        return total

    return 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) >> n_guard


def _middle_bits_of_two_over_pi() -> tuple[np.ndarray, ...]:
    """Return 2**e (2/pi) mod 2**54 as sums of four floats, one row an exponent; row 0 is 2/pi."""
    one = 1 << _N_BITS
    two_over_pi = 2 * one * one // _pi_times_power_of_two(_N_BITS)
    modulus = one << 54
    rows = [_in_four_parts(two_over_pi, one)]
    for exponent in range(FIRST_EXPONENT, _LAST_EXPONENT + 1):
        rest = (two_over_pi << exponent) % modulus
        rows.append(_in_four_parts(rest - modulus * (2 * rest > modulus), one))
    return tuple(np.array(rows).T.copy())


def _in_four_parts(number: int, one: int) -> list[float]:
    parts = []
    for _ in range(4):
        part = number / one  # Python rounds the quotient of integers correctly
        numerator, denominator = part.as_integer_ratio()
        number -= numerator * one // denominator
        parts.append(part)
    return parts


_BITS_1, _BITS_2, _BITS_3, _BITS_4 = _middle_bits_of_two_over_pi()


@inlined
def sin(x: float) -> float:
    """Return the sine of x [rad]."""
    counter, r, r_low = _reduced(x)
    value = select(is_odd(counter), _cos(r, r_low)[0], _sin(r, r_low)[0])
    # Tiny arguments are their sine, with their sign and all their bits.
    return select(absolute(x) < 1e-9, x, flip_sign(value, counter))


@inlined
def cos(x: float) -> float:
    """Return the cosine of x [rad]."""
    counter, r, r_low = _reduced(x)
    value = select(is_odd(counter), _sin(r, r_low)[0], _cos(r, r_low)[0])
    return flip_sign(value, counter + 1.0)


@inlined
def tan(x: float) -> float:
    """Return the tangent of x [rad]."""
    counter, r, r_low = _reduced(x)
    sine, sine_low = _sin(r, r_low)
    cosine, cosine_low = _cos(r, r_low)
    odd = is_odd(counter)
    value = quotient(
        select(odd, -cosine, sine),
        select(odd, -cosine_low, sine_low),
        select(odd, sine, cosine),
        select(odd, sine_low, cosine_low),
    )
    return select(absolute(x) < 1e-9, x, value)


@inlined
def _reduced(x: float) -> tuple[float, float, float]:
    """Return k in the low bits of a float, and x - k pi/2 as a float and its rounding error."""
    # Infinity has no sine: x - x is 0 or nan.
    row, fraction = power_and_fraction(x + (x - x))
    turns = fraction * _BITS_1[row]
    turns_2 = fma(fraction, _BITS_1[row], -turns)
    turns_3 = fraction * _BITS_2[row]
    turns_4 = fma(fraction, _BITS_2[row], -turns_3)
    turns_5 = fraction * _BITS_3[row]
    rest = fma(fraction, _BITS_3[row], -turns_5) + fraction * _BITS_4[row]

    turns = fma(-4.0, nearest(0.25 * turns), turns)
    counter = (turns + (turns_2 + turns_3)) + _TO_WHOLE
    # From the largest to the smallest; the first difference is exact.
    high, lost = two_sum(turns - (counter - _TO_WHOLE), turns_2)
    high, lost_2 = two_sum(high, turns_3)
    high, lost_3 = two_sum(high, turns_4)
    high, lost_4 = two_sum(high, turns_5)
    rest += ((lost + lost_2) + lost_3) + lost_4
    high, rest = two_sum(high, rest)

    r = high * _HALF_PI
    r_low = fma(high, _HALF_PI, -r) + fma(high, _HALF_PI_LOW, rest * _HALF_PI)
    r, r_low = ordered_sum(r, r_low)
    return counter, r, r_low


@inlined
def _sin(r: float, r_low: float) -> tuple[float, float]:
    square = r * r
    tail = fma(-0.5 * square, r_low, r_low)
    return ordered_sum(r, fma(polynomial(square, _SIN), square * r, tail))


@inlined
def _cos(r: float, r_low: float) -> tuple[float, float]:
    square = r * r
    half_square = 0.5 * square
    start = 1.0 - half_square
    lost = (1.0 - start) - half_square
    tail = fma(polynomial(square, _COS), square * square, -r * r_low)
    return ordered_sum(start, lost + tail)

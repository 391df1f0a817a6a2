"""Inverse circular functions in float64.

References
----------
W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980, chapters 10 and 11
(the reduction of the arguments).
"""

from __future__ import annotations

from brianfit.engines.fused.math.intrinsics import (
    absolute,
    copy_sign,
    fma,
    inlined,
    polynomial,
    select,
    square_root,
)
from brianfit.engines.fused.math.sums import ordered_sum

_PI = 3.141592653589793
_PI_LOW = 1.2246467991473532e-16
_HALF_PI = 1.5707963267948966
_HALF_PI_LOW = 6.123233995736766e-17
_QUARTER_PI = 0.7853981633974483
_QUARTER_PI_LOW = 3.061616997868383e-17
_LARGEST = 1e300  # from there on arctan is pi/2; infinity would leave no remainder
_TAN_OF_PI_OVER_8 = 0.41421356237309503
_TAN_OF_3_PI_OVER_8 = 2.414213562373095

# (arctan(t) / t - 1) / t**2 and (arcsin(t) / t - 1) / t**2, in powers of t**2
_ARCTAN = (
    -0.3333333333333333,
    0.19999999999998422,
    -0.1428571428546394,
    0.11111111092147186,
    -0.09090908268018415,
    0.07692285215066208,
    -0.06666259158869192,
    0.058773086489101165,
    -0.05220090171581004,
    0.04509858351665045,
    -0.033610563993972005,
    0.015323996172300482,
)
_ARCSIN = (
    0.16666666666665986,
    0.07500000000232172,
    0.044642856899177664,
    0.03038195665247029,
    0.022371810009359235,
    0.017359008795447065,
    0.013891426267941114,
    0.01213220550531619,
    0.00667497790239712,
    0.019156049893109404,
    -0.015680510374739304,
    0.03156348188182487,
)


@inlined
def arctan(x: float) -> float:
    """Return the angle [rad] whose tangent is x."""
    size = absolute(x)
    size = select(size > _LARGEST, _LARGEST, size)
    # arctan(x) = pi/4 + arctan((x - 1) / (x + 1)) = pi/2 + arctan(-1 / x)
    is_small = size <= _TAN_OF_PI_OVER_8
    is_large = size > _TAN_OF_3_PI_OVER_8
    numerator = select(is_small, size, select(is_large, -1.0, size - 1.0))
    denominator = select(is_small, 1.0, select(is_large, size, size + 1.0))
    inverse = 1.0 / denominator
    t = numerator * inverse
    t_low = fma(-t, denominator, numerator) * inverse
    start = select(is_small, 0.0, select(is_large, _HALF_PI, _QUARTER_PI))
    start_low = select(is_small, 0.0, select(is_large, _HALF_PI_LOW, _QUARTER_PI_LOW))
    square = t * t
    high, lost = ordered_sum(start, t)
    rest = fma(polynomial(square, _ARCTAN), square * t, lost + (start_low + t_low))
    return copy_sign(high + rest, x)


@inlined
def arcsin(x: float) -> float:
    """Return the angle [rad] between -pi/2 and pi/2 whose sine is x; nan beyond 1."""
    size = absolute(x)
    # Beyond 1/2: arcsin(x) = pi/2 - 2 arcsin(sqrt((1 - x) / 2))
    is_large = size > 0.5
    square = select(is_large, fma(-0.5, size, 0.5), size * size)
    root, root_low = _root(square)
    t = select(is_large, root, size)
    rest = polynomial(square, _ARCSIN) * square * t
    high, lost = ordered_sum(_HALF_PI, -2.0 * root)
    large = high + (lost + (_HALF_PI_LOW - 2.0 * (root_low + rest)))
    return copy_sign(select(is_large, large, size + rest), x)


@inlined
def arccos(x: float) -> float:
    """Return the angle [rad] between 0 and pi whose cosine is x; nan beyond 1."""
    size = absolute(x)
    is_large = size > 0.5
    square = select(is_large, fma(-0.5, size, 0.5), x * x)
    root, root_low = _root(square)
    t = select(is_large, root, x)
    rest = polynomial(square, _ARCSIN) * square * t
    # pi/2 - arcsin(x), 2 arcsin(root) or pi - 2 arcsin(root)
    high, lost = ordered_sum(_HALF_PI, -x)
    small = high + (lost + (_HALF_PI_LOW - rest))
    large_positive = 2.0 * (root + (root_low + rest))
    high, lost = ordered_sum(_PI, -2.0 * root)
    large_negative = high + (lost + (_PI_LOW - 2.0 * (root_low + rest)))
    return select(is_large, select(x > 0.0, large_positive, large_negative), small)


@inlined
def _root(square: float) -> tuple[float, float]:
    """Return the square root and what rounding has taken from it."""
    root = square_root(square)
    positive = select(root > 0.0, root, 1.0)
    return root, fma(-root, root, square) * (0.5 / positive)

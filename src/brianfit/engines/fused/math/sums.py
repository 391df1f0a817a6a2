"""Numbers as sums of two floats: twice the digits where a rounding error would be seen.

References
----------
T. J. Dekker, A floating-point technique for extending the available precision, Numerische
Mathematik 18 (1971).
"""

from __future__ import annotations

from brianfit.engines.fused.math.intrinsics import fma, inlined


@inlined
def two_sum(x: float, y: float) -> tuple[float, float]:
    """Return x + y and what rounding has taken from it."""
    total = x + y
    shift = total - x
    return total, (x - (total - shift)) + (y - shift)


@inlined
def ordered_sum(large: float, small: float) -> tuple[float, float]:
    """Return what `two_sum` does, for a first number that is the larger one."""
    total = large + small
    return total, (large - total) + small


@inlined
def quotient(high: float, low: float, divisor: float, divisor_low: float) -> float:
    """Return (high + low) / (divisor + divisor_low), rounded almost correctly."""
    inverse = 1.0 / divisor
    start = high * inverse
    rest = fma(-start, divisor, high) + fma(-start, divisor_low, low)
    return fma(rest, inverse, start)

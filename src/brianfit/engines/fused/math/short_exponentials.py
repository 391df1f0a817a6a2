"""The exponential function where its extremes do not matter: what the emitted loops call.

An exponential is most of the work of a step, and a third of its operations only serve arguments
whose result is not a normal number.

References
----------
Those of `exponentials`.
"""

from __future__ import annotations

from brianfit.engines.fused.math.exponentials import (
    _EXP,
    _LOG2_E,
    _LOG_2_HIGH,
    _LOG_2_LOW,
    _TO_BIASED,
)
from brianfit.engines.fused.math.intrinsics import (
    fma,
    inlined,
    polynomial,
    power_of_two,
    select,
)

LARGEST = 709.4
"""Above, the result is infinite; that is so for `exp` from 709.79 on."""

SMALLEST = -708.0
"""Below, the result is that for this argument, 3e-308, instead of something smaller."""


@inlined
def exp_short(x: float) -> float:
    """Return e**x, cut at 3e-308 and at 1.2e308."""
    x = select(x > LARGEST, 710.0, x)  # 2**1024 times a bit more than 1: infinite
    x = select(x < SMALLEST, SMALLEST, x)
    return exp_limited(x)


@inlined
def exp_limited(x: float) -> float:
    """Return e**x for an argument between `SMALLEST` and `LARGEST`, or nan."""
    counter = fma(x, _LOG2_E, _TO_BIASED)
    k = counter - _TO_BIASED
    r = fma(k, -_LOG_2_LOW, fma(k, -_LOG_2_HIGH, x))
    expm1_r = fma(polynomial(r, _EXP), r * r, r)
    scale = power_of_two(counter)
    return fma(scale, expm1_r, scale)

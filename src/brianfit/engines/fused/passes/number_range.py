"""How large numbers may become in the precision of a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """What the passes must know about the numbers of a kernel.

    Attributes
    ----------
    largest_offset
        By so much an exponent may be moved after the exponential was taken: what over- or
        underflows before is then far from 1 afterwards.
    limit_log
        Decimal logarithm of the size to which exponentials in divisors are limited, over the
        number that is added to them.
    largest_spread
        By so much the numbers may differ to which one exponential is added in several divisors.
    largest_log
        Decimal logarithm of the largest number that an intermediate result may reach.
    rounding_log
        Decimal logarithm of the relative rounding error.
    largest_slope
        Larger derivatives of exponentials stop here, so that factors in a chain stay finite.
    """

    largest_offset: float
    limit_log: float
    largest_spread: float
    largest_log: float
    rounding_log: float
    largest_slope: float


OF_PRECISION = {
    "float64": NumberRange(
        largest_offset=170.0,
        limit_log=60.0,
        largest_spread=1e14,
        largest_log=300.0,
        rounding_log=-17.0,
        largest_slope=1e250,
    ),
    "float32": NumberRange(
        largest_offset=40.0,
        limit_log=9.0,
        largest_spread=1e3,
        largest_log=36.0,
        rounding_log=-8.0,
        largest_slope=1e30,
    ),
}

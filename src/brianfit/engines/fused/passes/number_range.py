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
    largest_argument
        Where a power of a shared exponential would pass the exponential of this, it stays there:
        then products of several of them are still finite. An exponential of this size stands in
        a denominator, or makes a rate that is over before the step is.
    largest_log
        Decimal logarithm of the largest number that an intermediate result may reach.
    rounding_log
        Decimal logarithm of the relative rounding error.
    """

    largest_argument: float
    largest_log: float
    rounding_log: float


OF_PRECISION = {
    "float64": NumberRange(largest_argument=170.0, largest_log=300.0, rounding_log=-17.0),
    "float32": NumberRange(largest_argument=40.0, largest_log=36.0, rounding_log=-8.0),
}

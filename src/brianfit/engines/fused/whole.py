"""Division with rounding, as Python defines it, for kernels."""

from __future__ import annotations

from brianfit.engines.fused.math.intrinsics import floor, inlined


@inlined
def floor_divide_whole(x: float, y: float) -> float:
    """Return ``x // y`` of whole numbers."""
    return floor(x / y)


@inlined
def modulo_whole(x: float, y: float) -> float:
    """Return ``x % y`` of whole numbers; it has the sign of `y`."""
    return x - y * floor(x / y)


@inlined
def floor_divide(x: float, y: float) -> float:
    """Return ``x // y``, exact also where the quotient is nearly whole."""
    return x // y


@inlined
def modulo(x: float, y: float) -> float:
    """Return ``x % y``; it has the sign of `y`."""
    return x % y

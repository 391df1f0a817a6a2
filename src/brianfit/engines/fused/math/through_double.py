"""The less common functions in float32: computed in float64, rounded once."""

from __future__ import annotations

from typing import Any

import numpy as np

from brianfit.engines.fused.math import (
    arithmetic,
    circular,
    exponentials,
    inverse_circular,
    logarithms,
    powers,
)
from brianfit.engines.fused.math.intrinsics import inlined


@inlined
def sin(x: Any) -> Any:
    """Return what `circular.sin` does."""
    return np.float32(circular.sin(np.float64(x)))


@inlined
def cos(x: Any) -> Any:
    """Return what `circular.cos` does."""
    return np.float32(circular.cos(np.float64(x)))


@inlined
def tan(x: Any) -> Any:
    """Return what `circular.tan` does."""
    return np.float32(circular.tan(np.float64(x)))


@inlined
def sinh(x: Any) -> Any:
    """Return what `exponentials.sinh` does."""
    return np.float32(exponentials.sinh(np.float64(x)))


@inlined
def cosh(x: Any) -> Any:
    """Return what `exponentials.cosh` does."""
    return np.float32(exponentials.cosh(np.float64(x)))


@inlined
def arcsin(x: Any) -> Any:
    """Return what `inverse_circular.arcsin` does."""
    return np.float32(inverse_circular.arcsin(np.float64(x)))


@inlined
def arccos(x: Any) -> Any:
    """Return what `inverse_circular.arccos` does."""
    return np.float32(inverse_circular.arccos(np.float64(x)))


@inlined
def arctan(x: Any) -> Any:
    """Return what `inverse_circular.arctan` does."""
    return np.float32(inverse_circular.arctan(np.float64(x)))


@inlined
def log10(x: Any) -> Any:
    """Return what `logarithms.log10` does."""
    return np.float32(logarithms.log10(np.float64(x)))


@inlined
def log1p(x: Any) -> Any:
    """Return what `logarithms.log1p` does."""
    return np.float32(logarithms.log1p(np.float64(x)))


@inlined
def log2(x: Any) -> Any:
    """Return what `logarithms.log2` does."""
    return np.float32(logarithms.log2(np.float64(x)))


@inlined
def power(x: Any, y: Any) -> Any:
    """Return what `powers.power` does."""
    return np.float32(powers.power(np.float64(x), np.float64(y)))


@inlined
def modulo(x: Any, y: Any) -> Any:
    """Return what `arithmetic.modulo` does."""
    return np.float32(arithmetic.modulo(np.float64(x), np.float64(y)))


@inlined
def floor_division(x: Any, y: Any) -> Any:
    """Return what `arithmetic.floor_division` does."""
    return np.float32(arithmetic.floor_division(np.float64(x), np.float64(y)))


@inlined
def timestep(x: Any, y: Any) -> Any:
    """Return what `arithmetic.timestep` does."""
    return np.float32(arithmetic.timestep(np.float64(x), np.float64(y)))

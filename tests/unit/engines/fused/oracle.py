"""Exact values from mpmath, and how many units in the last place a result is away from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numba
import numpy as np

CONTEXT = mpmath.mp.clone()
CONTEXT.prec = 240


def _exprel(x: Any) -> Any:
    return CONTEXT.expm1(x) / x if x else CONTEXT.one


def _log1p(x: Any) -> Any:
    # Short of it, 1 + x would drop all of a tiny x at any precision.
    return CONTEXT.log(1 + x) if abs(x) > 1e-40 else x - x * x / 2


EXACT: Mapping[str, Callable[..., Any]] = {
    "arccos": CONTEXT.acos,
    "arcsin": CONTEXT.asin,
    "arctan": CONTEXT.atan,
    "cos": CONTEXT.cos,
    "cosh": CONTEXT.cosh,
    "exp": CONTEXT.exp,
    "expm1": CONTEXT.expm1,
    "exprel": _exprel,
    "log": CONTEXT.log,
    "log10": lambda x: CONTEXT.log(x) / CONTEXT.log(10),
    "log1p": _log1p,
    "log2": lambda x: CONTEXT.log(x) / CONTEXT.log(2),
    "power": lambda x, y: (-1) ** int(y * (x < 0)) * CONTEXT.exp(y * CONTEXT.log(abs(x))),
    "sin": CONTEXT.sin,
    "sinh": CONTEXT.sinh,
    "sqrt": CONTEXT.sqrt,
    "tan": CONTEXT.tan,
    "tanh": CONTEXT.tanh,
}


def computed(function: Callable[..., Any], *arguments: np.ndarray) -> np.ndarray:
    """Return what the function makes of each argument in a loop, as kernels call it."""
    out = np.empty_like(arguments[0])
    if len(arguments) == 1:

        @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
        def loop(x: np.ndarray, out: np.ndarray) -> None:
            for i in range(x.size):
                out[i] = function(x[i])
    else:

        @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
        def loop(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> None:
            for i in range(x.size):
                out[i] = function(x[i], y[i])

    loop(*arguments, out)
    return out


def largest_error(name: str, results: np.ndarray, *arguments: np.ndarray) -> float:
    """Return the largest distance from the exact values [units in the last place]."""
    worst = 0.0
    for result, *numbers in zip(results, *arguments, strict=True):
        exact = EXACT[name](*(CONTEXT.mpf(float(number)) for number in numbers))
        worst = max(worst, _distance(result, exact))
    return worst


def _distance(result: Any, exact: Any) -> float:
    limits = np.finfo(type(result))
    if np.isnan(result):
        return float("inf")
    exponent = limits.minexp
    if exact:
        exponent = max(int(CONTEXT.floor(CONTEXT.log(abs(exact), 2))), limits.minexp)
    # Infinity stands for the next power of two and for all beyond.
    beyond = CONTEXT.ldexp(1, limits.maxexp)
    exponent = min(exponent, limits.maxexp - 1)
    exact = max(-beyond, min(beyond, exact))
    number = np.sign(result) * beyond if np.isinf(result) else CONTEXT.mpf(float(result))
    return float(abs(number - exact) / CONTEXT.ldexp(1, exponent - limits.nmant))

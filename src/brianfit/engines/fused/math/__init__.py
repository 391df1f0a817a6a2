"""Functions for compiled loops: free of branches, inlined, within 2 units in the last place.

LLVM does not vectorise loops that call the mathematical library. It does vectorise these: the
same arithmetic for every argument, with selections in place of branches. They agree with NumPy
at infinities, nan, zeros of both signs and subnormal numbers. Machines without fused
multiply-add instructions get the same numbers, slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from brianfit.engines.fused.math import (
    arithmetic,
    circular,
    exponentials,
    intrinsics,
    inverse_circular,
    logarithms,
    powers,
    single,
    through_double,
)

CompiledFunction = Callable[..., Any]

_EITHER: Mapping[str, CompiledFunction] = {
    "abs": intrinsics.absolute,
    "ceil": intrinsics.ceil,
    "clip": arithmetic.clip,
    "floor": intrinsics.floor,
    "int": intrinsics.trunc,
    "sqrt": intrinsics.square_root,
    "trunc": intrinsics.trunc,
}
_FLOAT64: Mapping[str, CompiledFunction] = {
    "arccos": inverse_circular.arccos,
    "arcsin": inverse_circular.arcsin,
    "arctan": inverse_circular.arctan,
    "cos": circular.cos,
    "cosh": exponentials.cosh,
    "exp": exponentials.exp,
    "expm1": exponentials.expm1,
    "exprel": exponentials.exprel,
    "floordiv": arithmetic.floor_division,
    "log": logarithms.log,
    "log10": logarithms.log10,
    "log1p": logarithms.log1p,
    "log2": logarithms.log2,
    "mod": arithmetic.modulo,
    "power": powers.power,
    "sign": arithmetic.sign,
    "sin": circular.sin,
    "sinh": exponentials.sinh,
    "tan": circular.tan,
    "tanh": exponentials.tanh,
    "timestep": arithmetic.timestep,
}
_FLOAT32: Mapping[str, CompiledFunction] = {
    "arccos": through_double.arccos,
    "arcsin": through_double.arcsin,
    "arctan": through_double.arctan,
    "cos": through_double.cos,
    "cosh": through_double.cosh,
    "exp": single.exp,
    "expm1": single.expm1,
    "exprel": single.exprel,
    "floordiv": through_double.floor_division,
    "log": single.log,
    "log10": through_double.log10,
    "log1p": through_double.log1p,
    "log2": through_double.log2,
    "mod": through_double.modulo,
    "power": through_double.power,
    "sign": single.sign,
    "sin": through_double.sin,
    "sinh": through_double.sinh,
    "tan": through_double.tan,
    "tanh": single.tanh,
    "timestep": through_double.timestep,
}

FUNCTIONS: Mapping[str, Mapping[str, CompiledFunction]] = MappingProxyType(
    {
        "float64": MappingProxyType({**_EITHER, **_FLOAT64}),
        "float32": MappingProxyType({**_EITHER, **_FLOAT32}),
    }
)
"""By precision and by Brian's name of the function, or the name of Python's operator.

Numbers are floats throughout: 'int' and 'trunc' drop the fraction, 'sign', 'floordiv' and
'timestep' return whole numbers, all as floats.
"""

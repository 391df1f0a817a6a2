"""Where the functions that a kernel calls are found."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MATH = "brianfit.engines.fused.math"

_BY_MODULE = {
    f"{_MATH}.circular": "cos sin tan",
    f"{_MATH}.exponentials": "cosh exp expm1 exprel sinh tanh",
    f"{_MATH}.integers": "int_32 product_32 wrap_32",
    f"{_MATH}.intrinsics": (
        "absolute ceil exact_add exact_div exact_mul exact_sub floor select square_root trunc"
    ),
    f"{_MATH}.inverse_circular": "arccos arcsin arctan",
    f"{_MATH}.arithmetic": "floor_division modulo",
    f"{_MATH}.lanes": "opaque_count stack_array stack_array_float32 wide_vectors",
    f"{_MATH}.logarithms": "log log10 log1p",
    f"{_MATH}.powers": "power",
    f"{_MATH}.short_exponentials": "exp_short",
    "brianfit.engines.fused.lowering": "straight",
    "brianfit.engines.fused.runtime.noise": "neuron_key normal poisson uniform",
    "brianfit.engines.fused.runtime.timed": "timed_row",
}

WHERE = {name: module for module, names in _BY_MODULE.items() for name in names.split()}
"""The module of every function that a kernel may call."""

_SINGLE_BY_MODULE = {
    f"{_MATH}.single": "exp expm1 exprel log tanh",
    f"{_MATH}.through_double": (
        "arccos arcsin arctan cos cosh floor_division log10 log1p modulo power sin sinh tan"
    ),
}

SINGLE = {name: f"{name}_32" for names in _SINGLE_BY_MODULE.values() for name in names.split()}
"""What functions are called where they compute in float32."""

_ALWAYS = frozenset(
    {"opaque_count", "stack_array", "wide_vectors", "neuron_key", "select", "straight"}
)


def imports_of(body: str) -> Iterator[str]:
    """Yield the import lines for everything that `body` calls."""
    used = _ALWAYS | set(re.findall(r"\b([a-z_0-9]+)\(", body))
    for module, names in _BY_MODULE.items():
        wanted = [name for name in names.split() if name in used]
        if wanted:
            yield f"from {module} import {', '.join(wanted)}"
    for module, names in _SINGLE_BY_MODULE.items():
        wanted = [f"{name} as {SINGLE[name]}" for name in names.split() if SINGLE[name] in used]
        if wanted:
            yield f"from {module} import {', '.join(wanted)}"

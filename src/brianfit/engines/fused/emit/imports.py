"""Where the functions that a kernel calls are found."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MATH = "brianfit.engines.fused.math"

_BY_MODULE = {
    f"{_MATH}.circular": "cos sin tan",
    f"{_MATH}.exponentials": "cosh exp expm1 exprel sinh tanh",
    f"{_MATH}.intrinsics": "absolute ceil floor select square_root trunc",
    f"{_MATH}.inverse_circular": "arccos arcsin arctan",
    f"{_MATH}.lanes": "opaque_count stack_array wide_vectors",
    f"{_MATH}.logarithms": "log log10 log1p",
    f"{_MATH}.powers": "power",
    "brianfit.engines.fused.noise": "neuron_key normal poisson uniform",
    "brianfit.engines.fused.timed": "timed_row",
    "brianfit.engines.fused.whole": "floor_divide floor_divide_whole modulo modulo_whole",
}

WHERE = {name: module for module, names in _BY_MODULE.items() for name in names.split()}
"""The module of every function that a kernel may call."""

_ALWAYS = frozenset({"opaque_count", "stack_array", "wide_vectors", "neuron_key", "select"})


def imports_of(body: str) -> Iterator[str]:
    """Yield the import lines for everything that `body` calls."""
    used = _ALWAYS | set(re.findall(r"\b([a-z_0-9]+)\(", body))
    for module, names in _BY_MODULE.items():
        wanted = [name for name in names.split() if name in used]
        if wanted:
            yield f"from {module} import {', '.join(wanted)}"

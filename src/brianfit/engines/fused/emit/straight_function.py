"""Loops as functions of their own, which Numba need not read."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import final

from brianfit.engines.fused.emit.imports import SINGLE, WHERE

STEP = "loops_of_step"
PROLOGUE = "values_of_neurons"

LONGEST = 25
"""So many arguments are given as one. Python itself puts more than 30 together, one by one, which
Numba takes time to see through that grows with the square of their number."""

SIZES = (
    "LANES",
    "CHUNK",
    "CHUNK_VALUES",
    "N_DIRECTIONS",
    "TILE",
    "N_TILES",
    "DIRECTION_VALUES",
    "N_PRODUCTS",
    "PRODUCT_VALUES",
    "SLOPE_VALUES",
)
"""Constants of a kernel."""

_KNOWN = frozenset(
    [
        "LANES",
        "CHUNK_VALUES",
        "N_TILES",
        "TILE",
        "DIRECTION_VALUES",
        "INFINITY",
        "NAN",
        "np",
        "f32",
        "float",
        "int",
        "min",
        "range",
        *WHERE,
    ]
) | frozenset(SINGLE.values())
"""What the function finds beside its arguments."""


@final
class StraightFunction:
    """Writes one, and its call.

    Parameters
    ----------
    functions
        Names of functions from outside.
    arrays
        The lines that make the arrays that nothing else uses.
    counts
        Names of numbers of lanes that the loops count.
    """

    def __init__(
        self,
        name: str,
        loops: Iterable[str],
        *,
        functions: Iterable[str],
        arrays: Iterable[str] = (),
        counts: Iterable[str] = (),
    ) -> None:
        self._name = name
        self._loops = list(loops)
        self._counts = list(counts)
        self._body = [*arrays, *(f"{name} = 0" for name in self._counts), *self._loops]
        self._arguments = _free_names("\n".join(self._body), _KNOWN | frozenset(functions))

    def definition(self) -> list[str]:
        """Return the lines of the function."""
        if not self._loops:
            return []
        lines = ["", "", "@straight", f"def {self._name}({', '.join(self._groups)}):"]
        body = [f"({names}) = {group}" for group, names in self._groups.items()]
        body += self._body
        if self._counts:
            body.append(f"return {', '.join(self._counts)}")
        return [*lines, *("    " + line for line in body)]

    def call(self) -> list[str]:
        """Return the line that calls it."""
        if not self._loops:
            return []
        result = f"{', '.join(self._counts)} = " if self._counts else ""
        return [f"{result}{self._name}({', '.join(f'({n})' for n in self._groups.values())})"]

    @property
    def _groups(self) -> dict[str, str]:
        """The arguments, some at a time."""
        starts = range(0, len(self._arguments), LONGEST)
        return {
            f"given_{number}": "".join(f"{name}, " for name in self._arguments[start:][:LONGEST])
            for number, start in enumerate(starts)
        }


def _free_names(text: str, known: frozenset[str]) -> list[str]:
    """Return the names that `text` reads without giving them a value, in the order of reading."""
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    read = dict.fromkeys(node.id for node in names if isinstance(node.ctx, ast.Load))
    return [name for name in read if name not in bound | known]

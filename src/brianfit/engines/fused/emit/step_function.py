"""The loops of a step as a function of their own, which Numba need not read."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import final

from brianfit.engines.fused.emit.imports import SINGLE, WHERE

NAME = "loops_of_step"

_KNOWN = frozenset(
    ["LANES", "INFINITY", "NAN", "np", "f32", "float", "int", "min", "range", *WHERE]
) | frozenset(SINGLE.values())
"""What the function finds beside its arguments."""


@final
class StepFunction:
    """Writes it, and its call.

    Parameters
    ----------
    arrays
        The lines that make the arrays that nothing else uses.
    counts
        Names of numbers of lanes that the loops count.
    functions
        Names of functions from outside.
    """

    def __init__(
        self,
        loops: Iterable[str],
        *,
        arrays: Iterable[str],
        counts: Iterable[str],
        functions: Iterable[str],
    ) -> None:
        self._loops = list(loops)
        self._counts = list(counts)
        self._body = [*arrays, *(f"{name} = 0" for name in self._counts), *self._loops]
        self._arguments = _free_names("\n".join(self._body), _KNOWN | frozenset(functions))

    def definition(self) -> list[str]:
        """Return the lines of the function."""
        if not self._loops:
            return []
        lines = ["", "", "@straight", f"def {NAME}("]
        lines += [f"    {name}," for name in self._arguments]
        lines += ["):", *("    " + line for line in self._body)]
        if self._counts:
            lines.append(f"    return {', '.join(self._counts)}")
        return lines

    def call(self) -> list[str]:
        """Return the line that calls it."""
        if not self._loops:
            return []
        result = f"{', '.join(self._counts)} = " if self._counts else ""
        return [f"{result}{NAME}({', '.join(self._arguments)})"]


def _free_names(text: str, known: frozenset[str]) -> list[str]:
    """Return the names that `text` reads without giving them a value, in the order of reading."""
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    read = dict.fromkeys(node.id for node in names if isinstance(node.ctx, ast.Load))
    return [name for name in read if name not in bound | known]

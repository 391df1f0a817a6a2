"""Expressions as Brian writes them into code: constants computed, equal terms cancelled.

Before it writes code, Brian collects the factors of products and the terms of sums. That is part of
what a model means: ``p/p`` is 1 also where p is 0, and ``int(t/(0.7*ms))`` depends on whether one
divides by 0.7*ms or multiplies by what one over it was rounded to.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, final

import numpy as np
from brian2.codegen.optimisation import ArithmeticSimplifier
from brian2.core.variables import AuxiliaryVariable
from brian2.parsing.bast import brian_ast
from brian2.utils.stringtools import get_identifiers

from brianfit.engines.fused.ir import Kind

_TYPES = {Kind.FLOAT: np.float64, Kind.INTEGER: np.int32, Kind.BOOLEAN: np.bool_}


@final
class Simplifier:
    """Simplifies expressions as Brian does.

    Parameters
    ----------
    kinds
        Those of the variables of the model.
    resolve
        Returns what any other name means, as Brian sees it.
    """

    def __init__(self, kinds: Mapping[str, Kind], resolve: Callable[[str], Any]) -> None:
        self._resolve = resolve
        self._variables: dict[str, Any] = {
            name: AuxiliaryVariable(name, dtype=_TYPES[kind]) for name, kind in kinds.items()
        }

    def tree(self, expression: str) -> ast.expr:
        """Return an expression, simplified."""
        self._learn(get_identifiers(expression))
        tree = brian_ast(expression, self._variables)
        simplified: ast.expr = ArithmeticSimplifier(self._variables).render_node(tree)
        return simplified

    def _learn(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._variables:
                continue
            try:
                self._variables[name] = self._resolve(name)
            except KeyError:  # what statements of Brian, or running sums, have names for
                self._variables[name] = AuxiliaryVariable(name, dtype=np.float64)

"""From forms to their value in one direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from brianfit.engines.fused.ir import Node
from brianfit.engines.fused.passes.differentials import Differentials, Form

LeafValue = Callable[[Node, int], Node | None]
"""From a state, parameter or time and the number of a direction to a value; None is zero."""


@final
class Valuation:
    """Puts in values for what forms are sums of.

    Nodes that stand for themselves are computed once per direction.
    """

    def __init__(self, differentials: Differentials, leaf: LeafValue) -> None:
        self._differentials = differentials
        self._leaf = leaf
        self._known: dict[tuple[Node, int], Node | None] = {}

    def value(self, form: Form, direction: int) -> Node | None:
        """Return the sum over a form; None where it is zero."""
        make = self._differentials
        total: Node | None = None
        for key, coefficient in form.items():
            value = self._of(key, direction)
            if value is None:
                continue
            term = make.made("mul", coefficient, value)
            total = term if total is None else make.made("add", total, term)
        return total

    def number(self, form: Form, direction: int) -> Node:
        """Return the sum over a form."""
        found = self.value(form, direction)
        return self._differentials.number(0.0) if found is None else found

    def _of(self, key: Node, direction: int) -> Node | None:
        behind = self._differentials.standing_alone.get(key)
        if behind is None:
            return self._leaf(key, direction)
        place = (key, direction)
        if place not in self._known:
            self._known[place] = self.value(behind, direction)
        return self._known[place]

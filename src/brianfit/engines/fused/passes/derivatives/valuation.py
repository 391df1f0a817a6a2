"""From forms to their value in one direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import final

from brianfit.engines.fused.ir import Node
from brianfit.engines.fused.passes.derivatives.differentials import Differentials, Form

SlotValue = Callable[[Mapping[str, Node]], Node]
"""From the coefficients of parameters to what holds the one that counts in a direction."""

LeafValue = Callable[[Node, int], Node | None]
"""From a state, parameter or time and the number of a direction to a value; None is zero."""


@final
class Valuation:
    """Puts in values for what forms are sums of.

    Nodes that stand for themselves are computed once per direction.

    Parameters
    ----------
    slot
        Given, if a direction stands for all: the terms of parameters then differ between them.
    """

    def __init__(
        self, differentials: Differentials, leaf: LeafValue, slot: SlotValue | None = None
    ) -> None:
        self._differentials = differentials
        self._leaf = leaf
        self._slot = slot
        self._known: dict[tuple[Node, int], Node | None] = {}

    def value(self, form: Form, direction: int) -> Node | None:
        """Return the sum over a form; None where it is zero."""
        make = self._differentials
        total: Node | None = None
        different: dict[str, Node] = {}
        for key, coefficient in form.items():
            if self._slot is not None and key.op == "parameter":
                different[str(key.value)] = coefficient
                continue
            value = self._of(key, direction)
            if value is None:
                continue
            term = make.made("mul", coefficient, value)
            total = term if total is None else make.made("add", total, term)
        if self._slot is not None and different:
            held = self._slot(different)
            return held if total is None else make.made("add", total, held)
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

"""Which parameters a quantity of a model is linear in, found from the equations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import sympy
from brian2.parsing.statements import parse_statement
from brian2.utils.stringtools import get_identifiers, strip_empty_lines

from brianfit.model import Model
from brianfit.model.derivatives import derivative
from brianfit.model.model_expressions import ModelExpressions, symbol


def reset_statements(code: str | None) -> list[tuple[str, str, str]]:
    """Return ``(variable, operation, expression)`` of every statement, such as of a reset."""
    text = strip_empty_lines((code or "").replace(";", "\n"))
    return [tuple(parse_statement(line.strip())[:3]) for line in text.split("\n") if line.strip()]


@final
@dataclass(frozen=True)
class Changes:
    """How the variables of a model come about, given its spikes.

    Attributes
    ----------
    expressions
        ``(variable, expression)``: what it starts at, how fast it changes, what it is reset to.
    names
        What each expression uses.
    barred
        Names that the refractory time depends on.
    """

    expressions: tuple[tuple[str, Any], ...]
    names: tuple[frozenset[str], ...]
    barred: frozenset[str]


def changes_of(model: Model, expressions: ModelExpressions) -> Changes:
    """Return how the variables of a model come about."""
    found = tuple(_changes(model, expressions))
    return Changes(
        found,
        tuple(_names(expression) for _, expression in found),
        frozenset(get_identifiers(str(model.refractory))),
    )


def linear_parameters(quantity: Any, changes: Changes, asked: Sequence[str]) -> tuple[str, ...]:
    """Return those of the parameters `asked` that a quantity is linear in, all of them together.

    It is if no derivative by one of them, or by a variable that moves with one, depends on any of
    them; the same must hold for the rate of change and the reset of each such variable. The spikes
    are given. Parameters are taken in their order; one that would not go together with those
    before it is left out.

    Parameters
    ----------
    quantity
        An expression of variables and parameters, subexpressions put in.
    """
    chosen: list[str] = []
    for name in asked:
        own = moving_with((name,), changes)
        if own & changes.barred or not own & _names(quantity):
            continue
        moving = moving_with((*chosen, name), changes)
        involved = [e for variable, e in changes.expressions if variable in moving]
        if all(_is_affine(expression, moving) for expression in (quantity, *involved)):
            chosen.append(name)
    return tuple(chosen)


def moving_with(parameters: Collection[str], changes: Changes) -> set[str]:
    """Return the parameters and every variable whose course depends on one of them."""
    moving, before = set(parameters), 0
    while len(moving) > before:
        before = len(moving)
        moving |= {
            name
            for (name, _), used in zip(changes.expressions, changes.names, strict=True)
            if used & moving
        }
    return moving


def _changes(model: Model, expressions: ModelExpressions) -> Iterator[tuple[str, Any]]:
    yield from expressions.starts.items()
    yield from expressions.rates.items()
    known = {symbol(name): value for name, value in expressions.subexpressions.items()}
    for name, operation, text in reset_statements(model.reset):
        value = expressions.language.read(text).xreplace(known)
        operations = {
            "+=": symbol(name) + value,
            "-=": symbol(name) - value,
            "*=": symbol(name) * value,
            "/=": symbol(name) / value,
        }
        yield name, operations.get(operation, value)


def _is_affine(expression: Any, moving: Collection[str]) -> bool:
    involved = _names(expression) & set(moving)
    return not any(
        _names(derivative(expression, symbol(name))) & involved for name in sorted(involved)
    )


@lru_cache(maxsize=10_000)
def _names(expression: Any) -> frozenset[str]:
    return frozenset(str(used) for used in sympy.sympify(expression).free_symbols)


__all__ = ["Changes", "changes_of", "linear_parameters", "moving_with", "reset_statements"]

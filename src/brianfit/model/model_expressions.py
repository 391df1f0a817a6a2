"""The right-hand sides of a model as SymPy expressions, subexpressions put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

import sympy
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, Equations

from brianfit.model.derivatives import Language
from brianfit.model.model import Model, copied


@final
@dataclass(frozen=True, kw_only=True)
class ModelExpressions:
    """What a model computes.

    Attributes
    ----------
    language
        Reads and prints the expressions.
    rates
        Time derivative of every variable with a differential equation.
    subexpressions
        Every subexpression, those it uses put in.
    starts
        The initial values that are expressions, in the order in which they are set.
    """

    language: Language
    rates: Mapping[str, Any]
    subexpressions: Mapping[str, Any]
    starts: Mapping[str, Any]

    def of(self, name: str) -> Any:
        """Return the expression that determines a variable; zero if there is none."""
        return self.rates.get(name, self.subexpressions.get(name, sympy.Integer(0)))

    def names_behind(self, names: Iterable[str]) -> frozenset[str]:
        """Return everything that `names` depend on, directly or not, themselves included."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            for expression in (self.of(name), self.starts.get(name, sympy.Integer(0))):
                waiting.extend(str(symbol) for symbol in expression.free_symbols)
        return frozenset(found)


def symbol(name: str) -> Any:
    """Return the symbol that stands for a variable in the expressions."""
    return sympy.Symbol(name, real=True)


def read_expressions(model: Model) -> ModelExpressions:
    """Return the expressions of `model`.

    Raises
    ------
    InvalidValueError
        If SymPy cannot represent one of them.
    """
    language = Language()
    known: dict[Any, Any] = {}
    rates, subexpressions = {}, {}
    for equation in Equations([copied(e) for e in model.equations.values()]).ordered:
        if equation.type == PARAMETER:
            continue
        expression = language.read(equation.expr.code).xreplace(known)
        if equation.type == DIFFERENTIAL_EQUATION:
            rates[equation.varname] = expression
        else:
            subexpressions[equation.varname] = expression
            known[symbol(equation.varname)] = expression
    starts = {
        name: language.read(value).xreplace(known)
        for name, value in model.initial_values.items()
        if isinstance(value, str)
    }
    return ModelExpressions(
        language=language, rates=rates, subexpressions=subexpressions, starts=starts
    )

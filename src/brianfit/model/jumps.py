"""Find out whether an expression jumps where one of its conditions changes.

``int(v > v_half)*(v - v_half)`` has a kink where the condition changes, ``int(v > v_half)*k`` a
jump. The derivative of a solution goes through a kink unharmed. At a jump it would have to jump as
well, which no differential equation says.

Both one-sided limits are computed with many digits at points of the boundary, and compared.
Published formulas in pieces often do not quite meet; a jump by less than a hundredth of what is
switched counts as none, and leaves an error of that order in its share of the derivative.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import sympy
from brian2.parsing.sympytools import sympy_to_str
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from brianfit.model.derivatives import derivative, exprel

_DIGITS = 60
_N_POINTS = 24
_N_NEWTON = 60
_SAME = 1e-2  # the pieces of published formulas meet to the digits in print only
_ON_BOUNDARY = 1e-12


def find_jump(expression: Any, moving: Collection[str], values: Mapping[str, float]) -> str | None:
    """Return the part of `expression` at which it jumps, or None.

    Parameters
    ----------
    moving
        Names of the variables and parameters whose change matters: a condition on others, such
        as the time, changes at the same moment whatever the parameters are.
    values
        What is known of the other names: constants and units [SI].
    """
    moving_symbols = {name for name in expression.free_symbols if str(name) in moving}
    for call in _sorted(expression.atoms(sympy.floor, sympy.ceiling, sympy.Mod, AppliedUndef)):
        if call.free_symbols & moving_symbols and _rounds(call):
            return str(sympy_to_str(call))
    plain = _only_elementary(expression)
    for boundary in _sorted(plain.atoms(Relational, sympy.sign)):
        across = _sorted(boundary.free_symbols & moving_symbols)
        for point, symbol in _points(plain, boundary, across, values):
            if _differs(plain, point, symbol):
                return str(sympy_to_str(boundary))
    return None


def _sorted(expressions: Collection[Any]) -> list[Any]:
    return sorted(expressions, key=str)


def _rounds(call: Any) -> bool:
    """Return whether a call jumps again and again."""
    if not isinstance(call, AppliedUndef):
        return True
    name = call.func.__name__
    return name == "timestep" or (name == "int_" and not _is_condition(call.args[0]))


def _is_condition(expression: Any) -> bool:
    return isinstance(expression, Relational | sympy.logic.boolalg.BooleanFunction)


def _only_elementary(expression: Any) -> Any:
    """Write functions of Brian by those that can be computed with many digits.

    Functions of others are given values like variables.
    """
    replaced = {}
    for call in expression.atoms(AppliedUndef, exprel):
        arguments = [_only_elementary(argument) for argument in call.args]
        name = call.func.__name__
        if name == "clip":
            value, low, high = arguments
            replaced[call] = sympy.Min(sympy.Max(value, low), high)
        elif name == "sqrt":
            replaced[call] = sympy.sqrt(arguments[0])
        elif name == "exprel":
            replaced[call] = (sympy.exp(arguments[0]) - 1) / arguments[0]
        elif name == "int_" and _is_condition(call.args[0]):
            replaced[call] = sympy.Piecewise((1, arguments[0]), (0, True))
        else:
            replaced[call] = sympy.Symbol(f"value_of_{call}", real=True)
    return expression.xreplace(replaced)


def _points(
    expression: Any, boundary: Any, across: list[Any], values: Mapping[str, float]
) -> Iterator[tuple[dict[Any, Any], Any]]:
    """Yield points on a boundary, each with the symbol that leads across it."""
    rng = np.random.default_rng(0)
    gap = _gap(boundary)
    slopes = {name: derivative(gap, name) for name in across}
    for number in range(_N_POINTS if across else 0):
        symbol = across[number % len(across)]
        point = {
            name: sympy.Float(values.get(str(name), _drawn(rng)), _DIGITS)
            for name in _sorted(expression.free_symbols)
        }
        for _ in range(_N_NEWTON):
            step = _number(gap / slopes[symbol], point)
            if step is None:
                break
            point[symbol] -= step
            if abs(step) <= abs(point[symbol]) * 10.0 ** (10 - _DIGITS):
                yield point, symbol
                break


def _drawn(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.1, 1.0) * 10.0 ** rng.integers(-3, 2))


def _gap(boundary: Any) -> Any:
    """Return the expression whose sign decides."""
    if isinstance(boundary, Relational):
        return boundary.lhs - boundary.rhs
    return boundary.args[0]


def _number(expression: Any, point: Mapping[Any, Any]) -> Any:
    """Return the value at a point; None if it is not a finite real number."""
    value = expression.xreplace(dict(point)).evalf(_DIGITS)
    return value if value.is_Float or value.is_Integer or value.is_Rational else None


def _differs(expression: Any, point: Mapping[Any, Any], symbol: Any) -> bool:
    """Compare the limits from both sides, on the scale of what the conditions switch."""
    above = _number(_beside(expression, point, symbol, side=1), point)
    below = _number(_beside(expression, point, symbol, side=-1), point)
    switched_off = {
        part: sympy.Integer(0) for part in expression.atoms(sympy.Piecewise, sympy.sign)
    }
    without = _number(expression.xreplace(switched_off), point)
    if above is None or below is None or without is None:
        return False
    scale = abs(above - without) + abs(below - without)
    return bool(abs(above - below) > _SAME * scale)


def _beside(expression: Any, point: Mapping[Any, Any], symbol: Any, *, side: int) -> Any:
    """Decide all conditions for a point moved a little to one side along `symbol`."""
    decided = {}
    for part in expression.atoms(Relational, sympy.sign):
        sign = _sign_beside(_gap(part), point, symbol, side=side)
        if isinstance(part, Relational):
            decided[part] = sympy.true if part.func(sign, 0) else sympy.false
        else:
            decided[part] = sympy.Integer(sign)
    return expression.xreplace(decided)


def _sign_beside(gap: Any, point: Mapping[Any, Any], symbol: Any, *, side: int) -> int:
    terms = sum(abs(_number(term, point) or 0) for term in sympy.Add.make_args(gap))
    value = _number(gap, point)
    if value is None or abs(value) > _ON_BOUNDARY * terms:
        return int(sympy.sign(value or 0))
    slope = _number(derivative(gap, symbol), point)
    return side * int(sympy.sign(slope or 0))

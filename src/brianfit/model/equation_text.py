"""Equations as text that reads back to the same equations."""

from __future__ import annotations

from brian2.equations.equations import (
    BOOLEAN,
    DIFFERENTIAL_EQUATION,
    INTEGER,
    PARAMETER,
    Equations,
    SingleEquation,
)

from brianfit._foundation.units import equation_unit


def equation_text(equations: Equations) -> str:
    """Return equations one a line, with base units, which Brian's parser takes.

    Brian's own text of equations has units such as ``V``, which its parser does not know.
    """
    return "\n".join(_line(equation) for equation in equations.values())


def _line(equation: SingleEquation) -> str:
    name = equation.varname
    if equation.type == PARAMETER:
        left = name
    elif equation.type == DIFFERENTIAL_EQUATION:
        left = f"d{name}/dt = {_one_line(equation)}"
    else:
        left = f"{name} = {_one_line(equation)}"
    flags = f" ({', '.join(equation.flags)})" if equation.flags else ""
    return f"{left} : {_unit(equation)}{flags}"


def _one_line(equation: SingleEquation) -> str:
    return " ".join(equation.expr.code.split())


def _unit(equation: SingleEquation) -> str:
    if equation.var_type in (INTEGER, BOOLEAN):
        return str(equation.var_type)
    return equation_unit(equation.dim)

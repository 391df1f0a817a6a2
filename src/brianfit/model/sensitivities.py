"""Derivatives of a model's outputs with respect to parameters, as equations of the model itself.

The derivative S of a variable x with respect to a parameter p follows its own differential
equation, the forward sensitivity equation

    dS_x_p/dt = sum over all y of (d f_x / d y) * S_y_p  +  d f_x / d p      where dx/dt = f_x

and starts at the derivative of the initial value.

References
----------
Dickinson, R. P. and Gelinas, R. J. (1976), J. Comput. Phys. 21:123-143, eq. 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import sympy

from brianfit.model.derivatives import derivative
from brianfit.model.model import Model
from brianfit.model.model_expressions import ModelExpressions, read_expressions, symbol
from brianfit.model.sensitivity_checks import check_differentiable, check_names
from brianfit.model.sensitivity_equations import Key, SensitivityEquations

EXACT_METHODS = ("exact", "linear", "independent")
"""Methods that solve the equations by formula, which seldom succeeds with sensitivities."""


@final
@dataclass(frozen=True, kw_only=True)
class SensitivityModel:
    """A model that computes derivatives of its own variables.

    Attributes
    ----------
    model
        The model with the added equations, their initial values, and the method to use.
    variables
        ``{(output, parameter): name}`` of the variable that is the derivative of the output with
        respect to the parameter, both in SI units. Derivatives that are always zero are absent.
    """

    model: Model
    variables: Mapping[Key, str]


def sensitivity_model(
    model: Model,
    *,
    parameters: Sequence[str],
    outputs: Sequence[str],
    inputs: Collection[str] = (),
    optimize: bool = True,
) -> SensitivityModel:
    """Add the sensitivity equations for `outputs` with respect to `parameters`.

    The methods of Runge and Kutta (``euler``, ``rk2``, ``rk4``) give the derivative of their own
    result, not only of the solution that it approximates. So does ``exponential_euler``, which is
    written as the Euler method with an additional factor in the equations. The methods of
    `EXACT_METHODS` are replaced by ``rk4``, which agrees with them up to the fourth power of the
    time step; where Brian would choose the method, it is ``rk4`` for linear equations (which Brian
    would solve exactly) and ``euler`` otherwise (as Brian does).

    Steps in the equations (``int(v > v_half)``, ``sign``) are allowed where only the slope changes
    at the step, not the value.

    Parameters
    ----------
    parameters
        Parameters of the model, or variables with a differential equation, which stand for their
        initial value.
    outputs
        Variables of the model, of any kind.
    inputs
        Names of variables that are given over time: inputs, targets, the number of the round.
    optimize
        Whether derivatives are left out that stay zero or that no output needs.

    Raises
    ------
    BrianfitError
        If the derivatives cannot be had in this way; all problems are listed.
    """
    check_names(model, parameters=parameters, outputs=outputs, inputs=inputs)
    expressions = read_expressions(model)
    relevant = expressions.names_behind(outputs)
    sensitive = {name: _sensitive(expressions, name, relevant) for name in parameters}
    moving = frozenset[str]().union(*sensitive.values())
    check_differentiable(model, expressions, relevant=relevant, moving=moving)
    if not optimize:
        sensitive = {
            name: found | set(model.differential_variables) for name, found in sensitive.items()
        }
    chosen = {name: tuple(sorted(found)) for name, found in sensitive.items()}
    added, method = _equations(model, expressions, chosen)
    variables = added.outputs(outputs)
    extended = replace(
        model,
        equations=added.equations(),
        initial_values=added.initial_values(),
        method=method,
        method_options=model.method_options if method == model.method else {},
    )
    return SensitivityModel(model=extended, variables=variables)


def _sensitive(
    expressions: ModelExpressions, parameter: str, relevant: Collection[str]
) -> set[str]:
    """Return which of the relevant variables change with a parameter, itself included."""
    found = {parameter}
    for name, start in expressions.starts.items():
        if name in relevant and _depends(start, found):
            found.add(name)
    rates = {name: rate for name, rate in expressions.rates.items() if name in relevant}
    before = 0
    while len(found) > before:
        before = len(found)
        found |= {name for name, rate in rates.items() if _depends(rate, found)}
    return found


def _depends(expression: Any, names: Collection[str]) -> bool:
    used = {str(used) for used in expression.free_symbols}
    return any(derivative(expression, symbol(name)) != 0 for name in sorted(used & set(names)))


def _equations(
    model: Model, expressions: ModelExpressions, chosen: Mapping[str, Sequence[str]]
) -> tuple[SensitivityEquations, str | None]:
    """Choose the method, and prepare the equations for it."""
    method = _method(model, expressions)
    exponents = _exponents(expressions) if method == "exponential_euler" else None
    method = "euler" if exponents is not None else method
    added = SensitivityEquations(model, expressions, chosen, once_per_step=method == "euler")
    if exponents is not None:
        added.use_exponential_steps(exponents)
    return added, method


def _method(model: Model, expressions: ModelExpressions) -> str | None:
    if model.equations.is_stochastic:
        return model.method
    if model.method is None:
        return "rk4" if _is_linear(model, expressions) else "euler"
    return "rk4" if model.method in EXACT_METHODS else model.method


def _is_linear(model: Model, expressions: ModelExpressions) -> bool:
    """Return whether no coefficient of the equations depends on a variable."""
    variables = {symbol(name) for name in model.differential_variables}
    return not any(
        derivative(rate, variable).free_symbols & variables
        for rate in expressions.rates.values()
        for variable in variables & rate.free_symbols
    )


def _exponents(expressions: ModelExpressions) -> dict[str, Any] | None:
    """Return ``a`` of every equation ``dx/dt = a*x + b``; None if one is not of this form."""
    exponents = {}
    for name, rate in expressions.rates.items():
        exponent = _exponent(rate, symbol(name))
        if exponent is None:
            return None
        exponents[name] = exponent
    return exponents


def _exponent(rate: Any, variable: Any) -> Any | None:
    """Return what Brian's exponential Euler takes for ``a``.

    Brian collects the terms with the variable as a factor. What depends on it in other ways, such
    as a gate ``m(v)`` in its steady state, counts as constant.
    """
    exponent = derivative(rate, variable)
    if variable not in exponent.free_symbols:
        return exponent
    terms = sympy.collect(rate.expand(), variable, evaluate=False)
    if set(terms) <= {variable, sympy.Integer(1)} and variable in terms:
        return terms[variable]
    return None

"""The names, equations and initial values of sensitivities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import sympy
from brian2.equations.codestrings import Expression
from brian2.equations.equations import (
    DIFFERENTIAL_EQUATION,
    PARAMETER,
    SUBEXPRESSION,
    Equations,
    SingleEquation,
)

from brianfit._foundation.units import DIMENSIONLESS, SECOND, Dimension
from brianfit.model.derivatives import derivative, exprel, exprel_slope
from brianfit.model.model import Model, copied
from brianfit.model.model_expressions import ModelExpressions, symbol

Key = tuple[str, str]
"""(variable, parameter)"""

ONCE_PER_STEP = "constant over dt"

_DT = sympy.Symbol("dt", real=True, positive=True)


@final
class SensitivityEquations:
    """Collects what is added to a model.

    Parameters
    ----------
    chosen
        For every parameter the variables whose derivatives are wanted.
    once_per_step
        Whether the integration method looks at the start of a step only, so that what several
        equations share may be computed there.
    """

    def __init__(
        self,
        model: Model,
        expressions: ModelExpressions,
        chosen: Mapping[str, Sequence[str]],
        *,
        once_per_step: bool,
    ) -> None:
        self._model = model
        self._expressions = expressions
        self._chosen = chosen
        self._once_per_step = once_per_step
        self._taken = {*model.variable_names, *model.undefined_names, *model.namespace}
        self._shared: dict[tuple[str, ...], str] = {}
        self._equations: list[SingleEquation] = []
        self._rates = dict(expressions.rates)
        self._exponents: dict[str, Any] = {}
        self._names = {
            (variable, parameter): self._free_name(f"S_{variable}_{parameter}")
            for parameter, variables in chosen.items()
            for variable in variables
            if variable != parameter or variable in expressions.rates
        }

    def use_exponential_steps(self, exponents: Mapping[str, Any]) -> None:
        """Let a step of Euler's method be one of exponential Euler.

        Exponential Euler multiplies the step ``dt*f`` of a variable with ``dx/dt = f = a*x + b``
        by ``exprel(a*dt)``; `exponents` has ``a`` of every variable. With this factor as part of
        the equation, sensitivities are the derivatives of the steps that are really made.
        """
        self._exponents = {name: a for name, a in exponents.items() if a != 0}

    def equations(self) -> Equations:
        """Return the equations of the model with those of all derivatives."""
        of_states = [self._state_equation(key) for key in self._names]
        of_model = [self._model_equation(equation) for equation in self._model.equations.values()]
        return Equations([*of_model, *of_states, *self._equations])

    def outputs(self, names: Sequence[str]) -> dict[Key, str]:
        """Return the variables that are derivatives of outputs; add those that are missing."""
        variables = {}
        for output in dict.fromkeys(names):
            for parameter in self._chosen:
                key = (output, parameter)
                if key in self._names:
                    variables[key] = self._names[key]
                    continue
                slope = self._output_derivative(output, parameter)
                if slope != 0:
                    variables[key] = self._free_name(f"S_{output}_{parameter}")
                    self._add_subexpression(variables[key], self._dimensions(key), slope)
        return variables

    def initial_values(self) -> dict[str, Any]:
        """Interleave both: each derivative is set before its variable, whose old value it uses."""
        values: dict[str, Any] = {
            name: 1.0 for key, name in self._names.items() if key[0] == key[1]
        }
        for variable, value in self._model.initial_values.items():
            start = self._expressions.starts.get(variable, sympy.Integer(0))
            for parameter in self._chosen:
                name = self._names.get((variable, parameter))
                slope = 0 if name is None else self._total_derivative(start, parameter)
                if slope != 0:
                    values[str(name)] = self._expressions.language.write(slope)
            values[variable] = value
        return values

    def _state_equation(self, key: Key) -> SingleEquation:
        """Return a differential equation, or a constant where nothing changes after the start."""
        name, (variable, parameter) = self._names[key], key
        rate = sympy.Integer(0)
        if variable in self._rates:
            rate = sympy.Add(
                *(
                    self._slope(variable, other, parameter) * self._factor(other, parameter)
                    for other in self._chosen[parameter]
                )
            )
        if rate == 0:
            return SingleEquation(PARAMETER, name, self._dimensions(key), flags=["constant"])
        return SingleEquation(
            DIFFERENTIAL_EQUATION, name, self._dimensions(key), expr=self._code(rate)
        )

    def _slope(self, variable: str, other: str, parameter: str) -> Any:
        """Return d f_variable / d other; shared by the equations of all parameters if it can be."""
        slope = self._rate_slope(variable, symbol(other))
        if slope.is_Atom or other == parameter or not self._once_per_step:
            return slope
        dimensions = self._model.dimensions(variable) / self._model.dimensions(other) / SECOND
        return self._shared_symbol(("S_slope", variable, other), dimensions, slope)

    def _rate_slope(self, variable: str, other: Any) -> Any:
        rate = self._rates[variable]
        if variable not in self._exponents:
            return derivative(rate, other)
        slope = derivative(rate, other)
        if slope == self._exponents[variable]:
            slope = self._exponent(variable)
        slope = slope * self._step_factor(variable)
        exponent_slope = derivative(self._exponents[variable], other)
        if exponent_slope == 0:
            return slope
        return slope + exponent_slope * self._step_factor_slope(variable)

    def _step_factor(self, variable: str) -> Any:
        """Return the symbol of exprel(a*dt)."""
        factor = exprel(self._exponent(variable) * _DT)
        return self._shared_symbol(("S_factor", variable), DIMENSIONLESS, factor)

    def _step_factor_slope(self, variable: str) -> Any:
        """Return the symbol of the derivative of f*exprel(a*dt) by a: f*dt*exprel'(a*dt)."""
        argument = self._exponent(variable) * _DT
        slope = exprel_slope(argument).xreplace({exprel(argument): self._step_factor(variable)})
        return self._shared_symbol(
            ("S_factor_slope", variable),
            self._model.dimensions(variable),
            self._rates[variable] * _DT * slope,
        )

    def _exponent(self, variable: str) -> Any:
        return self._shared_symbol(
            ("S_exponent", variable), DIMENSIONLESS / SECOND, self._exponents[variable]
        )

    def _model_equation(self, equation: SingleEquation) -> SingleEquation:
        if equation.varname not in self._exponents:
            return copied(equation)
        code = f"({equation.expr.code})*{self._step_factor(equation.varname)}"
        return copied(equation, Expression(code))

    def _output_derivative(self, output: str, parameter: str) -> Any:
        if output == parameter:
            return sympy.Integer(1)
        if output in self._rates:
            return sympy.Integer(0)
        return self._total_derivative(self._expressions.of(output), parameter)

    def _total_derivative(self, expression: Any, parameter: str) -> Any:
        return sympy.Add(
            *(
                derivative(expression, symbol(variable)) * self._factor(variable, parameter)
                for variable in self._chosen[parameter]
            )
        )

    def _factor(self, variable: str, parameter: str) -> Any:
        """Return the derivative of a state or parameter: a symbol, or one."""
        name = self._names.get((variable, parameter))
        return sympy.Integer(1) if name is None else symbol(name)

    def _dimensions(self, key: Key) -> Dimension:
        return self._model.dimensions(key[0]) / self._model.dimensions(key[1])

    def _shared_symbol(self, key: tuple[str, ...], dimensions: Dimension, expression: Any) -> Any:
        """Return the symbol of something that is computed once in every step."""
        if key not in self._shared:
            self._shared[key] = self._free_name("_".join(key))
            self._add_subexpression(self._shared[key], dimensions, expression, ONCE_PER_STEP)
        return symbol(self._shared[key])

    def _add_subexpression(
        self, name: str, dimensions: Dimension, expression: Any, *flags: str
    ) -> None:
        code = self._code(expression)
        added = SingleEquation(SUBEXPRESSION, name, dimensions, expr=code, flags=list(flags))
        self._equations.append(added)

    def _code(self, expression: Any) -> Expression:
        return Expression(self._expressions.language.write(expression))

    def _free_name(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._taken:
            name = f"{wanted}_{number}"
            number += 1
        self._taken.add(name)
        return name

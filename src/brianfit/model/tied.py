"""Parameters that are computed from others by an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import sympy
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS, timestep
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import Constant
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.parsing.sympytools import str_to_sympy
from brian2.units.unitsafefunctions import exprel
from brian2.utils.stringtools import get_identifiers

from brianfit._foundation.errors import (
    BrianfitError,
    InvalidValueError,
    UnitMismatchError,
    UnknownNameError,
)
from brianfit._foundation.strangers.expressions import check_expression
from brianfit._foundation.units import (
    Dimension,
    dimensions_of,
    same_dimensions,
    scalar_si,
    unit_name,
)

_UNITS: Mapping[str, Any] = DEFAULT_UNITS
"""The units that Brian knows in equations: ``mV`` and ``amp``, but not ``V`` or ``A``."""

_BUILT_IN = frozenset(DEFAULT_FUNCTIONS) | frozenset(DEFAULT_CONSTANTS)
_STATEFUL = {name for name, function in DEFAULT_FUNCTIONS.items() if not function.stateless}


def tied_names(expression: str) -> frozenset[str]:
    """Return the names that an expression uses, functions, units and pi left out."""
    return frozenset(get_identifiers(expression)) - _BUILT_IN - set(_UNITS)


def compile_tied(
    name: str,
    expression: str,
    *,
    dimensions: Dimension,
    parameters: Mapping[str, Dimension],
    namespace: Mapping[str, Any],
) -> Callable[[Mapping[str, Any]], Any]:
    """Return the function that computes a tied parameter from columns of others [SI].

    The expression is parsed by Brian; nothing in it is run as Python code.

    Parameters
    ----------
    name, dimensions
        The tied parameter.
    parameters
        Those that the expression may use.
    namespace
        External constants.

    Raises
    ------
    BrianfitError
        If the expression cannot be read, uses unknown names, or has the wrong unit.
    """
    check_expression(expression, f"The expression for the tied parameter '{name}'")
    constants = _constants_of(name, expression, parameters, namespace)
    parsed = _parse(name, expression)
    _check_unit(name, expression, dimensions, parameters, constants)
    values = {key: scalar_si(key, value, dimensions_of(value)) for key, value in constants.items()}
    symbols = sorted(str(symbol) for symbol in parsed.free_symbols)
    function = sympy.lambdify(
        [sympy.Symbol(symbol, real=True) for symbol in symbols],
        parsed.xreplace({s: sympy.Symbol(str(s), real=True) for s in parsed.free_symbols}),
        modules=[{"exprel": exprel, "int_": np.trunc, "timestep": timestep}, "numpy"],
    )

    return TiedFunction(
        _made_from=(name, expression, dimensions, dict(parameters), constants),
        _function=function,
        _symbols=symbols,
        _values=values,
    )


@final
@dataclass(frozen=True, kw_only=True)
class TiedFunction:
    """Computes a tied parameter from columns of others [SI]; make one with `compile_tied`."""

    _made_from: tuple[str, str, Dimension, Mapping[str, Dimension], Mapping[str, Any]]
    _function: Callable[..., Any]
    _symbols: Sequence[str]
    _values: Mapping[str, float]

    def __call__(self, columns: Mapping[str, Any]) -> Any:
        known = [
            self._values[symbol] if symbol in self._values else columns[symbol]
            for symbol in self._symbols
        ]
        with np.errstate(all="ignore"):
            return self._function(*known)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Travel to other processes as the expression; what it was compiled to stays here."""
        return _compiled_again, self._made_from


def _compiled_again(
    name: str,
    expression: str,
    dimensions: Dimension,
    parameters: Mapping[str, Dimension],
    namespace: Mapping[str, Any],
) -> Callable[[Mapping[str, Any]], Any]:
    return compile_tied(
        name, expression, dimensions=dimensions, parameters=parameters, namespace=namespace
    )


def _parse(name: str, expression: str) -> Any:
    random = sorted(_STATEFUL & get_identifiers(expression))
    if random:
        raise InvalidValueError(
            f"The expression {expression!r} for the tied parameter '{name}' draws random numbers "
            f"with {random[0]}(), so it would have another value every time it is computed."
        )
    try:
        return str_to_sympy(expression)
    except (SyntaxError, TypeError, ValueError) as error:
        raise InvalidValueError(
            f"The expression {expression!r} for the tied parameter '{name}' cannot be read: {error}"
        ) from error


def _constants_of(
    name: str, expression: str, parameters: Mapping[str, Dimension], namespace: Mapping[str, Any]
) -> dict[str, Any]:
    try:
        identifiers = get_identifiers(expression)
    except SyntaxError as error:
        raise InvalidValueError(
            f"The expression {expression!r} for the tied parameter '{name}' cannot be read: {error}"
        ) from error
    constants = {}
    for used in identifiers - set(parameters) - _BUILT_IN:
        if used in namespace:
            constants[used] = namespace[used]
        elif used in _UNITS:
            constants[used] = _UNITS[used]
        else:
            raise UnknownNameError(
                f"The expression {expression!r} for the tied parameter '{name}' uses '{used}', "
                "which is neither a parameter given before it nor an external constant."
            )
    return constants


def _check_unit(
    name: str,
    expression: str,
    dimensions: Dimension,
    parameters: Mapping[str, Dimension],
    constants: Mapping[str, Any],
) -> None:
    variables: dict[str, Any] = {
        key: Constant(key, dimensions=dim, value=1.0) for key, dim in parameters.items()
    }
    for key, value in constants.items():
        dim = dimensions_of(value)
        variables[key] = Constant(key, dimensions=dim, value=scalar_si(key, value, dim))
    variables.update(DEFAULT_FUNCTIONS)
    variables.update(DEFAULT_CONSTANTS)
    try:
        found = parse_expression_dimensions(expression, variables)
    except BrianfitError:
        raise
    except Exception as error:
        raise InvalidValueError(
            f"The expression {expression!r} for the tied parameter '{name}' cannot be used: {error}"
        ) from error
    if not same_dimensions(found, dimensions):
        raise UnitMismatchError(
            f"The tied parameter '{name}' has the unit {unit_name(dimensions)}, but the expression "
            f"{expression!r} has {unit_name(found)}."
        )

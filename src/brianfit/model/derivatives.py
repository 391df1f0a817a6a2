"""Derivatives of expressions in the language of the equations.

SymPy reads and prints the expressions; the rules are written here, because SymPy's own give forms
that are undefined where the derivative is not (``x**p*p/x`` at zero), and know nothing of
``clip`` or ``int``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, final

import sympy
from brian2.parsing.sympytools import str_to_sympy, sympy_to_str
from brian2.utils.stringtools import word_substitute
from sympy.codegen.cfunctions import expm1, log1p, log10

from brianfit._foundation.errors import InvalidValueError

USE_DIFFERENCES = "Set calc_gradient=False: finite differences need no derivative."
"""What a user can do where there is no derivative; the end of every message."""

exprel = str_to_sympy("exprel(x)").func
"""The function (exp(x) - 1)/x of Brian for SymPy."""

_ZERO_PREFIX = "brianfit_zero_"
_SQRT = sympy.Function("sqrt")  # Brian does not hand this one over to SymPy
_STEPS = {"int_", "timestep"}


@final
@dataclass(frozen=True)
class Language:
    """Reads expressions and prints them again, in such a way that units survive.

    SymPy makes ``0*mV`` a plain zero, which Brian then refuses to compare with a voltage. Such
    zeros are kept as symbols.
    """

    _zeros: dict[str, str] = field(default_factory=dict)

    def read(self, expression: str) -> Any:
        """Return the SymPy form of an expression.

        Raises
        ------
        InvalidValueError
            If SymPy cannot represent it.
        """
        tree = _KeptZeros(self._zeros).visit(ast.parse(expression.strip(), mode="eval"))
        try:
            return str_to_sympy(ast.unparse(tree))
        except (SyntaxError, TypeError, ValueError) as error:
            raise InvalidValueError(
                f"The expression {expression!r} cannot be differentiated: {error} {USE_DIFFERENCES}"
            ) from error

    def write(self, expression: Any) -> str:
        """Return an expression as a string that Brian reads."""
        return str(word_substitute(sympy_to_str(sympy.sympify(expression)), self._zeros))

    def is_zero(self, name: str) -> bool:
        """Return whether a symbol stands for a zero with a unit."""
        return name in self._zeros


@final
class _KeptZeros(ast.NodeTransformer):
    """Replace ``0*unit`` by a name, and note which text it stands for."""

    def __init__(self, zeros: dict[str, str]) -> None:
        self._zeros = zeros

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        is_zero = isinstance(node.op, ast.Mult | ast.Div) and _is_literal_zero(node.left)
        is_zero = is_zero or (isinstance(node.op, ast.Mult) and _is_literal_zero(node.right))
        if not is_zero:
            return self.generic_visit(node)
        text = f"({ast.unparse(node)})"
        known = {value: key for key, value in self._zeros.items()}
        name = known.get(text, f"{_ZERO_PREFIX}{len(self._zeros)}")
        self._zeros[name] = text
        return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)


def _is_literal_zero(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0 and node.value is not False


@lru_cache(maxsize=100_000)
def derivative(expression: Any, symbol: Any) -> Any:
    """Return the derivative of a SymPy expression with respect to a symbol.

    Steps (`int`, `sign`, `floor`, `ceil`) have the derivative zero, which is right everywhere but
    at the step itself.

    Raises
    ------
    InvalidValueError
        If it calls a function whose derivative is unknown.
    """
    if symbol not in expression.free_symbols:
        return sympy.Integer(0)
    if expression.is_Symbol:
        return sympy.Integer(1)
    if expression.is_Add:
        return sympy.Add(*(derivative(term, symbol) for term in expression.args))
    if expression.is_Mul:
        return _of_product(expression.args, symbol)
    if expression.is_Pow:
        return _of_power(expression.base, expression.exp, symbol)
    return _of_call(expression, symbol)


def _of_product(factors: tuple[Any, ...], symbol: Any) -> Any:
    terms = [
        sympy.Mul(derivative(factor, symbol), *factors[:k], *factors[k + 1 :])
        for k, factor in enumerate(factors)
        if symbol in factor.free_symbols
    ]
    return sympy.Add(*terms)


def _of_power(base: Any, exponent: Any, symbol: Any) -> Any:
    if exponent.is_negative and exponent.is_number:
        rate = _logarithmic_derivative(base, symbol)
        if rate is not None:
            return exponent * base**exponent * rate
    by_base = exponent * base ** (exponent - 1) * derivative(base, symbol)
    slope = derivative(exponent, symbol)
    if slope == 0:
        return by_base
    # 0**p is 0 for all p > 0, so its derivative is 0, not 0*log(0)
    guarded = base if base.is_number else base + _as_int(sympy.Eq(base, 0))
    return by_base + base**exponent * sympy.log(guarded) * slope


def _logarithmic_derivative(base: Any, symbol: Any) -> Any | None:
    """Return base'/base where it stays finite although `base` overflows; None for other forms.

    That of ``c + d*exp(u)`` is ``u' * (1 - c/base)``; without it the slope of ``1/(1 + exp(u))``,
    ``exp(u)/(1 + exp(u))**2``, would be nan as soon as the exponential overflows. That of
    ``exprel(u)`` is ``u' * (1 + (1/exprel(u) - 1)/u)``.
    """
    if base.func is exprel:
        x = base.args[0]
        rate = _half_at_zero(x, 1 + (1 / exprel(x) - 1) / _nonzero(x))
        return derivative(x, symbol) * rate
    constant, varying = base.as_independent(symbol, as_Add=True)
    _, exponential = varying.as_independent(symbol, as_Add=False)
    if not isinstance(exponential, sympy.exp):
        return None
    return derivative(exponential.args[0], symbol) * (1 - constant / base)


def _of_call(call: Any, symbol: Any) -> Any:
    slopes = _slopes(call)
    if slopes is None:
        raise InvalidValueError(
            f"The derivative of the function '{_function_name(call)}' in {sympy_to_str(call)!r} "
            f"with respect to '{symbol}' is unknown. {USE_DIFFERENCES}"
        )
    return sympy.Add(
        *(
            slope * derivative(argument, symbol)
            for slope, argument in zip(slopes, call.args, strict=True)
            if slope != 0
        )
    )


def _slopes(call: Any) -> tuple[Any, ...] | None:
    """Return the derivative of a call with respect to each argument; None if unknown."""
    name = _function_name(call)
    if name in _STEPS or isinstance(call, sympy.sign | sympy.floor | sympy.ceiling):
        return (sympy.Integer(0),) * len(call.args)
    if name == "clip":
        return _clip_slopes(*call.args)
    if isinstance(call, sympy.Mod):
        return (sympy.Integer(1), -sympy.floor(call.args[0] / call.args[1]))
    rule = _RULES.get(call.func)
    return None if rule is None else (rule(*call.args),)


def _clip_slopes(value: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
    """`clip` is min(max(value, low), high)."""
    return (
        _as_int(sympy.And(value > low, value < high)),
        _as_int(sympy.And(value <= low, low < high)),
        _as_int(sympy.Or(value >= high, low >= high)),
    )


def exprel_slope(x: Any) -> Any:
    """Return exprel'(x) = exprel(x) + (1 - exprel(x))/x, which is 1/2 at zero.

    The rounding error of the quotient is eps/|x|, so that the relative error is below 1e-7.
    """
    return _half_at_zero(x, exprel(x) + (1 - exprel(x)) / _nonzero(x))


def _half_at_zero(x: Any, elsewhere: Any) -> Any:
    return _is_tiny(x) / 2 + (1 - _is_tiny(x)) * elsewhere


def _nonzero(x: Any) -> Any:
    return x + _is_tiny(x)


def _is_tiny(x: Any) -> Any:
    return _as_int(sympy.Abs(x) < sympy.Float("1e-8"))


def _as_int(condition: Any) -> Any:
    return sympy.Function("int_")(condition)


def _function_name(call: Any) -> str:
    return str(call.func.__name__)


_RULES: Mapping[type, Callable[[Any], Any]] = {
    sympy.exp: sympy.exp,
    sympy.log: lambda x: 1 / x,
    log10: lambda x: 1 / (x * sympy.log(10)),
    expm1: sympy.exp,
    log1p: lambda x: 1 / (1 + x),
    exprel: exprel_slope,
    _SQRT: lambda x: 1 / (2 * _SQRT(x)),
    sympy.sin: sympy.cos,
    sympy.cos: lambda x: -sympy.sin(x),
    sympy.tan: lambda x: 1 + sympy.tan(x) ** 2,
    sympy.sinh: sympy.cosh,
    sympy.cosh: sympy.sinh,
    sympy.tanh: lambda x: 1 - sympy.tanh(x) ** 2,
    sympy.asin: lambda x: 1 / sympy.sqrt(1 - x**2),
    sympy.acos: lambda x: -1 / sympy.sqrt(1 - x**2),
    sympy.atan: lambda x: 1 / (1 + x**2),
    sympy.Abs: sympy.sign,
}

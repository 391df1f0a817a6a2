"""A model that fires where the recorded cell did, in the place of its own spikes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, final

import sympy
from brian2.equations.codestrings import Expression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, Equations

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import equation_unit
from brianfit.model.model import Model, copied
from brianfit.model.model_expressions import ModelExpressions, read_expressions, symbol

GIVEN, SEEN, DOUBT = "brianfit_given_spikes", "brianfit_seen", "brianfit_doubt"
"""The input that is 1 in steps with a recorded spike; what is compared with the recorded voltage;
what the recorded spikes and their absence are surprised by."""

WIDTH, HIGHEST = "brianfit_width", "brianfit_highest"
"""Parameters, in the unit of the voltage: the width of the soft threshold, and the upper limit of
the voltages that are compared. No parameter of a fit, but its kernel is the same for all data."""

_GROWTH = "(500*Hz)"
"""Where the speed of the voltage grows faster than this, the model cannot be held back any more."""

_HIGHEST_RATE, _MOST_PER_STEP = 2000.0, 0.2
"""The hazard above the threshold [1/s], and the part of it that may come to lie in one step.

A hazard that grew without limit would forbid a model to be near its peak before a spike."""

_FEWEST_PER_STEP = 1e-12
_APPROACH = 2.0
"""A voltage that runs away comes near to its peak in so many steps."""


@final
@dataclass(frozen=True, kw_only=True)
class OwnThreshold:
    """Where a model fires when it is left to itself.

    Attributes
    ----------
    voltage
        The variable that is compared.
    peak
        The expression that it is compared with.
    level
        The expression beyond which it cannot be held back: `peak`, or where it runs away.
    runs_away
        Whether the voltage is driven upwards by itself before it comes to `peak`.
    """

    voltage: str
    peak: str
    level: str
    runs_away: bool


def own_threshold(model: Model) -> OwnThreshold | None:
    """Return where a model fires; None if it does not fire where a variable exceeds something.

    Exponential and quadratic upstrokes are recognised by their form in the differential equation.
    """
    compared = _compared(model)
    if compared is None:
        return None
    voltage, peak = compared
    try:
        expressions = read_expressions(model)
        level = _upstroke(expressions, voltage)
    except (InvalidValueError, sympy.PolynomialError):
        return None
    if level is None:
        return OwnThreshold(voltage=voltage, peak=peak, level=peak, runs_away=False)
    text = expressions.language.write(level)
    return OwnThreshold(voltage=voltage, peak=peak, level=text, runs_away=True)


def with_given_spikes(model: Model, own: OwnThreshold, *, dt: float) -> Model:
    """Return the model whose spikes are those of the input `GIVEN`.

    Reset and refractoriness stay as they are. A voltage that runs away is held at its peak until
    the next given spike. Two variables are added. `SEEN` is the voltage, or what of it lies below
    `HIGHEST` where it runs away. `DOUBT` is the deviance residual of the given spikes, and of their
    absence, under a hazard that saturates above the threshold of the model itself: half the sum of
    its squares is the negative log-likelihood, up to a constant.

    Parameters
    ----------
    dt
        Step of the simulation [s].

    References
    ----------
    Mensi, Naud, Pozzorini, Avermann, Petersen & Gerstner (2012), J. Neurophysiol. 107:1756,
    doi 10.1152/jn.00408.2011.
    """
    voltage = own.voltage
    unit = equation_unit(model.dimensions(voltage))
    equations = [
        copied(each, _held(each.expr.code, own, unit, dt))
        if own.runs_away and each.varname == voltage and each.type == DIFFERENTIAL_EQUATION
        else copied(each)
        for each in model.equations.values()
    ]
    seen = f"clip({voltage}, -1e9*{unit}, {HIGHEST})" if own.runs_away else voltage
    per_step = min(_HIGHEST_RATE * dt, _MOST_PER_STEP)
    distance = f"clip((({own.level}) - {voltage})/{WIDTH}, -40, 60)"
    expected = f"clip({per_step!r}/(1 + exp({distance})), {_FEWEST_PER_STEP!r}, 1)"
    added = Equations(
        f"{WIDTH} : {unit} (constant)\n"
        f"{HIGHEST} : {unit} (constant)\n"
        f"{SEEN} = {seen} : {unit}\n"
        f"{DOUBT}_rate = {expected} : 1\n"
        f"{DOUBT} = {GIVEN}*sqrt(2*({DOUBT}_rate - 1 - log({DOUBT}_rate)))"
        f" + (1 - {GIVEN})*sqrt(2*{DOUBT}_rate) : 1"
    )
    return replace(model, equations=Equations(equations) + added, threshold=f"{GIVEN} > 0.5")


def _held(code: str, own: OwnThreshold, unit: str, dt: float) -> Expression:
    """Return a rate that never leads beyond the peak."""
    nearer = f"(({own.peak}) - {own.voltage})/({_APPROACH * dt!r}*second)"
    return Expression(f"clip({code}, -1e12*{unit}/second, {nearer})")


def _compared(model: Model) -> tuple[str, str] | None:
    """Return the variable that must exceed an expression for a spike, and the expression."""
    if model.threshold is None or not (model.reset and model.reset.strip()):
        return None
    tree = ast.parse(model.threshold.strip(), mode="eval").body
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    above, below = tree.left, tree.comparators[0]
    if isinstance(tree.ops[0], ast.Lt | ast.LtE):
        above, below = below, above
    elif not isinstance(tree.ops[0], ast.Gt | ast.GtE):
        return None
    if not isinstance(above, ast.Name) or above.id not in model.differential_variables:
        return None
    return above.id, ast.unparse(below)


def _upstroke(expressions: ModelExpressions, voltage: str) -> Any | None:
    """Return the level from which the voltage runs away; None if it does not."""
    v, growth = symbol(voltage), expressions.language.read(_GROWTH)
    rate = sympy.expand(expressions.of(voltage), power_exp=False)
    terms = sympy.Add.make_args(rate)
    for term in terms:
        level = _exponential_level(term, v, growth)
        if level is not None:
            return level
    polynomial = [term for term in terms if term.is_polynomial(v)]
    return _quadratic_level(polynomial, v, growth)


def _exponential_level(term: Any, v: Any, growth: Any) -> Any | None:
    """Return where the slope of ``c*exp(s*v + d)`` is `growth`; None for other terms."""
    factor, varying = term.as_independent(v, as_Add=False)
    if not isinstance(varying, sympy.exp):
        return None
    slope = sympy.simplify(sympy.diff(varying.args[0], v))
    if v in slope.free_symbols or slope.could_extract_minus_sign():
        return None
    offset = varying.args[0].subs(v, 0)
    return sympy.simplify((sympy.log(growth / (factor * slope)) - offset) / slope)


def _quadratic_level(terms: Iterable[Any], v: Any, growth: Any) -> Any | None:
    """Return where the slope of a square is `growth`; None if it is none that opens upwards."""
    polynomial = sympy.Poly(sympy.Add(*terms), v)
    if polynomial.degree() != 2:
        return None
    square, line = polynomial.coeff_monomial(v**2), polynomial.coeff_monomial(v)
    if square.could_extract_minus_sign():
        return None
    return sympy.simplify((growth - line) / (2 * square))


__all__ = [
    "DOUBT",
    "GIVEN",
    "HIGHEST",
    "SEEN",
    "WIDTH",
    "OwnThreshold",
    "own_threshold",
    "with_given_spikes",
]

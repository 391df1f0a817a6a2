"""From the drive of a neuron to its rate of spikes, and how the equations say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, final

import numpy as np
import sympy
from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import PARAMETER, SUBEXPRESSION, Equations, SingleEquation
from sympy.codegen.cfunctions import expm1

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.fitting.escape_rates.linear_parameters import Changes, changes_of
from brianfit.model import Model
from brianfit.model.model import copied
from brianfit.model.model_expressions import ModelExpressions, read_expressions, symbol

_DRIVE = sympy.Symbol("brianfit_drive", real=True)
_DT = "dt"
_PROBED = np.linspace(-6.0, 6.0, 13)
"""Links are told apart by their values at these drives."""

_BELOW = re.compile(r"^\s*rand\(\)\s*<=?(?P<chance>.+)$|^(?P<chance_first>.+)>=?\s*rand\(\)\s*$")
_ABOVE = re.compile(r"^\s*rand\(\)\s*>=?(?P<rest>.+)$|^(?P<rest_first>.+)<=?\s*rand\(\)\s*$")
EXPECTED = (
    "Expected a threshold such as 'rand() < 1 - exp(-hazard*dt)' with a hazard that is "
    "`rate*exp(u)` or `rate*log(1 + exp(u))` of a drive u without dimensions"
)


@final
class Link(IntEnum):
    """How the rate of spikes depends on the drive u."""

    EXPONENTIAL = 0
    """exp(u)"""
    SOFTPLUS = 1
    """log(1 + exp(u))"""

    def of(self, drive: np.ndarray) -> np.ndarray:
        """Return the values of the link."""
        if self is Link.EXPONENTIAL:
            return np.asarray(np.exp(drive))
        return np.asarray(np.logaddexp(0.0, drive))


@final
@dataclass(frozen=True, kw_only=True)
class EscapeRate:
    """The rate of spikes of a model: ``scale*link(drive)``.

    Attributes
    ----------
    drive
        As an expression of variables and parameters, subexpressions put in.
    scale
        [Hz]
    expressions
        Everything that the model computes.
    changes
        How its variables come about.
    """

    drive: Any
    link: Link
    scale: float
    expressions: ModelExpressions
    changes: Changes


def has_escape_rate(model: Model) -> bool:
    """Return whether the threshold of a model is a chance."""
    return _chance_of_none(model) is not None


def read_escape_rate(model: Model, values: Mapping[str, float]) -> EscapeRate:
    """Return how the rate of spikes of `model` depends on its variables.

    Parameters
    ----------
    values
        Of the parameters [SI]; of those in the rate beside the drive they are the final ones.

    Raises
    ------
    InvalidValueError
        If the threshold is no chance, or the rate has another form.
    """
    text = _chance_of_none(model)
    if text is None:
        raise InvalidValueError(f"{EXPECTED}; the threshold is {model.threshold!r}.")
    expressions = read_expressions(model)
    constants = _constants(model, values)
    for drive, rate in _possible_drives(model, text, expressions):
        found = _recognised(rate, constants)
        if found is not None:
            return EscapeRate(
                drive=drive,
                link=found[0],
                scale=found[1],
                expressions=expressions,
                changes=changes_of(model, expressions),
            )
    raise InvalidValueError(f"{EXPECTED}; the chance that nothing happens in a step is {text}.")


def _chance_of_none(model: Model) -> str | None:
    """Return the chance that there is no spike in a step, as an expression."""
    threshold = model.threshold or ""
    if found := _BELOW.match(threshold):
        return f"1 - ({found['chance'] or found['chance_first']})"
    if found := _ABOVE.match(threshold):
        return str(found["rest"] or found["rest_first"])
    return None


def _constants(model: Model, values: Mapping[str, float]) -> dict[str, float]:
    units = {name: float(unit) for name, unit in DEFAULT_UNITS.items()}
    external = {
        name: float(np.asarray(value))
        for name, value in model.namespace.items()
        if not callable(value) and np.ndim(value) == 0
    }
    return {**units, **external, **values}


def _possible_drives(
    model: Model, text: str, expressions: ModelExpressions
) -> Iterator[tuple[Any, Any]]:
    """Return what may be the drive, and the rate as a function of it."""
    for name in model.subexpressions:
        if model.dimensions(name) is DIMENSIONLESS:
            partial = _rate(text, read_expressions(_with_parameter(model, name)))
            if partial is not None and symbol(name) in partial.free_symbols:
                yield expressions.subexpressions[name], partial.xreplace({symbol(name): _DRIVE})
    rate = _rate(text, expressions)
    if rate is None:
        return
    for call in sorted(rate.atoms(sympy.exp), key=str):
        drive = call.args[0]
        if getattr(drive.func, "__name__", "") == "clip":
            drive = drive.args[0]
        yield drive, rate.xreplace({call: sympy.exp(_DRIVE)})


def _with_parameter(model: Model, name: str) -> Model:
    """Return the model with a subexpression that counts as given."""
    equations = [
        SingleEquation(PARAMETER, name, equation.dim)
        if equation.varname == name and equation.type == SUBEXPRESSION
        else copied(equation)
        for equation in model.equations.values()
    ]
    return replace(model, equations=Equations(equations))


def _rate(text: str, expressions: ModelExpressions) -> Any | None:
    """Return the rate, if the chance of no spike in a step is exp(-rate*dt)."""
    known = {symbol(name): value for name, value in expressions.subexpressions.items()}
    chance = expressions.language.read(text).xreplace(known)
    chance = chance.replace(expm1, lambda x: sympy.exp(x) - 1)
    if chance.func is not sympy.exp:
        return None
    steps = [name for name in chance.free_symbols if str(name) == _DT]
    if not steps:
        return None
    rate = -chance.args[0] / steps[0]
    return rate if steps[0] not in rate.free_symbols else None


def _recognised(rate: Any, constants: Mapping[str, float]) -> tuple[Link, float] | None:
    """Return the link and its scale, if the rate depends on constants and the drive alone."""
    others = rate.free_symbols - {_DRIVE}
    if any(str(name) not in constants for name in others):
        return None
    number = rate.xreplace({name: sympy.Float(constants[str(name)]) for name in others})
    compute = sympy.lambdify(_DRIVE, number, modules=[{"clip": np.clip}, "numpy"])
    probed = np.asarray(compute(_PROBED), dtype=np.float64) * np.ones_like(_PROBED)
    for link in Link:
        scales = probed / link.of(_PROBED)
        if np.ptp(scales) <= 1e-9 * scales.mean():
            return link, float(scales.mean())
    return None

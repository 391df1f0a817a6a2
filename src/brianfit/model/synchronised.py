"""Equations whose variables are pulled towards what was recorded of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from brian2.equations.codestrings import Expression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, Equations

from brianfit._foundation.units import SECOND, Dimension
from brianfit.model.model import Model, copied

RATE_DIMENSIONS: Dimension = SECOND**-1
"""Of the rates with which variables are pulled."""


def can_be_pulled(model: Model, name: str) -> bool:
    """Return whether a variable has a differential equation of its own for every neuron."""
    return name in model.differential_variables and not model.is_shared(name)


def rate_name(name: str) -> str:
    """Return the input that holds the rate [1/s] with which a variable is pulled."""
    return f"brianfit_pull_{name}"


def recorded_name(name: str) -> str:
    """Return the input that holds what a variable is pulled towards."""
    return f"brianfit_recorded_{name}"


def synchronised(model: Model, names: Iterable[str]) -> Model:
    """Return the model with ``rate*(recorded - x)`` added to dx/dt of the named variables.

    A strong pull makes spikes coincide with recorded ones, so that the distance of the traces
    becomes a smooth function of the parameters; where the model is true, it is least for the same
    parameters as without.

    References
    ----------
    Abarbanel, Creveling, Farsian & Kostuk (2009), SIAM J. Appl. Dyn. Syst. 8:1341,
    doi 10.1137/090749761.
    """
    pulled = frozenset(names)
    equations = []
    for equation in model.equations.values():
        name = equation.varname
        if equation.type == DIFFERENTIAL_EQUATION and name in pulled:
            pull = f"{rate_name(name)}*({recorded_name(name)} - {name})"
            equations.append(copied(equation, Expression(f"({equation.expr.code}) + {pull}")))
        else:
            equations.append(copied(equation))
    return replace(model, equations=Equations(equations))

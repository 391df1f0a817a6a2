"""Whether a model draws random numbers while it is simulated."""

from __future__ import annotations

from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.utils.stringtools import get_identifiers

from brianfit.model.model import Model

_RANDOM = frozenset(name for name, function in DEFAULT_FUNCTIONS.items() if not function.stateless)


def draws_random_numbers(model: Model) -> bool:
    """Return whether a model has noise (``xi``), or calls ``rand()``, ``randn()``, ``poisson()``.

    Functions of the user are taken to be deterministic unless they say otherwise.
    """
    if model.equations.is_stochastic:
        return True
    random = {
        name for name, value in model.namespace.items() if not getattr(value, "stateless", True)
    }
    return bool(names_used(model) & (_RANDOM | random))


def names_used(model: Model) -> frozenset[str]:
    """Return the names of all variables, constants and functions that a model uses."""
    expressions = [equation.expr.code for equation in model.equations.values() if equation.expr]
    return frozenset(
        name for text in (*model.code_blocks, *expressions) for name in get_identifiers(text)
    )

"""Values of parameters and initial values outside of a search, checked against the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from numbers import Real
from typing import Any

import numpy as np

from brianfit._foundation.arguments import check_instance, suggestion
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    Problems,
)
from brianfit._foundation.units import scalar_si
from brianfit.fitting.problem.fitter_arguments import check_initial_values
from brianfit.fitting.problem.problem import Problem
from brianfit.model import Model

GENERATE_ITERATION = int(1e9)
"""Value of the model's ``iteration`` outside of a fit."""


RESULT_KEYS = frozenset({"error", "objective_errors", "objective_errors_normalized"})
"""Keys of a row of ``fitter.results()`` that are no parameters; a row can be given as it is."""


def checked_iteration(iteration: Any) -> int:
    """Return a value of the model's ``iteration``.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is no number, or none that counts.
    """
    if isinstance(iteration, bool) or not isinstance(iteration, Real):
        raise InvalidTypeError(f"`iteration` must be a number, but is {iteration!r}.")
    number = float(iteration)
    if not (np.isfinite(number) and number >= 0):
        raise InvalidValueError(f"`iteration` must be 0 or more, but is {iteration!r}.")
    return int(number)


def with_param_init(problem: Problem, param_init: Mapping[str, Any] | None) -> Problem:
    """Return the problem with some initial values replaced."""
    if param_init is None:
        return problem
    changed = problem.with_initial_values({**problem.model.initial_values, **param_init})
    problems = Problems()
    for found in check_initial_values(changed.model):
        problems.add(found)
    problems.raise_if_any()
    return changed


def checked_values(
    model: Model, params: Mapping[str, Any], needed: Collection[str] | None = None
) -> dict[str, float]:
    """Return the values of parameters in SI units, all there and none unknown.

    Parameters
    ----------
    needed
        The parameters that must have a value; None: all that have no initial value.

    Raises
    ------
    BrianfitError
        If a parameter is unknown, missing, or has the wrong unit; all problems are listed.
    """
    check_instance("params", params, Mapping, "a dictionary {name: value}")
    problems = Problems()
    known = {*model.parameter_names, *model.differential_variables}
    params = {name: params[name] for name in params if name in known or name not in RESULT_KEYS}
    values = {}
    for name, given in params.items():
        if name not in known:
            problems.add(
                InvalidValueError(
                    f"`params` names '{name}', which is not a parameter of the model."
                    f"{suggestion(name, known)}"
                )
            )
            continue
        try:
            values[name] = scalar_si(f"params['{name}']", given, model.dimensions(name))
        except BrianfitError as found:
            problems.add(found)
    if needed is None:
        needed = [name for name in model.parameter_names if name not in model.initial_values]
    for name in needed:
        if name not in params:
            problems.add(InvalidTypeError(f"`params` has no value for parameter '{name}'."))
    problems.raise_if_any()
    return values

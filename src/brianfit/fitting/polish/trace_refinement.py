"""What `TraceFitter.refine` does: read its arguments, polish, note what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.units import Dimension, from_si, readable
from brianfit.fitting.polish.least_squares import (
    Linearised,
    Progress,
    as_residuals,
    least_squares_fit,
)
from brianfit.fitting.polish.residuals import (
    Residuals,
    prepare_residuals,
    with_sensitivities,
    with_tangents,
)
from brianfit.fitting.polish.standard_errors import (
    Uncertainty,
    independent_residuals,
    uncertainty_of,
)
from brianfit.fitting.problem.metrics_by_output import Scoring, read_scoring
from brianfit.fitting.problem.parameter_values import checked_values
from brianfit.fitting.problem.parameters import Parameters, read_parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.search.callbacks import callback_setup, make_dic
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.session import FitSession
from brianfit.objective import build_objective

DEFAULT_SEED = 0
"""Seed of the noise in simulations outside of a fit."""


@final
class Gradient(IntEnum):
    """Where derivatives come from unless told."""

    AUTOMATIC = 0
    """From the engine if it has them, else finite differences. Equals False, as in the signature
    that older scripts know."""


@final
@dataclass(frozen=True, kw_only=True)
class RefineRequest:
    """The arguments of one call of `refine`, as the user gave them."""

    params: Mapping[str, Any] | None
    metric: Any
    callback: Any
    calc_gradient: bool | Gradient
    optimize: bool
    iteration: int | float
    others: Mapping[str, Any]


def refine(
    session: FitSession, request: RefineRequest, namespace: Mapping[str, Any]
) -> tuple[dict[str, Any], Any]:
    """Improve parameters by least squares; return them with SciPy's result.

    The best sample of the session becomes the refined one if it is better.
    """
    problem = session.problem.with_namespace(namespace)
    given_bounds, options = divided_keywords(problem, request.others)
    search = session.search
    start = start_of(session, request.params)
    parameters = parameters_of(session, problem, given_bounds)
    scoring = _scoring(session, problem, request.metric)
    space = parameters.space
    free_values = free_values_of(problem, parameters, start)
    residuals = prepare_residuals(
        problem,
        parameters,
        scoring,
        session.engine,
        iteration=int(request.iteration),
        seed=DEFAULT_SEED if search is None else search.seed,
    )
    dimensions = scoring.error_dimensions_of(problem, problem.output_names[0])
    result = least_squares_fit(
        _linearised(session, residuals, scoring, request, options),
        space.to_coordinates(free_values[np.newaxis])[0],
        progress=progress_of(session, problem, parameters, dimensions, request.callback),
        options=options,
    )
    values = space.to_values(result.x[np.newaxis])[0]
    uncertainty = uncertainty_at(residuals, result)
    add_uncertainty(session, result, uncertainty, problem)
    if search is not None and is_same_task(search, parameters, scoring):
        note_refined(session, search, values, result)
        search.note_standard_errors(values, uncertainty.standard_errors())
    row = parameters.columns.expand(values[np.newaxis])[0]
    return with_units(session, problem, parameters.columns.names, row), result


def _linearised(
    session: FitSession,
    residuals: Residuals,
    scoring: Scoring,
    request: RefineRequest,
    options: Mapping[str, Any],
) -> Linearised:
    """Return how residuals and their derivatives are computed at one point."""
    if request.calc_gradient is False:
        return residuals.linearised
    if options.get("loss", "linear") == "linear":
        found = _by_sums(session, residuals, scoring)
    else:
        traced = with_tangents(residuals, session.engine)
        found = None if traced is None else traced.linearised
    if found is not None:
        return found
    if request.calc_gradient is True:
        extended = with_sensitivities(residuals, session.engine, optimize=request.optimize)
        return extended.linearised
    return residuals.linearised


def _by_sums(session: FitSession, residuals: Residuals, scoring: Scoring) -> Linearised | None:
    """Return derivatives that the engine sums up while it simulates; None if it has none."""
    problem, space = residuals.problem, residuals.parameters.space
    objective = build_objective(
        problem.task(),
        scoring.outputs(problem),
        engine=session.engine,
        columns=residuals.parameters.columns,
        memory_limit=session.memory_limit,
    )
    derivatives = objective.derivatives
    if derivatives is None:
        return None

    def linearised(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = space.to_values(x[np.newaxis])
        found = derivatives.linearise(
            values, iteration=residuals.iteration, seed=residuals.seed, first_sample=0
        )
        slopes = space.derivative(values[0])
        return as_residuals(
            float(found.evaluation.errors[0]),
            found.gradients[0] * slopes,
            found.normal_matrices[0] * np.outer(slopes, slopes),
        )

    return linearised


def uncertainty_at(residuals: Residuals, result: Any) -> Uncertainty:
    """Return the uncertainty of the refined parameters."""
    space = residuals.parameters.space
    return uncertainty_of(
        space,
        space.to_values(result.x[np.newaxis])[0],
        result.normal_matrix,
        error=2 * result.cost,
        n_compared=independent_residuals(residuals.rows_at(result.x)),
    )


def add_uncertainty(
    session: FitSession, result: Any, uncertainty: Uncertainty, problem: Problem
) -> None:
    """Write standard errors and correlations into a result, or why there are none."""
    errors = uncertainty.standard_errors()
    if errors is not None and session.use_units:
        errors = {
            name: from_si(error, problem.model.dimensions(name)) for name, error in errors.items()
        }
    result.standard_errors = errors
    result.correlations = uncertainty.correlations()
    result.uncertainty = uncertainty.reason or "standard errors from the Gauss-Newton matrix"


def divided_keywords(
    problem: Problem, others: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divide keywords into bounds of parameters and options of SciPy."""
    known = {*problem.model.parameter_names, *problem.model.differential_variables}
    bounds = {name: value for name, value in others.items() if name in known}
    options = {name: value for name, value in others.items() if name not in known}
    if "maxfev" in options:
        if "max_nfev" in options:
            raise InvalidValueError("`maxfev` and `max_nfev` mean the same: give only one of them.")
        options["max_nfev"] = options.pop("maxfev")
    allowed = {"method", "ftol", "xtol", "gtol", "x_scale", "loss", "f_scale", "max_nfev"}
    allowed |= {"tr_solver", "tr_options", "verbose"}
    unknown = sorted(set(options) - allowed)
    if unknown:
        raise InvalidValueError(
            f"refine() does not know {', '.join(map(repr, unknown))}: neither a parameter of the "
            "model nor an option of scipy.optimize.least_squares that can be set here ("
            f"{', '.join(sorted(allowed))})."
        )
    return bounds, options


def start_of(session: FitSession, params: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the parameters to start from: those given, or the best of the fit."""
    if params is not None:
        return params
    best = session.best_params
    if best is None:
        raise InvalidTypeError(
            "refine() needs parameters to start from: call fit() first, or give `params`."
        )
    return best


def parameters_of(session: FitSession, problem: Problem, bounds: Mapping[str, Any]) -> Parameters:
    """Return the parameters within the bounds given, or those of the fit."""
    given: dict[str, Any] = {}
    if session.search is not None:
        given.update(session.search.parameters.given)
    given.update(bounds)
    missing = [
        name
        for name in problem.model.parameter_names
        if name not in given and name not in problem.model.initial_values
    ]
    if missing:
        raise InvalidTypeError(
            f"Bounds must be set for parameter {missing[0]}: call fit() first, or give "
            f"{', '.join(f'{name}=[low, high]' for name in missing)}."
        )
    return read_parameters(problem.model, given, use_units=session.use_units)


def _scoring(session: FitSession, problem: Problem, metric: Any) -> Scoring:
    search = session.search
    if search is None:
        return read_scoring(problem, metric=metric, weights=None, penalty=None)
    if metric is None:
        return replace(search.scoring, penalty=None)
    scoring = read_scoring(problem, metric=metric, weights=None, penalty=None)
    return replace(scoring, weights=search.scoring.weights)


def free_values_of(
    problem: Problem, parameters: Parameters, start: Mapping[str, Any]
) -> np.ndarray:
    """Return the values of the free parameters to start from [SI], checked."""
    space = parameters.space
    checked = checked_values(problem.model, start, needed=space.names)
    values = np.array([checked[name] for name in space.names], dtype=np.float64)
    outside = (values < space.low * (1 - 1e-9) - 1e-300) | (values > space.high * (1 + 1e-9))
    if np.any(outside & (np.abs(values) > 0)):
        name = space.names[int(np.argmax(outside))]
        raise InvalidValueError(
            f"The value {start[name]} of '{name}' in `params` is not within its bounds."
        )
    return values


def is_same_task(search: Search, parameters: Parameters, scoring: Scoring) -> bool:
    """Return whether an error of the refinement can be compared with those of the fit."""
    return (
        parameters.columns.names == search.parameters.columns.names
        and scoring.metrics == search.scoring.metrics
    )


def note_refined(session: FitSession, search: Search, values: np.ndarray, result: Any) -> None:
    """Evaluate the refined sample as a round would, and keep it if it is the best."""
    before = float("inf") if search.best is None else search.best.error
    evaluation = search.objective.evaluate(
        values[np.newaxis], iteration=search.iteration, seed=search.seed
    )
    search.note(values[np.newaxis], evaluation)
    after = float(evaluation.errors[0])
    dimensions = search.dimensions.error
    session.refinement = (
        f"refined by least squares: {readable(before, dimensions)} -> "
        f"{readable(min(before, after), dimensions)} after {result.nfev} evaluations "
        f"({result.message.rstrip('.')})"
    )


def with_units(
    session: FitSession, problem: Problem, names: tuple[str, ...], row: np.ndarray
) -> dict[str, Any]:
    """Return parameters by name, as the user of the session wants them."""
    if not session.use_units:
        return make_dic(names, [float(value) for value in row])
    return {
        name: from_si(float(value), problem.model.dimensions(name))
        for name, value in zip(names, row, strict=True)
    }


def progress_of(
    session: FitSession,
    problem: Problem,
    parameters: Parameters,
    dimensions: Dimension,
    callback: Any,
) -> Progress:
    """Return what tells a callback of every evaluation."""
    call = callback_setup(callback)
    best: dict[str, Any] = {"error": np.inf, "params": {}}

    def progress(x: np.ndarray, error: float, number: int) -> bool:
        row = parameters.columns.expand(parameters.space.to_values(x[np.newaxis]))[0]
        if error < best["error"]:
            best["error"] = error
            best["params"] = with_units(session, problem, parameters.columns.names, row)
        shown = from_si(best["error"], dimensions) if session.use_units else best["error"]
        params = make_dic(parameters.columns.names, [float(value) for value in row])
        info = {"output_var": list(problem.output_names), "objective_errors": [error]}
        info["objective_errors_normalized"] = [error]
        return call(params, [error], best["params"], shown, number, info) is True

    return progress

"""Refine traces: least squares on the differences of all steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from brianfit.fitting.polish.least_squares import Linearised, as_residuals, least_squares_fit
from brianfit.fitting.polish.refinement_task import RefinementTask
from brianfit.fitting.polish.residuals import (
    Residuals,
    prepare_residuals,
    with_sensitivities,
    with_tangents,
)
from brianfit.fitting.polish.standard_errors import independent_residuals, uncertainty_of


def refine_traces(work: RefinementTask) -> Any:
    """Improve parameters by least squares; return SciPy's result.

    The best sample of the fit becomes the refined one if it is better.
    """
    task, session = work.task, work.session
    residuals = prepare_residuals(task, session.engine, iteration=work.iteration, seed=session.seed)
    unit = task.scoring.error_dimensions_of(task.problem, task.problem.output_names[0])
    result = least_squares_fit(
        _linearised(work, residuals),
        work.start,
        progress=work.progress(unit),
        options=work.options,
    )
    rows = residuals.rows_at(result.x)
    space = task.parameters.space
    uncertainty = uncertainty_of(
        space,
        work.values_at(result.x),
        result.normal_matrix,
        error=2 * result.cost,
        n_compared=independent_residuals(rows),
    )
    work.keep(result, uncertainty, way="least squares", reason=result.message)
    _tell_in_units_of_the_output(result, residuals, memory_limit=session.memory_limit)
    return result


def _tell_in_units_of_the_output(result: Any, residuals: Residuals, *, memory_limit: int) -> None:
    """Put differences and derivatives into a result as they are, not as the algorithm saw them.

    The mean square of ``fun`` is the error.
    """
    fun = residuals.at(result.x[np.newaxis])[0]
    result.fun = fun * np.sqrt(fun.size)
    result.jac = result.grad = None
    if 3 * fun.nbytes * result.x.size <= memory_limit:
        _, jacobian = residuals.with_differences(result.x)
        result.jac = jacobian * np.sqrt(fun.size)
        result.grad = jacobian.T @ fun


def _linearised(work: RefinementTask, residuals: Residuals) -> Linearised:
    """Return how residuals and their derivatives are computed at one point."""
    arguments, engine = work.arguments, work.session.engine
    if arguments.calc_gradient is False:
        return residuals.linearised
    if work.options.get("loss", "linear") == "linear":
        found = _by_sums(work, residuals)
    else:
        traced = with_tangents(residuals, engine)
        found = None if traced is None else traced.linearised
    if found is not None:
        return found
    if arguments.calc_gradient is True:
        return with_sensitivities(residuals, engine, optimize=arguments.optimize).linearised
    return residuals.linearised


def _by_sums(work: RefinementTask, residuals: Residuals) -> Linearised | None:
    """Return derivatives that the engine sums up while it simulates; None if it has none."""
    session, space = work.session, work.task.parameters.space
    derivatives = work.task.objective(session.engine, memory_limit=session.memory_limit).derivatives
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

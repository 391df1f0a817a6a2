"""One refinement: where it begins, how its way is told, and how its end is kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, from_si, readable
from brianfit.fitting.polish.least_squares import Progress
from brianfit.fitting.polish.refine_arguments import RefineArguments, divided_keywords
from brianfit.fitting.polish.standard_errors import Uncertainty
from brianfit.fitting.problem.fit_arguments import FitArguments
from brianfit.fitting.problem.parameter_values import checked_iteration, checked_values
from brianfit.fitting.problem.parameters import Parameters, read_parameters
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.search.callbacks import callback_setup, make_dic
from brianfit.fitting.search.replay import Refinement
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.session import FitSession
from brianfit.objective import Evaluation

_logger = logging.getLogger(__name__)


@final
@dataclass(frozen=True, kw_only=True)
class RefinementTask:
    """What is refined, from where.

    Attributes
    ----------
    task
        As in the fit, but for what the arguments change; without penalty.
    start
        Coordinates to start from.
    options
        Of the algorithm.
    iteration
        Value of the model's ``iteration``.
    """

    session: FitSession
    arguments: RefineArguments
    task: FitTask
    start: Float[np.ndarray, " n_parameters"]
    options: Mapping[str, Any]
    iteration: int
    began: float = field(default_factory=time.perf_counter)

    @property
    def search(self) -> Search | None:
        """The fit whose error the refined sample can be compared with; None if there is none."""
        search = self.session.search
        if search is None or not self.task.parameters.has_columns_of(search.task.parameters):
            return None
        changed = search.task.differences(self.task, but=("parameters", "penalty"))
        return None if changed else search

    def values_at(self, x: Float[np.ndarray, " n_parameters"]) -> Float[np.ndarray, " n"]:
        """Return the values of the free parameters [SI] at some coordinates."""
        return np.asarray(self.task.parameters.space.to_values(x[np.newaxis])[0])

    def params_at(self, x: Float[np.ndarray, " n_parameters"]) -> dict[str, Any]:
        """Return all parameters at some coordinates, as the user wants them."""
        columns = self.task.parameters.columns
        row = columns.expand(self.values_at(x)[np.newaxis])[0]
        return self.session.with_units(dict(zip(columns.names, row.tolist(), strict=True)))

    def progress(self, dimensions: Dimension) -> Progress:
        """Return what tells the callback of every evaluation, whose error has `dimensions`."""
        call = callback_setup(self.arguments.callback)
        session, columns = self.session, self.task.parameters.columns
        names = list(self.task.problem.output_names)
        best: dict[str, Any] = {"error": np.inf, "params": {}}

        def progress(x: np.ndarray, error: float, number: int) -> bool:
            if error < best["error"]:
                best.update(error=error, params=self.params_at(x))
            shown = from_si(best["error"], dimensions) if session.use_units else best["error"]
            row = columns.expand(self.values_at(x)[np.newaxis])[0]
            params = make_dic(columns.names, [float(value) for value in row])
            info = {"output_var": names, "objective_errors": [error]}
            info["objective_errors_normalized"] = [error]
            return call(params, [error], best["params"], shown, number, info) is True

        return progress

    def evaluated(self, x: Float[np.ndarray, "n_samples n_parameters"]) -> Evaluation | None:
        """Return the errors of samples in the fit; None if there is none to compare with."""
        search = self.search
        if search is None:
            return None
        values = self.task.parameters.space.to_values(x)
        return search.objective.evaluate(values, iteration=search.iteration, seed=search.seed)

    def keep(self, result: Any, uncertainty: Uncertainty, *, way: str, reason: str) -> None:
        """Add the end of the refinement to the history of the fit, and its uncertainty to `result`.

        Parameters
        ----------
        way
            By what it was refined.
        reason
            Why it ended.
        """
        self._add_uncertainty(result, uncertainty)
        found = self.evaluated(result.x[np.newaxis])
        search = self.search
        if found is None or search is None:
            self._say_why_not_kept()
            return
        before = np.inf if search.best is None else search.best.error
        unit = search.task.dimensions.error
        after = min(before, float(found.errors[0]))
        words = (
            f"refined by {way}: {readable(before, unit)} -> {readable(after, unit)} after "
            f"{result.nfev} evaluations ({reason.rstrip('.')})"
        )
        self.session.add_refined(
            self.values_at(result.x),
            found,
            Refinement(words=words, standard_errors=uncertainty.standard_errors() or {}),
            time.perf_counter() - self.began,
        )

    def _add_uncertainty(self, result: Any, uncertainty: Uncertainty) -> None:
        errors = uncertainty.standard_errors()
        result.standard_errors = None if errors is None else self.session.with_units(errors)
        result.correlations = uncertainty.correlations()
        result.uncertainty = uncertainty.reason or "standard errors from the Gauss-Newton matrix"

    def _say_why_not_kept(self) -> None:
        search = self.session.search
        if search is None:
            return
        changed = search.task.differences(self.task, but=("parameters", "penalty"))
        why = "; ".join(changed) or "other parameters are free, fixed or tied"
        _logger.warning(
            "The refined sample is returned, but not kept as one of the fit, whose error is "
            "another: %s.",
            why,
        )


def refinement_task(
    session: FitSession,
    arguments: RefineArguments,
    namespace: Mapping[str, Any],
    *,
    known_options: frozenset[str],
) -> RefinementTask:
    """Check the arguments of `refine` and return what is to be done.

    Raises
    ------
    BrianfitError
        If anything is wrong with them.
    """
    problem = session.repeated(session.problem.with_namespace(namespace))
    bounds, options = divided_keywords(problem.model, arguments.others, known_options)
    start = arguments.params
    if start is None and session.best_params is None:
        raise InvalidTypeError(
            "refine() needs parameters to start from: call fit() first, or give `params`."
        )
    parameters = _parameters(session, problem, bounds)
    scoring = session.scoring_of(problem, FitArguments(parameters={}, metric=arguments.metric))
    values = _free_values(
        problem, parameters, session.best_params or {} if start is None else start
    )
    return RefinementTask(
        session=session,
        arguments=arguments,
        task=FitTask(
            problem=problem, parameters=parameters, scoring=replace(scoring, penalty=None)
        ),
        start=parameters.space.to_coordinates(values[np.newaxis])[0],
        options=options,
        iteration=checked_iteration(arguments.iteration),
    )


def _parameters(session: FitSession, problem: Problem, bounds: Mapping[str, Any]) -> Parameters:
    """Return the parameters within the bounds given, or those of the fit."""
    given = dict(session.default_parameters)
    if session.search is not None:
        given.update(session.search.task.parameters.given)
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


def _free_values(
    problem: Problem, parameters: Parameters, start: Mapping[str, Any]
) -> Float[np.ndarray, " n_parameters"]:
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

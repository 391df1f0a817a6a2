"""Score one set of parameters, or the best one of a result, on any recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import from_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine, DefaultEngine
from brianfit.fitting.problem.metrics_by_output import Scoring, read_scoring
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION, checked_values
from brianfit.fitting.problem.parts_from_records import part_from
from brianfit.fitting.problem.problem import Problem, on_recordings
from brianfit.fitting.problem.problem_from_record import problem_of
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective import MEMORY_LIMIT, Evaluation, build_objective
from brianfit.results import FitResult, Score


@final
@dataclass(frozen=True, kw_only=True)
class EvaluateRequest:
    """What is to be scored.

    Attributes
    ----------
    recordings
        On which; those of the fit unless told.
    params
        Values of the parameters, with or without units.
    metric
        As for `fit`; None: that of the fit.
    scoring
        That of the fit; None before the first fit.
    seed, memory_limit
        As for the fit.
    """

    recordings: Any
    params: Mapping[str, Any]
    metric: Any
    scoring: Scoring | None
    seed: int
    memory_limit: int


def evaluate(problem: Problem, request: EvaluateRequest, engine: AbstractEngine) -> Score:
    """Return the errors of one set of parameters.

    Raises
    ------
    BrianfitError
        If recordings, parameters or metric do not fit the model.
    """
    if request.recordings is not None:
        problem = on_recordings(problem, "recordings", request.recordings)
    values = checked_values(problem.model, request.params)
    scoring = _scoring(problem, request)
    objective = build_objective(
        problem.task(),
        scoring.outputs(problem),
        engine=engine,
        columns=ParameterColumns(free=tuple(values), fixed={}, tied={}),
        penalty=scoring.penalty,
        memory_limit=request.memory_limit,
    )
    row = np.array([list(values.values())], dtype=np.float64).reshape(1, len(values))
    found = objective.evaluate(row, iteration=GENERATE_ITERATION, seed=request.seed)
    return _score(problem, scoring, found)


def score_of(
    result: FitResult, recordings: RecordingSet, *, engine: AbstractEngine | None = None
) -> Score:
    """Return the errors of the best parameters on recordings, by the metrics of the fit.

    Raises
    ------
    InvalidValueError
        If no sample of the fit could be scored.
    StoreError
        If a metric of the fit is not one that comes with brianfit.
    BrianfitError
        If `recordings` lack an input or output of the fit.
    """
    record = result.problem
    if record is None or not result.best_values:
        raise InvalidValueError("No sample of this fit could be scored, so there is no best one.")
    problem = on_recordings(problem_of(record), "recordings", recordings)
    scoring = read_scoring(
        problem,
        metric={name: part_from(metric) for name, metric in record.metrics.items()},
        weights={name: from_si(value, unit) for name, (value, unit) in record.weights.items()},
        penalty=record.penalty,
    )
    request = EvaluateRequest(
        recordings=None,
        params=result.best_values,
        metric=None,
        scoring=scoring,
        seed=result.seed,
        memory_limit=MEMORY_LIMIT,
    )
    return evaluate(problem, request, DefaultEngine() if engine is None else engine)


def _scoring(problem: Problem, request: EvaluateRequest) -> Scoring:
    known = request.scoring
    if known is None:
        return read_scoring(problem, metric=request.metric, weights=None, penalty=None)
    weights = {name: from_si(value, dim) for name, (value, dim) in known.weights.items()}
    metric = dict(known.metrics) if request.metric is None else request.metric
    return read_scoring(problem, metric=metric, weights=weights, penalty=known.penalty)


def _score(problem: Problem, scoring: Scoring, found: Evaluation) -> Score:
    names = problem.output_names
    return Score(
        error=float(found.errors[0]),
        output_errors={name: float(found.output_errors[0, k]) for k, name in enumerate(names)},
        raw_output_errors={
            name: float(found.raw_output_errors[0, k]) for k, name in enumerate(names)
        },
        trace_errors={name: found.trace_errors[0, k] for k, name in enumerate(names)},
        trace_labels=tuple(recording.label for recording in problem.recordings),
        dimensions=scoring.dimensions(problem, {}).error,
    )

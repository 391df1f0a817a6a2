"""Score one set of parameters, or the best one of a result, on any recordings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from brianfit._foundation.arguments import check_instance, checked
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


def score(
    problem: Problem,
    scoring: Scoring,
    params: Mapping[str, Any],
    *,
    engine: AbstractEngine,
    seed: int,
    memory_limit: int = MEMORY_LIMIT,
) -> Score:
    """Return the errors of one set of parameters.

    Raises
    ------
    BrianfitError
        If the parameters do not suit the model.
    """
    values = checked_values(problem.model, params)
    objective = build_objective(
        problem.task(),
        scoring.outputs(problem),
        engine=engine,
        columns=ParameterColumns(free=tuple(values), fixed={}, tied={}),
        penalty=scoring.penalty,
        memory_limit=memory_limit,
    )
    row = np.array([list(values.values())], dtype=np.float64).reshape(1, len(values))
    found = objective.evaluate(row, iteration=GENERATE_ITERATION, seed=seed)
    return _score(problem, scoring, found)


@checked
def score_of(
    result: FitResult, recordings: RecordingSet, *, engine: AbstractEngine | None = None
) -> Score:
    """Return the errors of the best parameters on recordings, by the metrics of the fit.

    Raises
    ------
    InvalidTypeError
        If `result` is no result of a fit.
    InvalidValueError
        If no sample of the fit could be scored.
    StoreError
        If a metric of the fit is not one that comes with brianfit.
    BrianfitError
        If `recordings` lack an input or output of the fit.
    """
    check_instance("result", result, FitResult, "the result of a fit")
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
    return score(
        problem,
        scoring,
        result.best_values,
        engine=DefaultEngine() if engine is None else engine,
        seed=result.seed,
    )


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

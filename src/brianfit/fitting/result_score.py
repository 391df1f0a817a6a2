"""Score the best parameters of a result, which may come from a file, on other recordings."""

from __future__ import annotations

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import from_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine, DefaultEngine
from brianfit.fitting.held_out import EvaluateRequest, evaluate, on_recordings
from brianfit.fitting.ready_parts import part_from
from brianfit.fitting.recorded_problem import problem_of
from brianfit.fitting.scoring import read_scoring
from brianfit.objective import MEMORY_LIMIT
from brianfit.results import FitResult, Score


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

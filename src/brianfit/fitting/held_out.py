"""Score parameters on recordings that were not fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import from_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.fitting.generation import GENERATE_ITERATION, checked_values
from brianfit.fitting.problem import Problem
from brianfit.fitting.scoring import Scoring, read_scoring
from brianfit.fitting.search import Search
from brianfit.model.parameter_columns import ParameterColumns
from brianfit.objective import SPIKES, Evaluation, Objective, build_objective
from brianfit.results import Score, ValidationCourse


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


def on_recordings(problem: Problem, name: str, recordings: Any) -> Problem:
    """Return the problem with other recordings, which have the same inputs and outputs.

    Parameters
    ----------
    name
        Of the argument, for messages.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If they are no recordings, or lack an input or output.
    """
    check_instance(name, recordings, RecordingSet, "a RecordingSet")
    has = {*recordings.trace_names, *([SPIKES] if recordings.has_spikes else [])}
    missing = [each for each in problem.output_names if each not in has]
    missing += [
        each for each in problem.recordings.input_names if each not in recordings.input_names
    ]
    if missing:
        raise InvalidValueError(
            f"`{name}` must have the inputs and outputs of the fit, but lacks {', '.join(missing)}."
        )
    return replace(problem, recordings=recordings)


@final
@dataclass(kw_only=True)
class HeldOut:
    """Recordings on which the best sample of every round is scored, beside those of the fit.

    It looks at the history, so that rounds which were done before count as well.

    Attributes
    ----------
    search
        Whose samples are scored.
    recordings
        What is held out.
    objective
        The error on them.
    """

    search: Search
    recordings: RecordingSet
    objective: Objective
    _known: dict[int, float] = field(default_factory=dict, init=False)

    def course(self) -> ValidationCourse:
        """Return the errors of the best sample so far, round by round."""
        history = self.search.history
        test, lowest, best, first = [], np.inf, -1, 0
        for round_ in history.rounds:
            if round_.errors.min(initial=np.inf) < lowest:
                best = first + int(np.argmin(round_.errors))
                lowest = float(round_.errors.min())
            test.append(np.inf if best < 0 else self._error(best))
            first += round_.errors.size
        return ValidationCourse(
            train=history.best_per_round,
            test=np.array(test, dtype=np.float64),
            dimensions=self.search.dimensions.error,
        )

    def _error(self, number: int) -> float:
        """Return the error of one evaluation of the history."""
        if number not in self._known:
            history = self.search.history
            found = self.objective.evaluate(
                history.values[number : number + 1],
                iteration=history.rounds[int(history.round_of[number])].iteration,
                seed=self.search.seed,
            )
            self._known[number] = float(found.errors[0])
        return self._known[number]


def held_out(
    known: HeldOut | None,
    search: Search,
    recordings: Any,
    *,
    engine: AbstractEngine,
    memory_limit: int,
) -> HeldOut | None:
    """Return what a search is watched on, if anything.

    Parameters
    ----------
    known
        What the last search was watched on.
    recordings
        What to watch this one on; None: as before.

    Raises
    ------
    BrianfitError
        If the recordings do not fit the model or the metric of the search.
    """
    if recordings is None:
        if known is None or known.search is search:
            return known
        recordings = known.recordings
    problem = on_recordings(search.problem, "validation", recordings)
    scoring = search.scoring
    weights = {name: from_si(value, dim) for name, (value, dim) in scoring.weights.items()}
    checked = read_scoring(
        problem, metric=dict(scoring.metrics), weights=weights, penalty=scoring.penalty
    )
    objective = build_objective(
        problem.task(),
        checked.outputs(problem),
        engine=engine,
        columns=search.parameters.columns,
        penalty=scoring.penalty,
        memory_limit=memory_limit,
    )
    return HeldOut(search=search, recordings=recordings, objective=objective)


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

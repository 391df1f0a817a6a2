"""The squares that lead a search: of the model that is given the recorded spikes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.shapes import Bool, Float
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.engines import SimulationTask
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.task import FitTask
from brianfit.metrics import MSEMetric
from brianfit.model import TimedValues
from brianfit.model.given_spikes import (
    DOUBT,
    GIVEN,
    HIGHEST,
    SEEN,
    WIDTH,
    OwnThreshold,
    own_threshold,
    with_given_spikes,
)
from brianfit.model.random_models import draws_random_numbers
from brianfit.objective import Objective, TraceOutput, build_objective

_logger = logging.getLogger(__name__)

BEFORE, AFTER = 2e-3, 5e-3
"""What lies so near to a recorded spike [s] is its shape, which these models do not have."""

SHORT = 0.8
"""After a spike, at most this part of the shortest interval is left out."""

COUNTS_ONE, SOFT = 0.4, 0.1
"""A difference of voltages that counts one, and the width of the soft threshold, in standard
deviations of the voltage between spikes."""

NAT = 0.02
"""What one nat per spike counts."""

USUAL_SPREAD = 5e-3
"""That standard deviation [V] where no voltage was recorded."""

UNLIMITED = 1e9
FEWEST_SPIKES = 3


@final
@dataclass(frozen=True, kw_only=True)
class _Spikes:
    """Recorded spikes, each train on a row of its own.

    Attributes
    ----------
    trains
        Times [s].
    traces
        The trace to which each train belongs.
    """

    trains: Sequence[Float[np.ndarray, " _"]]
    traces: Sequence[int]


def leading_squares(task: FitTask, objective: Objective) -> Objective | None:
    """Return the squares of the model of `objective` while it is given the recorded spikes.

    These are the squared differences of the voltages between spikes, where one was recorded, and
    the deviance of the spikes. None if the model has no threshold to be replaced, is not reset, or
    draws random numbers, if spikes were not recorded, or if the engine cannot run such a model.
    """
    problem = task.problem
    own = own_threshold(problem.model)
    if own is None or problem.model.events or draws_random_numbers(problem.model):
        return None
    spikes = _recorded_spikes(task, own.voltage)
    if sum(len(train) for train in spikes.trains) < FEWEST_SPIKES:
        return None
    try:
        return _objective(task, own, spikes, objective)
    except BrianfitError as reason:
        _logger.info("The model is not given the recorded spikes: %s", reason)
        return None


def _objective(
    task: FitTask, own: OwnThreshold, spikes: _Spikes, objective: Objective
) -> Objective:
    problem, columns = task.problem, objective.columns
    given = np.array([_steps_with_spikes(train, problem) for train in spikes.trains])
    outputs = [_doubt_output(given, problem)]
    spread, highest = USUAL_SPREAD, UNLIMITED
    seen = _between_spikes(problem, own.voltage, spikes, given)
    known = seen[np.isfinite(seen)]
    if known.size > 1 and np.ptp(known) > 0:
        spread = float(known.std())
        highest = float(known.max()) + spread
        weight = (COUNTS_ONE * spread) ** -2
        outputs.append(TraceOutput(name=SEEN, metric=MSEMetric(), data=seen, weight=weight))
    model = with_given_spikes(problem.model, own, dt=problem.dt)
    settings = {WIDTH: SOFT * spread, HIGHEST: highest}
    return build_objective(
        _told_task(replace(problem, model=model, repeats=1).task(), spikes.traces, given),
        outputs,
        engine=objective.engine,
        columns=replace(columns, fixed={**columns.fixed, **settings}),
        memory_limit=objective.memory_limit,
    )


def _told_task(
    task: SimulationTask, traces: Sequence[int], given: Float[np.ndarray, "n_trains n_steps"]
) -> SimulationTask:
    """Return the task with a trace for every train of spikes, which it is told."""

    def repeated(timed: TimedValues) -> TimedValues:
        return replace(timed, values=timed.values[list(traces)])

    told = TimedValues(values=given, dt=task.dt, dimensions=DIMENSIONLESS)
    return replace(
        task,
        inputs={**{name: repeated(timed) for name, timed in task.inputs.items()}, GIVEN: told},
        targets={name: repeated(timed) for name, timed in task.targets.items()},
        n_traces=len(traces),
    )


def _recorded_spikes(task: FitTask, voltage: str) -> _Spikes:
    """Return the recorded trains, or what crosses the level of the metric of the voltage."""
    problem = task.problem
    trains, traces = problem.spike_trains()
    if trains:
        return _Spikes(trains=trains, traces=traces)
    level = getattr(task.scoring.metrics.get(voltage), "threshold", None)
    if level is None:
        return _Spikes(trains=(), traces=())
    rows = problem.data(voltage)
    return _Spikes(
        trains=[_upward_crossings(row, level) * problem.dt for row in rows],
        traces=range(len(rows)),
    )


def _upward_crossings(values: Float[np.ndarray, " n_steps"], level: float) -> np.ndarray:
    return 1 + np.flatnonzero((values[1:] > level) & (values[:-1] <= level))


def _steps_with_spikes(
    train: Float[np.ndarray, " n_spikes"], problem: Problem
) -> Float[np.ndarray, " n_steps"]:
    given = np.zeros(problem.n_steps)
    steps = np.round(np.asarray(train) / problem.dt).astype(np.int64)
    given[steps[(steps >= 0) & (steps < problem.n_steps)]] = 1.0
    return given


def _between_spikes(
    problem: Problem,
    voltage: str,
    spikes: _Spikes,
    given: Float[np.ndarray, "n_trains n_steps"],
) -> Float[np.ndarray, "n_trains n_steps"]:
    """Return what was recorded between spikes; nan elsewhere, and if no voltage is compared."""
    if voltage not in problem.trace_names:
        return np.full(given.shape, np.nan)
    near = _around(given, round(BEFORE / problem.dt), round(AFTER / problem.dt))
    return np.where(near, np.nan, problem.data(voltage)[list(spikes.traces)])


def _doubt_output(given: Float[np.ndarray, "n_trains n_steps"], problem: Problem) -> TraceOutput:
    """Return what compares the doubt with none; one nat per spike counts one."""
    gaps = [np.diff(np.flatnonzero(row)) for row in given]
    shortest = min((int(gap.min()) for gap in gaps if gap.size), default=given.shape[1])
    after = min(round(AFTER / problem.dt), int(SHORT * shortest))
    silent = _around(given, 0, after) & (given == 0)
    weight = float(NAT * given.size / (2 * given.sum()))
    data = np.where(silent, np.nan, 0.0)
    return TraceOutput(name=DOUBT, metric=MSEMetric(), data=data, weight=weight)


def _around(
    given: Float[np.ndarray, "n_trains n_steps"], before: int, after: int
) -> Bool[np.ndarray, "n_trains n_steps"]:
    """Return which steps lie so near to a spike."""
    near = np.zeros(given.shape, dtype=bool)
    for row, steps in zip(near, given, strict=True):
        for step in np.flatnonzero(steps):
            row[max(0, step - before) : step + after] = True
    return near


__all__ = ["leading_squares"]

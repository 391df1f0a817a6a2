"""Refine traces and spikes together: least squares on the differences of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.fitting.polish.damped_fit import LinearModel, Point, damped_fit
from brianfit.fitting.polish.refinement_task import RefinementTask
from brianfit.fitting.polish.spike_refinement import (
    SpikeTimes,
    chosen,
    limits_of,
    result_of_descent,
    spike_times,
)
from brianfit.fitting.polish.standard_errors import Uncertainty
from brianfit.fitting.search.rounds import difference_steps
from brianfit.objective import SPIKES, Objective, build_objective


def refine_both(work: RefinementTask) -> Any:
    """Improve parameters by traces and spike times; return a result as SciPy has it.

    Both errors are divided by what they are at the start. Where a metric of a trace is no mean of
    squares, the trace is compared by squares on the way. The best sample of the fit becomes the
    refined one if its metrics find it better.
    """
    both = _both(work)
    progress = work.progress(DIMENSIONLESS)
    found = damped_fit(
        both.points,
        work.start,
        progress=lambda point, number: progress(point.x, point.error, number),
        limits=limits_of(work),
    )
    end = chosen(work, found)
    before, after = (both.spikes.compared(point.x[np.newaxis])[0] for point in (found.start, end))
    message = f"{found.message}; {before.in_words()} -> {after.in_words()}"
    result = result_of_descent(found, end, message)
    uncertainty = Uncertainty(
        names=work.task.parameters.space.names,
        covariance=None,
        reason="differences of traces and of spike times have no common noise",
    )
    work.keep(result, uncertainty, way="traces and spike times", reason=found.message)
    return result


@final
@dataclass(frozen=True, kw_only=True)
class _Both:
    """The error of traces and that of spike times, each over its value at the start.

    Attributes
    ----------
    traces
        The objective of the traces alone; None if none of them can be compared by squares.
    trace_scale, spike_scale
        What their errors are divided by.
    """

    work: RefinementTask
    traces: Objective | None
    spikes: SpikeTimes
    trace_scale: float = 1.0
    spike_scale: float = 1.0

    def points(self, x: Float[np.ndarray, "n_samples n_parameters"]) -> list[Point]:
        """Simulate samples and return what was found."""
        spikes = [_scaled(point, self.spike_scale) for point in self.spikes.points(x)]
        if self.traces is None:
            return spikes
        return [
            Point(
                x=own.x,
                error=own.error + other.error,
                models=(_sum(own.models[0], other.models[0]), *own.models, *other.models[1:]),
            )
            for own, other in zip(self.trace_points(self.traces, x), spikes, strict=True)
        ]

    def trace_points(
        self, objective: Objective, x: Float[np.ndarray, "n_samples n_parameters"]
    ) -> list[Point]:
        """Simulate samples and compare the traces alone."""
        space = self.work.task.parameters.space
        values = space.to_values(x)
        found = objective.linearise(
            values,
            steps=difference_steps(space, x),
            iteration=self.work.iteration,
            seed=self.work.session.seed,
        )
        slopes = space.derivative(values)
        matrices = found.normal_matrices * slopes[:, :, np.newaxis] * slopes[:, np.newaxis]
        return [
            _scaled(
                Point(
                    x=x[k],
                    error=float(found.squares[k]),
                    models=(
                        LinearModel(gradient=found.gradients[k] * slopes[k], matrix=matrices[k]),
                    ),
                ),
                self.trace_scale,
            )
            for k in range(len(x))
        ]


def _both(work: RefinementTask) -> _Both:
    task, session = work.task, work.session
    outputs = [each for each in task.scoring.outputs(task.problem) if each.name != SPIKES]
    objective = build_objective(
        task.problem.task(),
        outputs,
        engine=session.engine,
        columns=task.parameters.columns,
        memory_limit=session.memory_limit,
    )
    traces = objective if objective.squared_outputs else None
    plain = _Both(work=work, traces=traces, spikes=spike_times(work))
    start = work.start[np.newaxis]
    spike_error = plain.spikes.points(start)[0].error
    trace_error = plain.trace_points(traces, start)[0].error if traces is not None else 0.0
    return _Both(
        work=work,
        traces=traces,
        spikes=plain.spikes,
        trace_scale=trace_error if np.isfinite(trace_error) and trace_error > 0 else 1.0,
        spike_scale=spike_error if spike_error > 0 else 1.0,
    )


def _scaled(point: Point, scale: float) -> Point:
    models = tuple(
        LinearModel(gradient=model.gradient / scale, matrix=model.matrix / scale)
        for model in point.models
    )
    return Point(x=point.x, error=point.error / scale, models=models)


def _sum(one: LinearModel, other: LinearModel) -> LinearModel:
    return LinearModel(gradient=one.gradient + other.gradient, matrix=one.matrix + other.matrix)

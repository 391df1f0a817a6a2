"""Which metric and weight each output has, checked against the recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2 import ms

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    Problems,
    UnitMismatchError,
    UserCodeError,
)
from brianfit._foundation.units import (
    SECOND,
    Dimension,
    from_si,
    same_dimensions,
    si_scalar_any,
    unit_name,
)
from brianfit._foundation.user_code import belongs_to
from brianfit.fitting.problem.problem import Problem
from brianfit.metrics import (
    AbstractMetric,
    AbstractSpikeMetric,
    AbstractTraceMetric,
    GammaFactor,
    MSEMetric,
    SupportsDataCheck,
    SupportsDurations,
    SupportsTraceSelection,
    compares_sets,
)
from brianfit.objective import SPIKES, Output, SpikeOutput, TraceOutput, metric_words
from brianfit.results import Dimensions

SPIKE_DELAY = "spike_delay"
"""A parameter of this name delays the spikes of the model before they are compared."""


@final
@dataclass(frozen=True, kw_only=True)
class Scoring:
    """How a fit computes its error.

    Attributes
    ----------
    metrics
        As given by the user, by output.
    weights
        Factor of each output's error, with dimensions [SI].
    penalty
        Name of a variable whose value at the end is added to the error, or None.
    """

    metrics: Mapping[str, AbstractMetric]
    weights: Mapping[str, tuple[float, Dimension]]
    penalty: str | None

    def on(self, problem: Problem) -> Scoring:
        """Return the same, checked against another problem.

        Raises
        ------
        BrianfitError
            If a metric does not suit its recordings.
        """
        weights = {name: from_si(value, dim) for name, (value, dim) in self.weights.items()}
        return read_scoring(
            problem, metric=dict(self.metrics), weights=weights, penalty=self.penalty
        )

    def error_dimensions_of(self, problem: Problem, name: str) -> Dimension:
        """Return the dimensions of the weighted error of an output."""
        metric = self.metrics[name]
        with belongs_to(metric_words(name, metric)):
            normalised = metric.get_normalized_dimensions(problem.output_dimensions(name))
            return normalised * self.weights[name][1]

    def dimensions(self, problem: Problem, parameters: Mapping[str, Dimension]) -> Dimensions:
        """Return the dimensions of everything in the history."""
        raw, normalised = {}, {}
        for name, metric in self.metrics.items():
            output = problem.output_dimensions(name)
            with belongs_to(metric_words(name, metric)):
                raw[name] = _checked(metric.get_dimensions(output))
                normalised[name] = _checked(metric.get_normalized_dimensions(output))
        return Dimensions(
            parameters=dict(parameters),
            error=self.error_dimensions_of(problem, problem.output_names[0]),
            output_errors=normalised,
            raw_output_errors=raw,
        )

    def outputs(self, problem: Problem) -> tuple[Output, ...]:
        """Return what is compared with what."""
        outputs = []
        for name in problem.output_names:
            with belongs_to(metric_words(name, self.metrics[name])):
                outputs.append(self._output(problem, name))
        return tuple(outputs)

    def _output(self, problem: Problem, name: str) -> Output:
        weight = self.weights[name][0]
        metric = self.metrics[name]
        if isinstance(metric, SupportsDurations):
            metric = metric.with_durations(problem.recordings.durations)
        repeats = problem.repeats
        if isinstance(metric, AbstractTraceMetric):
            if isinstance(metric, SupportsTraceSelection) and repeats > 1:
                metric = metric.select_traces(_repeated(range(problem.n_traces), repeats))
            data = np.repeat(problem.data(name), repeats, axis=0)
            return TraceOutput(
                name=name,
                metric=metric,
                data=data,
                weight=weight,
                repeats=repeats,
                hides_spikes=problem.is_reset,
            )
        trains, traces = problem.spike_trains()
        if isinstance(metric, SupportsTraceSelection) and not compares_sets(metric):
            metric = metric.select_traces(_repeated(traces, repeats))
        if not isinstance(metric, AbstractSpikeMetric):  # pragma: no cover - checked at the door
            raise InvalidTypeError(f"The metric of '{name}' must be a spike metric.")
        return SpikeOutput(
            metric=metric,
            data=trains,
            trace_of_train=traces,
            durations=problem.recordings.durations,
            weight=weight,
            repeats=repeats,
            delay=SPIKE_DELAY if problem.model.has_variable(SPIKE_DELAY) else None,
        )


def read_scoring(
    problem: Problem, *, metric: Any, weights: Mapping[str, Any] | None, penalty: Any
) -> Scoring:
    """Check metric, weights and penalty against the problem.

    Parameters
    ----------
    metric
        One metric for all outputs, ``{output: metric}``, a list in the order of the outputs, or
        None: mean squared error for traces, Gamma factor with a window of 2 ms for spikes.
    weights
        ``{output: weight}``; outputs not named have the weight 1. Weights may have units.

    Raises
    ------
    BrianfitError
        If anything does not fit; all problems are listed.
    """
    metrics = _metrics_by_output(problem, metric)
    problems = Problems()
    scoring = Scoring(
        metrics=metrics, weights=_weights(problem, weights, problems), penalty=penalty
    )
    for name, chosen in metrics.items():
        for found in _problems_of_metric(problem, name, chosen):
            problems.add(found)
    for found in _problems_of_delay(problem):
        problems.add(found)
    problems.raise_if_any()
    for found in _unit_problems(problem, scoring):
        problems.add(found)
    problems.raise_if_any()
    return scoring


def _checked(dimensions: Any) -> Dimension:
    check_instance("get_dimensions", dimensions, Dimension, "a function that returns dimensions")
    return dimensions


def _repeated(traces: Sequence[int], repeats: int) -> list[int]:
    return [trace for trace in traces for _ in range(repeats)]


def default_metric(name: str) -> AbstractMetric:
    """Return the metric of an output for which none was named."""
    return GammaFactor(delta=2 * ms) if name == SPIKES else MSEMetric()


def _metrics_by_output(problem: Problem, metric: Any) -> dict[str, AbstractMetric]:
    names = problem.output_names
    if metric is None:
        return {name: default_metric(name) for name in names}
    if isinstance(metric, Mapping):
        unknown, missing = set(metric) - set(names), set(names) - set(metric)
        if unknown or missing:
            raise InvalidValueError(
                f"`metric` must name the outputs {list(names)}; unknown: {sorted(unknown)}, "
                f"missing: {sorted(missing)}."
            )
        return {name: metric[name] for name in names}
    if isinstance(metric, list | tuple):
        if len(metric) != len(names):
            raise InvalidValueError(
                f"`metric` must have one metric for each of the {len(names)} outputs, but has "
                f"{len(metric)}."
            )
        return dict(zip(names, metric, strict=True))
    return dict.fromkeys(names, metric)


def _problems_of_metric(problem: Problem, name: str, metric: Any) -> Sequence[BrianfitError]:
    expected = AbstractSpikeMetric if name == SPIKES else AbstractTraceMetric
    what = "a SpikeMetric" if name == SPIKES else "a TraceMetric"
    try:
        check_instance(f"metric of '{name}'", metric, expected, what)
    except BrianfitError as found:
        return [found]
    try:
        with belongs_to(metric_words(name, metric)):
            _check_data(problem, name, metric)
    except UserCodeError as found:
        return [found]
    except BrianfitError as found:
        return [type(found)(f"{metric_words(name, metric)}: {found}")]
    return _problems_of_time(problem, name, metric)


def _check_data(problem: Problem, name: str, metric: Any) -> None:
    """Let a metric look at what was recorded, if it wants to."""
    if isinstance(metric, SupportsDurations):
        metric = metric.with_durations(problem.recordings.durations)
    if not isinstance(metric, SupportsDataCheck):
        return
    if name == SPIKES:
        trains, traces = problem.spike_trains()
        if isinstance(metric, SupportsTraceSelection):
            metric = metric.select_traces(traces)
        metric.check_data(trains, problem.dt)
    else:
        metric.check_data(problem.data(name), problem.dt)


def _problems_of_delay(problem: Problem) -> list[BrianfitError]:
    model = problem.model
    if SPIKES not in problem.output_names or not model.has_variable(SPIKE_DELAY):
        return []
    if same_dimensions(model.dimensions(SPIKE_DELAY), SECOND):
        return []
    return [
        UnitMismatchError(
            f"'{SPIKE_DELAY}' delays the spikes of the model, so it must be a time, but its unit "
            f"is {unit_name(model.dimensions(SPIKE_DELAY))}. Rename it if it is something else."
        )
    ]


def _problems_of_time(problem: Problem, name: str, metric: AbstractMetric) -> list[BrianfitError]:
    found: list[BrianfitError] = []
    if metric.t_start_ >= problem.duration:
        found.append(
            InvalidValueError(
                f"`t_start` of the metric of '{name}' is {metric.t_start_} s, but the longest "
                f"trace ends at {problem.duration:g} s: nothing would be compared."
            )
        )
    weights = metric.t_weights if isinstance(metric, AbstractTraceMetric) else None
    if weights is not None and len(weights) != problem.n_steps:
        found.append(
            InvalidValueError(
                f"`t_weights` of the metric of '{name}' must have one weight for each of the "
                f"{problem.n_steps} simulation steps, but has {len(weights)}."
            )
        )
    return found


def _weights(
    problem: Problem, weights: Mapping[str, Any] | None, problems: Problems
) -> dict[str, tuple[float, Dimension]]:
    given = {} if weights is None else dict(weights)
    for name in set(given) - set(problem.output_names):
        problems.add(
            InvalidValueError(
                f"`weights` names '{name}', which is not an output; outputs are: "
                f"{', '.join(problem.output_names)}."
            )
        )
    read = {}
    for name in problem.output_names:
        value, dimensions = si_scalar_any(f"weights['{name}']", given.get(name, 1.0))
        if not (np.isfinite(value) and value >= 0):
            problems.add(
                InvalidValueError(
                    f"`weights['{name}']` must be finite and not negative, but is {given[name]}."
                )
            )
        read[name] = (value, dimensions)
    return read


def _unit_problems(problem: Problem, scoring: Scoring) -> list[BrianfitError]:
    units = {name: scoring.error_dimensions_of(problem, name) for name in problem.output_names}
    first = units[problem.output_names[0]]
    found: list[BrianfitError] = []
    if any(not same_dimensions(first, other) for other in units.values()):
        listed = ", ".join(f"{name} [{unit_name(dim)}]" for name, dim in units.items())
        found.append(
            UnitMismatchError(
                f"The errors of the outputs have different units and cannot be added: {listed}. "
                "Give each metric a `normalization` in the unit of its output, or use `weights` "
                "with units."
            )
        )
    penalty = scoring.penalty
    if penalty is not None and problem.model.has_variable(penalty):
        dimensions = problem.model.dimensions(penalty)
        if not same_dimensions(dimensions, first):
            found.append(
                UnitMismatchError(
                    f"The penalty '{penalty}' has the unit {unit_name(dimensions)}, but the error "
                    f"has {unit_name(first)}."
                )
            )
    elif penalty is not None:
        found.append(InvalidValueError(f"The penalty '{penalty}' is not a variable of the model."))
    return found

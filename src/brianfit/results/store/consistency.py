"""Whether what a store tells of a fit belongs together, and its names are names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from keyword import iskeyword
from typing import Any

import numpy as np

from brianfit._foundation.errors import StoreError
from brianfit._foundation.strangers.limits import SAMPLES
from brianfit.results.fit_result import FitResult
from brianfit.results.problem_record import ProblemRecord

_LONGEST_NAME = 200


def check_names(problem: ProblemRecord) -> None:
    """Check that every name in a problem is one that a model can have, and its numbers make sense.

    Names are written into programs and tables, so that nothing else may pass for one.

    Raises
    ------
    StoreError
        If not.
    """
    for what, names in _names_of(problem):
        listed = list(names)
        for name in listed:
            if not is_name(name):
                raise StoreError(f"{name[:40]!r} cannot be the name of {what}.")
        if len(set(listed)) < len(listed):
            raise StoreError(f"Two names of {what} are the same.")
    recorded = {*problem.recordings.trace_names, "spikes"}
    for name in problem.output_names:
        if name not in recorded:
            raise StoreError(f"The output {name!r} was not recorded.")
    counts = (problem.n_samples, problem.n_repeats, problem.rounds_foreseen + 1, problem.seed + 1)
    if min(counts) < 1 or not 0 < problem.dt < np.inf:
        raise StoreError("The numbers of the problem of a fit make no sense.")
    if problem.n_samples > SAMPLES.value:
        raise StoreError(SAMPLES.exceeded("The fit", problem.n_samples))


def check_consistent(result: FitResult) -> None:
    """Check that a result speaks of the parameters, outputs and traces that it has.

    Raises
    ------
    StoreError
        If not.
    """
    for words in _contradictions(result):
        raise StoreError(f"The result of a fit contradicts itself: {words}.")


def contradiction(result: FitResult) -> str | None:
    """Return how a result contradicts its rounds, in words; None if it does not.

    The best sample is one of the rounds, or what a refinement made of one.
    """
    errors = result.history.errors
    lowest = float(errors.min(initial=np.inf))
    if result.refinement and result.error <= lowest:
        return None
    if result.error != lowest:
        return f"the error is {result.error!r}, but the lowest of its rounds is {lowest!r}"
    if not result.best_values or np.isinf(lowest):
        return None
    best = [result.best_values.get(name) for name in result.history.parameter_names]
    if not any(row.tolist() == best for row in result.history.values[errors == lowest]):
        return "the best sample is none of its rounds"
    return None


def is_name(name: Any) -> bool:
    """Return whether a text can be the name of a variable."""
    return (
        isinstance(name, str)
        and len(name) <= _LONGEST_NAME
        and name.isascii()
        and name.isidentifier()
        and not iskeyword(name)
    )


def _names_of(problem: ProblemRecord) -> Iterator[tuple[str, Iterable[str]]]:
    yield "a parameter", (parameter.name for parameter in problem.parameters)
    yield "an output", problem.output_names
    yield "an external constant", problem.constants
    yield "an initial value", problem.initial_values
    yield "an event", problem.events
    yield "an option of the method", problem.method_options
    yield "what was recorded", problem.recordings.dimensions
    parts = [*problem.metrics.values(), problem.optimizer, problem.engine]
    yield "an argument", {name for part in parts for name in part.arguments}
    yield "an output with a metric", problem.metrics
    yield "an output with a weight", problem.weights


def _contradictions(result: FitResult) -> Iterator[str]:
    history = result.history
    yield from _wrong_parameters(result)
    outputs = set(history.output_names)
    for what, known in {
        "errors": result.output_errors,
        "raw errors": result.raw_output_errors,
        "errors by trace": result.trace_errors,
        "dimensions": result.dimensions.output_errors,
        "raw dimensions": result.dimensions.raw_output_errors,
    }.items():
        if set(known) != outputs:
            yield f"it has {what} of other outputs than {sorted(outputs)}"
    n_traces = len(result.trace_labels)
    if any(errors.shape != (n_traces,) for errors in result.trace_errors.values()):
        yield f"it has not one error for each of {n_traces} traces"
    if result.validation is not None and (
        result.validation.train.shape != result.validation.test.shape
    ):
        yield "its errors on what was held out are others than those on what was fitted"
    widths = {done.part_errors.shape[1] for done in history.rounds if done.part_errors is not None}
    if history.parts and widths - {len(history.parts)}:
        yield "its errors that were weighed are others than those named"


def _wrong_parameters(result: FitResult) -> Iterator[str]:
    free = set(result.history.parameter_names)
    units = set(result.dimensions.parameters)
    if not free <= units or not set(result.best_values) <= units:
        yield "it has parameters without units"
    if set(result.bounds) != free or not set(result.at_bound) <= free:
        yield "it has bounds of other parameters than those that were free"
    if any(not -np.inf < low <= high < np.inf for low, high in result.bounds.values()):
        yield "it has bounds in the wrong order, or without end"
    if not all(np.isfinite(value) for value in result.best_values.values()):
        yield "its best sample is not finite"
    if any(side not in {"lower", "upper"} for side in result.at_bound.values()):
        yield "it has parameters at bounds that do not exist"
    if not set(result.standard_errors) <= free:
        yield "it has standard errors of parameters that were not free"
    points = [point for search in result.local_searches for point in (search.start, search.end)]
    if any(point.shape != (len(free),) for point in points):
        yield "its local searches have other parameters"

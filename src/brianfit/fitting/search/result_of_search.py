"""Settings and versions that belong to a result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

import numpy as np

from brianfit._foundation.units import SECOND, from_si
from brianfit.fitting.search.search_state import Search
from brianfit.fitting.search.strategy import strategy_words
from brianfit.optimizers import MultiStartLeastSquares
from brianfit.results import FitResult, LocalSearch, ProblemRecord, ValidationCourse

PACKAGES = ("brianfit", "brian2", "numpy", "scipy", "numba", "sympy", "cmaes")


def result_of(
    search: Search,
    problem: ProblemRecord,
    *,
    stop_reason: str,
    validation: ValidationCourse | None = None,
) -> FitResult:
    """Return everything that a search leaves behind."""
    space, best = search.task.parameters.space, search.best
    names = search.task.problem.output_names
    labels = tuple(recording.label for recording in search.task.problem.recordings)
    values = best_values(search)
    if best is None:
        trace_errors, normalised, raw = {}, {}, {}
    else:
        row = best.evaluation
        trace_errors = {name: row.trace_errors[0, k] for k, name in enumerate(names)}
        normalised = {name: float(row.output_errors[0, k]) for k, name in enumerate(names)}
        raw = {name: float(row.raw_output_errors[0, k]) for k, name in enumerate(names)}
    return FitResult(
        best_values=values,
        error=float("inf") if best is None else best.error,
        output_errors=normalised,
        raw_output_errors=raw,
        trace_errors=trace_errors,
        history=search.history,
        dimensions=search.task.dimensions,
        at_bound={} if best is None else space.at_bound(best.values),
        bounds={
            name: (float(low), float(high))
            for name, low, high in zip(space.names, space.low, space.high, strict=True)
        },
        stop_reason=stop_reason,
        seed=search.seed,
        settings=settings_of(search),
        versions=problem.versions,
        trace_labels=labels,
        standard_errors=search.standard_errors,
        refinement=search.refinement_words,
        strategy=strategy_words(search),
        local_searches=_local_searches(search),
        n_restarts=int(getattr(search.optimizer, "n_restarts", 0)),
        problem=problem,
        validation=validation,
    )


def _local_searches(search: Search) -> tuple[LocalSearch, ...]:
    """Return the local searches of an optimizer that ended, in SI units."""
    if not isinstance(search.optimizer, MultiStartLeastSquares):
        return ()
    scale, space = search.error_scale or 1.0, search.task.parameters.space
    return tuple(
        LocalSearch(
            start=space.to_values(end.start[np.newaxis])[0],
            end=space.to_values(end.end[np.newaxis])[0],
            error=end.error * scale,
            n_points=end.n_points,
            reason=end.reason,
        )
        for end in search.optimizer.ends
    )


def best_values(search: Search) -> dict[str, float]:
    """Return the best value of every free, fixed and tied parameter [SI], if there is one."""
    if search.best is None:
        return {}
    columns = search.task.parameters.columns
    row = columns.expand(search.best.values[None])[0]
    return {name: float(value) for name, value in zip(columns.names, row, strict=True)}


def settings_of(search: Search) -> dict[str, str]:
    """Return what was asked for, in words."""
    problem, space = search.task.problem, search.task.parameters.space
    model = problem.model
    settings = {
        "model": str(model.equations),
        "threshold": str(model.threshold),
        "reset": str(model.reset),
        "refractory": str(model.refractory),
        "method": model.method or "chosen by Brian",
        "initial values": str(dict(model.initial_values)),
        "external constants": str(dict(model.namespace)),
        "simulation step": str(from_si(problem.dt, SECOND)),
        "traces": str(problem.n_traces),
        "optimizer": str(search.optimizer),
        "samples per round": str(search.n_samples),
        "logarithmic parameters": ", ".join(
            name for name, is_log in zip(space.names, space.is_log, strict=True) if is_log
        ),
        "engine": type(search.objective.simulation).__name__,
        "penalty": str(search.task.scoring.penalty),
    }
    for name, metric in search.task.scoring.metrics.items():
        settings[f"metric of {name}"] = type(metric).__name__
    return settings


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of the packages that took part, as far as they are installed."""
    found = {"python": python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

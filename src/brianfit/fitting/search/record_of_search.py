"""The record of what a search was asked for."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.engines import AbstractEngine
from brianfit.fitting.problem.parameters import Parameters
from brianfit.fitting.search.result_of_search import versions
from brianfit.fitting.search.search_state import Search
from brianfit.model import Model
from brianfit.model.equation_text import equation_text
from brianfit.results import EventRecord, ParameterRecord, PartRecord, ProblemRecord


def problem_record(search: Search, *, engine: AbstractEngine, use_units: bool) -> ProblemRecord:
    """Return everything that a search was asked for.

    Parameters
    ----------
    engine
        The one that was asked for; it may have chosen another one.
    use_units
        Whether results carry units.
    """
    problem, scoring = search.problem, search.scoring
    model = problem.model
    return ProblemRecord(
        equations=equation_text(model.equations),
        threshold=model.threshold,
        reset=model.reset,
        refractory=model.refractory,
        method=model.method,
        method_options=dict(model.method_options),
        events={
            name: EventRecord(condition=event.condition, code=event.code)
            for name, event in model.events.items()
        },
        dt=problem.dt,
        initial_values=dict(model.initial_values),
        constants=dict(model.namespace),
        recordings=problem.recordings,
        output_names=problem.output_names,
        parameters=_parameter_records(model, search.parameters),
        metrics={name: PartRecord.of(metric) for name, metric in scoring.metrics.items()},
        weights=dict(scoring.weights),
        penalty=scoring.penalty,
        optimizer=PartRecord.of(search.optimizer),
        engine=PartRecord.of(engine),
        simulation=type(search.objective.simulation).__name__,
        n_samples=search.n_samples,
        rounds_foreseen=search.rounds_foreseen,
        seed=search.seed,
        use_units=use_units,
        versions=versions(),
        n_repeats=problem.repeats,
    )


def _parameter_records(model: Model, parameters: Parameters) -> tuple[ParameterRecord, ...]:
    space, columns = parameters.space, parameters.columns
    free = [
        ParameterRecord(
            name=name,
            dimensions=dimensions,
            low=float(space.low[k]),
            high=float(space.high[k]),
            scale="log" if space.is_log[k] else "linear",
            start=_start(space.starts[:, k]),
            is_integer=bool(space.is_integer[k]),
        )
        for k, (name, dimensions) in enumerate(zip(space.names, space.dimensions, strict=True))
    ]
    fixed = [
        ParameterRecord(
            name=name,
            dimensions=model.dimensions(name),
            fixed=value,
            is_integer=model.is_integer(name),
        )
        for name, value in columns.fixed.items()
    ]
    tied = [
        ParameterRecord(
            name=name,
            dimensions=model.dimensions(name),
            tied=parameters.given[name].tied,
            is_integer=model.is_integer(name),
        )
        for name in columns.tied
    ]
    return (*free, *fixed, *tied)


def _start(values: Float[np.ndarray, " n_starts"]) -> float | tuple[float, ...] | None:
    """Return the values of a parameter to start from: none, the one of all starts, or each."""
    if np.isnan(values).all():
        return None
    if np.ptp(values) == 0:
        return float(values[0])
    return tuple(values.tolist())

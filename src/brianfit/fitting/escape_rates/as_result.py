"""A fit of an escape rate as the result of any other fit: stored, reported, predicted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from brian2 import second

from brianfit._foundation.units import from_si, scalar_si
from brianfit.data import RecordingSet, merge_repeats
from brianfit.engines import DefaultEngine
from brianfit.fitting.problem.fit_arguments import FitArguments
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.search.session import FitSession
from brianfit.library import NeuronModel
from brianfit.metrics import MDStar
from brianfit.model import Parameter
from brianfit.objective import SPIKES
from brianfit.optimizers import RandomSearch
from brianfit.results import FitResult

N_TRIALS = 50
"""Free simulations of every stimulus, as which the fit is scored."""

DELTA = 4e-3
"""Spikes this far apart coincide [s]."""


@final
@dataclass(frozen=True, kw_only=True)
class Found:
    """Parameters that were found, and how.

    Attributes
    ----------
    values
        Of all parameters [SI].
    parameters
        Which of them are free.
    standard_errors
        [SI]
    sentence
        How they were found.
    """

    model: NeuronModel
    recordings: RecordingSet
    dt: float
    values: Mapping[str, float]
    parameters: Mapping[str, Parameter]
    standard_errors: Mapping[str, float]
    sentence: str


def as_result(found: Found, *, store: str | Path | None) -> FitResult:
    """Return the result of a fit whose only sample are the parameters that were found.

    Its error is one minus MD* (4 ms) of `N_TRIALS` free simulations of every stimulus.
    """
    recordings = merge_repeats(found.recordings)
    problem = Problem(
        model=found.model.model, recordings=recordings, dt=found.dt, output_names=(SPIKES,)
    )
    session = FitSession(problem=problem, engine=DefaultEngine(), n_samples=1)
    session.fit(
        FitArguments(
            parameters={name: _starting_at(found, name) for name in found.parameters},
            optimizer=RandomSearch(),
            metric=MDStar(DELTA * second),
            n_rounds=1,
            callback=None,
            seed=0,
            store=store,
            n_repeats=N_TRIALS,
        ),
        {},
    )
    result = session.result()
    return replace(
        result,
        strategy=found.sentence,
        stop_reason="the likelihood has one maximum, which was found",
        standard_errors=dict(found.standard_errors),
        settings={**result.settings, "optimizer": found.sentence},
    )


def _starting_at(found: Found, name: str) -> Parameter:
    """Return a parameter that starts where it was found; bounds that were no bounds are moved."""
    how, dimensions = found.parameters[name], found.model.model.dimensions(name)
    value = found.values[name]
    if how.fixed is not None:
        return Parameter(fixed=from_si(value, dimensions))
    low, high = scalar_si(name, how.low, dimensions), scalar_si(name, how.high, dimensions)
    return Parameter(
        from_si(min(low, value), dimensions),
        from_si(max(high, value), dimensions),
        scale=how.scale,
        value=from_si(value, dimensions),
    )


__all__ = ["Found", "as_result"]

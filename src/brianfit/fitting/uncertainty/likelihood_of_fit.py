"""The likelihood of a fit: its outputs, each with a noise, what is not known of it learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import FitStateError, InvalidTypeError
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.search.search_state import Best
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.compared import compared_outputs, is_hazard
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.likelihoods import (
    AbstractNoise,
    AutocorrelatedGaussian,
    EscapeNoise,
    OutputTraces,
)

NoiseLike: TypeAlias = AbstractNoise | Mapping[str, AbstractNoise] | None
"""The noise of the outputs; of each, by name; or None: what suits their metrics."""


def likelihood_of(session: FitSession, noise: NoiseLike) -> Likelihood:
    """Return the likelihood of the free parameters of a fit.

    Raises
    ------
    FitStateError
        If there was no fit, or no sample of it could be scored.
    BrianfitError
        If what is compared has no likelihood, or the noise does not suit it.
    """
    best = best_of(session)
    simulated = simulated_outputs(session)
    noises = _noises(simulated.task, noise)
    learnt: dict[str, OutputTraces] = {}

    def best_traces(name: str) -> Callable[[], OutputTraces]:
        def traces() -> OutputTraces:
            if not learnt:
                learnt.update(simulated.traces(best.values[np.newaxis], with_slopes=True))
            return learnt[name]

        return traces

    return Likelihood(
        simulated=simulated,
        densities={
            name: noises[name].density(compared, best_traces(name))
            for name, compared in simulated.compared.items()
        },
        noises=noises,
    )


def best_of(session: FitSession) -> Best:
    """Return the best sample of a fit.

    Raises
    ------
    FitStateError
        If there is none.
    """
    best = session.require_search().best
    if best is None:
        raise FitStateError("No sample of the fit could be scored: it has no likelihood.")
    return best


def simulated_outputs(session: FitSession) -> SimulatedOutputs:
    """Return what simulates samples of a fit for the steps that it compares.

    Raises
    ------
    BrianfitError
        If what is compared has no likelihood.
    """
    search = session.require_search()
    task = replace(search.task, problem=search.task.problem.with_repeats(1))
    return SimulatedOutputs(
        task=task,
        engine=session.engine,
        compared=compared_outputs(task),
        seed=search.seed,
        memory_limit=session.memory_limit,
    )


def _noises(task: FitTask, given: NoiseLike) -> dict[str, AbstractNoise]:
    """Return the noise of every output.

    Raises
    ------
    InvalidTypeError
        If it is none, or does not suit the metric.
    """
    names = task.problem.output_names
    if isinstance(given, Mapping):
        surplus = sorted(set(map(str, given)) - set(names))
        if surplus:
            raise InvalidTypeError(
                f"`noise` names {', '.join(surplus)}; the outputs of the fit are: "
                f"{', '.join(names)}."
            )
    found = {}
    for name in names:
        own = given.get(name) if isinstance(given, Mapping) else given
        hazard = is_hazard(task, name)
        if own is None:
            own = EscapeNoise() if hazard else AutocorrelatedGaussian()
        check_instance("noise", own, AbstractNoise, "a noise such as AutocorrelatedGaussian()")
        if hazard != isinstance(own, EscapeNoise):
            needed = "EscapeNoise()" if hazard else "Gaussian() or another noise of traces"
            raise InvalidTypeError(
                f"The noise of '{name}' must be {needed}, since its metric is "
                f"{type(task.scoring.metrics[name]).__name__}, but is {own!r}."
            )
        found[name] = own
    return found

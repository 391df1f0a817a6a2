"""Simulate a fitted model on recordings, those of the fit or others."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from brianfit._foundation.arguments import (
    also_called,
    check_instance,
    check_integers,
    check_positive_integer,
    checked,
)
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import DIMENSIONLESS, scalar_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine, DefaultEngine
from brianfit.fitting.after.generate import GenerateRequest, generate
from brianfit.fitting.after.trials import simulate_noisy_trials, simulate_trials
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.problem.problem import Problem
from brianfit.fitting.problem.problem_from_record import problem_of
from brianfit.objective import SPIKES
from brianfit.results import FitResult, Prediction, Trials


@also_called(left_out="held_out")
@checked
def predict(
    result: FitResult,
    recordings: RecordingSet | None = None,
    *,
    held_out: Collection[int] = (),
    n_trials: int | None = None,
    input_noise: float | None = None,
    engine: AbstractEngine | None = None,
) -> Prediction:
    """Return what the best parameters of a fit yield on recordings.

    Parameters
    ----------
    recordings
        With the inputs of the model; those of the fit unless told.
    held_out
        Numbers of the sweeps that were not fitted.
    n_trials
        How often every sweep is simulated besides, for a model whose spikes come by chance: the
        prediction then has `trials`, a set of spike trains to be scored as a set.
    input_noise
        For a model without chance: the trials come of noise that is added to the input, with so
        many times its standard deviation; see `choose_input_noise`.
    engine
        Who simulates; the fastest one that can unless told.

    Raises
    ------
    InvalidValueError
        If the fit has no best sample, `recordings` lack an input of the model, `n_trials` are asked
        of a model without threshold, or `input_noise` of one with several inputs.
    """
    check_instance("result", result, FitResult, "the result of a fit")
    if result.problem is None or not result.best_values:
        raise InvalidValueError(
            "Nothing can be predicted: no sample of this fit could be scored, so there are no "
            "best parameters."
        )
    fitted = problem_of(result.problem)
    chosen = fitted.recordings if recordings is None else recordings
    check_instance("recordings", chosen, RecordingSet, "a RecordingSet")
    check_inputs(fitted.recordings, chosen)
    held_out = check_integers("held_out", held_out)
    _check_numbers(held_out, len(chosen))
    problem = Problem(
        model=fitted.model,
        recordings=chosen,
        dt=fitted.dt,
        output_names=fitted.output_names,
    )
    names = simulated_names(problem)
    has_spikes = problem.model.threshold is not None
    request = GenerateRequest(
        names=(*names, *((SPIKES,) if has_spikes else ())),
        params=result.best_values,
        param_init=None,
        iteration=GENERATE_ITERATION,
        seed=result.seed,
    )
    simulator = DefaultEngine() if engine is None else engine
    found = generate(problem, request, simulator)
    return Prediction(
        recordings=chosen,
        traces={name: np.asarray(found[name], dtype=np.float64) for name in names},
        spikes=tuple(np.asarray(train) for train in found[SPIKES]) if has_spikes else None,
        dt=problem.dt,
        dimensions={name: problem.model.dimensions(name) for name in names},
        held_out=frozenset(held_out),
        trials=None
        if n_trials is None
        else trials_of(problem, result, simulator, n_trials=n_trials, input_noise=input_noise),
    )


def trials_of(
    problem: Problem,
    result: FitResult,
    engine: AbstractEngine,
    *,
    n_trials: int,
    input_noise: float | None,
) -> Trials:
    """Return trials of the best parameters, by the chance of the model or by noise on its input.

    Raises
    ------
    InvalidValueError
        If the model has no threshold, or there is not one input for the noise.
    """
    check_positive_integer("n_trials", n_trials)
    if problem.model.threshold is None:
        raise InvalidValueError("The model has no threshold, so it has no trials of spikes.")
    run = {"n_trials": n_trials, "seed": result.seed}
    if input_noise is None:
        return simulate_trials(problem, result.best_values, engine, **run)
    names = problem.recordings.input_names
    if len(names) != 1:
        raise InvalidValueError(
            "`input_noise` is added to the input of a model that has one, but these recordings "
            f"have {', '.join(names) or 'none'}."
        )
    noise = scalar_si("input_noise", input_noise, DIMENSIONLESS)
    return simulate_noisy_trials(problem, result.best_values, engine, input_noise=noise, **run)


def simulated_names(problem: Problem) -> tuple[str, ...]:
    """Return the variables that were recorded, or the first one where only spikes were."""
    model = problem.model
    names = [name for name in problem.recordings.trace_names if model.has_variable(name)]
    return tuple(names) or model.differential_variables[:1]


def check_inputs(fitted: RecordingSet, chosen: RecordingSet) -> None:
    """Check that recordings have the inputs of those that were fitted.

    Raises
    ------
    InvalidValueError
        If one is missing.
    """
    missing = sorted(set(fitted.input_names) - set(chosen.input_names))
    if missing:
        raise InvalidValueError(
            f"The recordings have no input {', '.join(missing)}, which the model needs; they have "
            f"{', '.join(chosen.input_names) or 'none'}."
        )


def _check_numbers(held_out: Collection[int], n_traces: int) -> None:
    wrong = sorted(number for number in held_out if not 0 <= number < n_traces)
    if wrong:
        raise InvalidValueError(
            f"`held_out` names the sweeps {wrong}, but the recordings have the numbers 0 to "
            f"{n_traces - 1}."
        )

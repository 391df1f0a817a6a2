"""Simulate a fitted model several times on the same inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from brianfit.engines import AbstractEngine
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION, checked_values
from brianfit.fitting.problem.problem import Problem
from brianfit.results import Trials


def simulate_trials(
    problem: Problem,
    values: Mapping[str, float],
    engine: AbstractEngine,
    *,
    n_trials: int,
    seed: int,
) -> Trials:
    """Return the spikes of `n_trials` simulations of every sweep, beside the recorded ones.

    Parameters
    ----------
    values
        Of all parameters [SI].
    """
    checked = checked_values(problem.model, values)
    task = replace(
        problem.with_repeats(n_trials).task(),
        parameter_names=tuple(checked),
        record_spikes=True,
    )
    found = engine.prepare(task).run(
        np.array([list(checked.values())], dtype=np.float64).reshape(1, len(checked)),
        iteration=GENERATE_ITERATION,
        seed=seed,
    )
    if found.spikes is None:
        raise RuntimeError("The engine returned no spikes although they were asked for.")
    durations = problem.recordings.durations
    trains = found.spikes.within(np.repeat(durations, n_trials))
    return Trials(
        recorded=tuple(recording.spike_trains for recording in problem.recordings),
        simulated=tuple(
            tuple(trains.train(0, sweep * n_trials + trial) for trial in range(n_trials))
            for sweep in range(len(durations))
        ),
        durations=durations,
        dt=problem.dt,
    )

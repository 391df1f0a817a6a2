"""Simulate a fitted model several times on the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from brianfit._foundation.random import generator_for
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.data import with_input_noise
from brianfit.engines import AbstractEngine, SimulationTask
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION, checked_values
from brianfit.fitting.problem.problem import Problem
from brianfit.results import Trials

TRIALS_AT_ONCE = 50
"""So many noisy copies of an input are in the memory together."""


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
    found = _simulated(problem.with_repeats(n_trials).task(), problem, values, engine, seed)
    durations = np.repeat(problem.recordings.durations, n_trials)
    return _beside_recorded(problem, [_by_sweep(found.within(durations), n_trials)])


def simulate_noisy_trials(
    problem: Problem,
    values: Mapping[str, float],
    engine: AbstractEngine,
    *,
    n_trials: int,
    seed: int,
    input_noise: float,
) -> Trials:
    """Do the same for a model without chance, by noise that is added to the inputs.

    Parameters
    ----------
    values
        Of all parameters [SI].
    input_noise
        Standard deviation of the noise over that of the input; see `with_input_noise`.
    """
    (name,) = problem.recordings.input_names
    generator = generator_for(seed, "input noise")
    blocks = []
    for first in range(0, n_trials, TRIALS_AT_ONCE):
        n_copies = min(TRIALS_AT_ONCE, n_trials - first)
        noisy = with_input_noise(
            problem.recordings,
            input_noise,
            seed=int(generator.integers(2**31)),
            copies=n_copies,
            input=name,
        )
        several = replace(problem, recordings=noisy)
        trains = _simulated(several.task(), several, values, engine, seed)
        blocks.append(_by_sweep(trains.within(noisy.durations), n_copies))
    return _beside_recorded(problem, blocks)


def _simulated(
    task: SimulationTask,
    problem: Problem,
    values: Mapping[str, float],
    engine: AbstractEngine,
    seed: int,
) -> SpikeTrains:
    """Return the spikes of one sample."""
    checked = checked_values(problem.model, values)
    simulation = engine.prepare(replace(task, parameter_names=tuple(checked), record_spikes=True))
    sample = np.array([list(checked.values())], dtype=np.float64).reshape(1, len(checked))
    found = simulation.run(sample, iteration=GENERATE_ITERATION, seed=seed)
    if found.spikes is None:
        raise RuntimeError("The engine returned no spikes although they were asked for.")
    return found.spikes


def _by_sweep(trains: SpikeTrains, n_trials: int) -> list[list[np.ndarray]]:
    """Return trains of which `n_trials` in a row belong to a sweep."""
    sweeps = range(0, trains.n_traces, n_trials)
    return [[trains.train(0, first + k) for k in range(n_trials)] for first in sweeps]


def _beside_recorded(problem: Problem, blocks: Sequence[list[list[np.ndarray]]]) -> Trials:
    return Trials(
        recorded=tuple(recording.spike_trains for recording in problem.recordings),
        simulated=tuple(
            tuple(train for trials in parts for train in trials)
            for parts in zip(*blocks, strict=True)
        ),
        durations=problem.recordings.durations,
        dt=problem.dt,
    )

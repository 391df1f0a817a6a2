"""Optimizers of Nevergrad through brianfit against the same ones used directly.

Directly is as its documentation shows: ``p.Array(shape=...).set_bounds(0, 1)``, ask and tell. How
the box is described to Nevergrad was chosen on spheres, Rosenbrock's and Rastrigin's functions with
two and six parameters; the problems below were not used for it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.tables import Row, Table
from brianfit.optimizers import NevergradOptimizer

METHODS = ("DE", "PSO", "CMA", "TwoPointsDE")
N_SEEDS = 20
N_SAMPLES, N_ROUNDS = 60, 20

Function = Callable[[np.ndarray], np.ndarray]


def two_targets(x: np.ndarray) -> np.ndarray:
    """Return the errors of a model whose two outputs relax to two parameters."""
    return np.sum(400.0 * (x - [0.75, 0.15]) ** 2, axis=1)


def membrane(x: np.ndarray) -> np.ndarray:
    """Return the mean squared errors of the response of a membrane to a step of current [mV^2].

    The parameters are conductance, capacitance and resting potential, as fractions of their bounds.
    """
    times = np.linspace(0.0, 0.1, 50)

    def response(p: np.ndarray) -> np.ndarray:
        conductance, capacitance, rest = 1.0 + 29.0 * p[0], 50.0 + 450.0 * p[1], -90.0 + 40.0 * p[2]
        return rest + 100.0 / conductance * (1.0 - np.exp(-times * 1e3 * conductance / capacitance))

    truth = response(np.array([0.31, 0.44, 0.55]))
    return np.array([np.mean((response(row) - truth) ** 2) for row in x])


PROBLEMS: dict[str, tuple[Function, int]] = {
    "two targets": (two_targets, 2),
    "membrane": (membrane, 3),
}


def run() -> Table:
    """Compare the medians over the seeds."""
    table = Table(f"Nevergrad: {N_SEEDS} seeds, {N_SAMPLES * N_ROUNDS} evaluations, median errors")
    for problem, (function, n_parameters) in PROBLEMS.items():
        for method in METHODS:
            seeds = range(N_SEEDS)
            ours = [through_brianfit(method, function, n_parameters, seed) for seed in seeds]
            theirs = [directly(method, function, n_parameters, seed) for seed in seeds]
            for name, errors in (("brianfit", ours), ("directly", theirs)):
                words = f"{problem}, {method}, {name}"
                table.extend([Row(words, float(np.median(errors)), "")])
                table.extend([Row(f"{words}, worst tenth", float(np.quantile(errors, 0.9)), "")])
    return table


def through_brianfit(method: str, function: Function, n_parameters: int, seed: int) -> float:
    """Return the lowest error that `NevergradOptimizer` finds."""
    optimizer = NevergradOptimizer(method)
    optimizer.seed(np.random.default_rng(seed))
    names = [f"p{k}" for k in range(n_parameters)]
    bounds = dict.fromkeys(names, (0.0, 1.0))
    n_samples = optimizer.initialize(names, N_SAMPLES, N_ROUNDS, **bounds)
    lowest = np.inf
    for _ in range(N_SAMPLES * N_ROUNDS // n_samples):
        samples = np.asarray(optimizer.ask(n_samples))
        errors = function(samples)
        optimizer.tell(samples, errors)
        lowest = min(lowest, float(errors.min()))
    return lowest


def directly(method: str, function: Function, n_parameters: int, seed: int) -> float:
    """Return the lowest error that Nevergrad finds by itself."""
    import nevergrad

    lowest = np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        box = nevergrad.p.Array(shape=(n_parameters,)).set_bounds(0, 1)
        box.random_state.seed(seed)
        optimizer = nevergrad.optimizers.registry[method](
            box, budget=N_SAMPLES * N_ROUNDS, num_workers=N_SAMPLES
        )
        for _ in range(N_ROUNDS):
            candidates = [optimizer.ask() for _ in range(N_SAMPLES)]
            errors = function(np.array([candidate.value for candidate in candidates]))
            for candidate, error in zip(candidates, errors, strict=True):
                optimizer.tell(candidate, float(error))
            lowest = min(lowest, float(errors.min()))
    return lowest

"""The ready optimizers on test functions: evaluations to a target, and time per round.

Each function lives in the unit box with its optimum at a random place, by seed. Shown is the median
over the seeds of the number of evaluations until the target is reached; inf where more than half of
the searches did not reach it in time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.tables import Row, Table
from brianfit.optimizers import (
    AbstractOptimizer,
    CMAESOptimizer,
    DifferentialEvolution,
    NevergradOptimizer,
    ParticleSwarm,
    RandomSearch,
)

SEEDS = range(10)
SEEDS_OF_SLOW_ONES = range(3)
N_SAMPLES = 40
N_EVALUATIONS = 4000

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A function of the distance from the optimum, in units of the box.

    Attributes
    ----------
    noise
        Errors are told with so much normal noise, relative to themselves; whether the target is
        reached is judged without.
    """

    name: str
    n_parameters: int
    function: Function
    target: float
    noise: float = 0.0


def sphere(distance: np.ndarray) -> np.ndarray:
    """Return the squared distance."""
    return np.sum(distance**2, axis=1)


def ellipsoid(distance: np.ndarray) -> np.ndarray:
    """Return a turned quadratic form with axes of curvatures 1 to 1e6."""
    n_parameters = distance.shape[1]
    turned, _ = np.linalg.qr(np.random.default_rng(7).normal(size=(n_parameters, n_parameters)))
    curvatures = np.logspace(0, 6, n_parameters)
    return np.sum(curvatures * (distance @ turned) ** 2, axis=1)


def rosenbrock(distance: np.ndarray) -> np.ndarray:
    """Return the bent valley of Rosenbrock (1960), four units wide."""
    x = 1.0 + 4.0 * distance
    return np.sum(100 * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (1 - x[:, :-1]) ** 2, axis=1)


def rastrigin(distance: np.ndarray) -> np.ndarray:
    """Return a bowl with a regular grid of hollows, five in each direction."""
    x = 5.0 * distance
    return np.sum(x**2 - 3 * np.cos(2 * np.pi * x) + 3, axis=1)


def steps(distance: np.ndarray) -> np.ndarray:
    """Return counts with a slope inside each, as of spikes: flat far away, inf in one corner."""
    far = np.sqrt(np.sum(distance**2, axis=1))
    counts = np.floor(8 * np.abs(distance)).sum(axis=1)
    error = np.minimum(counts, 6.0) + 0.2 * np.minimum(far, 0.25)
    return np.where(np.all(distance > 0.3, axis=1), np.inf, error)


PROBLEMS = (
    Problem(name="sphere", n_parameters=6, function=sphere, target=1e-6),
    Problem(name="ellipsoid", n_parameters=6, function=ellipsoid, target=1e-2),
    Problem(name="rosenbrock", n_parameters=5, function=rosenbrock, target=1e-2),
    Problem(name="rastrigin", n_parameters=4, function=rastrigin, target=1e-2),
    Problem(name="steps", n_parameters=4, function=steps, target=0.01),
    Problem(name="noisy sphere", n_parameters=6, function=sphere, target=3e-4, noise=0.3),
)

OPTIMIZERS: dict[str, Callable[[], AbstractOptimizer]] = {
    "CMAESOptimizer()": CMAESOptimizer,
    "DifferentialEvolution()": DifferentialEvolution,
    "ParticleSwarm()": ParticleSwarm,
    "NevergradOptimizer('DE')": partial(NevergradOptimizer, "DE"),
    "RandomSearch()": RandomSearch,
}


def run() -> Table:
    """Measure every optimizer on every function."""
    table = Table(
        f"optimizers: median evaluations to target, rounds of {N_SAMPLES}, {N_EVALUATIONS} at most"
    )
    for name, make in OPTIMIZERS.items():
        seeds = SEEDS_OF_SLOW_ONES if "Nevergrad" in name else SEEDS
        for problem in PROBLEMS:
            needed = [evaluations_to_target(make(), problem, seed) for seed in seeds]
            reached = f"{np.sum(np.isfinite(needed))} of {len(needed)}"
            table.rows.append(Row(f"{name}, {problem.name}", float(np.median(needed)), reached))
    for name, make in OPTIMIZERS.items():
        limit = 60.0 if "Nevergrad" in name else 5.0
        row = Row(f"{name}, 200 x 10", milliseconds_per_round(make()), "ms/round", at_most=limit)
        table.rows.append(row)
    return table


def evaluations_to_target(
    optimizer: AbstractOptimizer,
    problem: Problem,
    seed: int,
    *,
    n_samples: int = N_SAMPLES,
    n_evaluations: int = N_EVALUATIONS,
) -> float:
    """Return after how many evaluations a sample was within the target; inf if none was."""
    random = np.random.default_rng([seed, 1])
    optimum = random.uniform(0.15, 0.85, size=problem.n_parameters)
    n_samples = _initialized(optimizer, problem.n_parameters, n_samples, seed, n_evaluations)
    done = 0
    while done < n_evaluations:
        samples = np.asarray(optimizer.ask(n_samples))
        errors = problem.function(samples - optimum)
        noise = problem.noise * random.normal(size=n_samples)
        optimizer.tell(samples, errors * np.exp(noise))
        good = np.flatnonzero(errors < problem.target)
        if good.size:
            return float(done + good[0] + 1)
        done += n_samples
    return np.inf


def milliseconds_per_round(optimizer: AbstractOptimizer) -> float:
    """Return the least time of asking for and telling 200 samples of 10 parameters."""
    n_samples = _initialized(optimizer, 10, 200, 1, 6000)
    seconds = []
    for _ in range(15):
        started = time.perf_counter()
        samples = np.asarray(optimizer.ask(n_samples))
        asked = time.perf_counter()
        errors = np.sum((samples - 0.4) ** 2, axis=1)
        evaluated = time.perf_counter()
        optimizer.tell(samples, errors)
        seconds.append(asked - started + time.perf_counter() - evaluated)
    return 1e3 * min(seconds)


def _initialized(
    optimizer: AbstractOptimizer, n_parameters: int, n_samples: int, seed: int, n_evaluations: int
) -> int:
    bounds = {f"p{index}": (0.0, 1.0) for index in range(n_parameters)}
    optimizer.seed(np.random.default_rng(seed))
    return optimizer.initialize(list(bounds), n_samples, n_evaluations // n_samples, **bounds)

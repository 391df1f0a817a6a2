"""Problems of which it is known how well they can be fitted: every ready optimizer, ten seeds.

Shown are, for each problem and optimizer, the seeds that reach the target within the budget, and
the expected running time: all evaluations spent, up to the target where it was reached, over the
number of successes. The first row of a problem is the default, for which no optimizer is named.
`BRIANFIT_BENCH_SEEDS` sets another number of seeds.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.quality.problems import adex_spikes, hh_traces, ionbench_hh, neuroptimus
from benchmarks.quality.problems._base import Problem
from benchmarks.tables import Row, Table
from brianfit import MaxEvaluations
from brianfit.optimizers import (
    AbstractOptimizer,
    CMAESOptimizer,
    DifferentialEvolution,
    NevergradOptimizer,
    ParticleSwarm,
    RandomSearch,
    ScipyOptimizer,
    SkoptOptimizer,
)
from brianfit.results import History

SEEDS = int(os.environ.get("BRIANFIT_BENCH_SEEDS", "10"))
PROBLEMS: tuple[Callable[[], Problem], ...] = (
    hh_traces.problem,
    ionbench_hh.problem,
    neuroptimus.problem,
    adex_spikes.problem,
    adex_spikes.van_rossum_problem,
)


@dataclass(frozen=True)
class Entrant:
    """An optimizer that is compared.

    Attributes
    ----------
    make
        Makes it; None: the default is chosen.
    most_seeds, most_evaluations, most_samples
        Limits for optimizers that take long to propose a sample.
    """

    name: str
    make: Callable[[], AbstractOptimizer] | None
    most_seeds: int = 10
    most_evaluations: int = 10**9
    most_samples: int = 10**9


ENTRANTS = (
    Entrant("default", None),
    Entrant("CMAESOptimizer()", CMAESOptimizer),
    Entrant("DifferentialEvolution()", DifferentialEvolution),
    Entrant("ParticleSwarm()", ParticleSwarm),
    Entrant("RandomSearch()", RandomSearch),
    Entrant("ScipyOptimizer()", ScipyOptimizer),
    Entrant("NevergradOptimizer('DE')", partial(NevergradOptimizer, "DE"), most_seeds=3),
    Entrant("SkoptOptimizer('GP')", partial(SkoptOptimizer, "GP"), 1, 60, 5),
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One fit.

    Attributes
    ----------
    evaluations
        Up to the target, or all if it was not reached.
    """

    solved: bool
    evaluations: int
    error: float
    seconds: float


def run() -> Table:
    """Fit every problem by every optimizer."""
    table = Table(f"Published problems, {SEEDS} seeds: seeds that reach the target")
    for make_problem in PROBLEMS:
        problem = make_problem()
        for entrant in ENTRANTS:
            seeds = range(1, min(SEEDS, entrant.most_seeds) + 1)
            attempts = [attempt(problem, entrant, seed) for seed in seeds]
            table.extend(list(_rows(problem, entrant, attempts)))
    return table


def attempt(problem: Problem, entrant: Entrant, seed: int) -> Attempt:
    """Fit once."""
    budget = min(problem.n_evaluations, entrant.most_evaluations)
    fitter = problem.make_fitter(min(problem.n_samples, entrant.most_samples))
    logging.getLogger("brianfit").setLevel(logging.ERROR)  # not of changed numbers of samples
    started = time.perf_counter()
    optimizer = None if entrant.make is None else entrant.make()
    done = 0
    while done < budget and not (done and fitter.result.error <= problem.target):
        fitter.fit(
            optimizer,
            n_rounds=-(-(budget - done) // fitter.n_samples),
            seed=seed,
            callback=None,
            stop=[partial(_reached, problem.target), MaxEvaluations(budget)],
            **problem.arguments,
        )
        done = fitter.result.history.n_evaluations
    errors = fitter.result.history.errors[:budget]
    reached = np.flatnonzero(errors <= problem.target)
    return Attempt(
        solved=reached.size > 0,
        evaluations=int(reached[0]) + 1 if reached.size else len(errors),
        error=float(errors.min()),
        seconds=time.perf_counter() - started,
    )


def _reached(target: float, history: History) -> bool:
    return bool(history.rounds[-1].errors.min(initial=np.inf) <= target)


def _rows(problem: Problem, entrant: Entrant, attempts: list[Attempt]) -> Iterator[Row]:
    solved = sum(one.solved for one in attempts)
    spent = sum(one.evaluations for one in attempts)
    name = f"{problem.name}, {entrant.name}"
    is_default = entrant.make is None
    yield Row(
        f"{name}: solved", solved, f"of {len(attempts)}", len(attempts) if is_default else None
    )
    yield Row(f"{name}: expected evaluations", spent / solved if solved else np.inf, "")
    yield Row(f"{name}: time", float(np.median([one.seconds for one in attempts])), "s")

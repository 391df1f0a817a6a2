"""Kill fits again and again, and let them go on: ``python -m tests.faults.kill [kills]``.

A process fits and is killed by SIGKILL at a random moment; the next one goes on. In the end the
numbers must be those of a fit that nobody disturbed. Every ready optimizer, refinement, and fits by
several processes take their turn. Prints how often it was so.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from brianfit.executors import ProcessExecutor
from brianfit.optimizers import (
    CMAESOptimizer,
    DifferentialEvolution,
    GuidedCMAESOptimizer,
    LedCMAESOptimizer,
    MultiStartLeastSquares,
    NevergradOptimizer,
    ParetoOptimizer,
    ParticleSwarm,
    RandomSearch,
    ScipyOptimizer,
    SkoptOptimizer,
)
from brianfit.results import FitResult, load
from tests.faults.cell import assert_same_numbers, fit, make_fitter, settings

Fit = Callable[[Path | None], FitResult]
"""Fits with a store, or without one; the numbers are the same every time."""


def _fit_by(make_optimizer: Callable[[], object], store: Path | None) -> FitResult:
    return fit(store, optimizer=make_optimizer())


def _fit_by_processes(store: Path | None) -> FitResult:
    with ProcessExecutor(2) as executor:
        return fit(store, executor=executor, n_rounds=6)


def _refine(store: Path | None) -> FitResult:
    fitter = make_fitter()
    fitter.fit(n_rounds=3, callback=None, seed=1, store=store, **settings())
    fitter.refine(callback=None)
    return fitter.result


def kinds() -> Mapping[str, Fit]:
    """Return the fits that are killed, by name; those whose packages are installed."""
    makers = {
        "CMA-ES": CMAESOptimizer,
        "differential evolution": DifferentialEvolution,
        "guided CMA-ES": GuidedCMAESOptimizer,
        "led CMA-ES": LedCMAESOptimizer,
        "least squares": MultiStartLeastSquares,
        "particle swarm": ParticleSwarm,
        "random search": RandomSearch,
        "SciPy": ScipyOptimizer,
    }
    optional = {
        "nevergrad": NevergradOptimizer,
        "pymoo": ParetoOptimizer,
        "skopt": SkoptOptimizer,
    }
    makers |= {name: maker for name, maker in optional.items() if find_spec(name) is not None}
    fits: dict[str, Fit] = {name: partial(_fit_by, maker) for name, maker in makers.items()}
    return {**fits, "refine": _refine, "processes": _fit_by_processes}


def kill_and_go_on(
    folder: Path, generator: np.random.Generator, n_kills: int, fits: Mapping[str, Fit]
) -> int:
    """Kill fits at random moments; return how often the numbers were the undisturbed ones.

    Every fit is killed once, goes on, and must end with the undisturbed numbers.
    """
    good = 0
    names = list(fits)
    known: dict[str, tuple[FitResult, float]] = {}
    for number in range(n_kills):
        name = names[number % len(names)]
        if name not in known:
            started = time.perf_counter()
            known[name] = (fits[name](None), time.perf_counter() - started)
        expected, seconds = known[name]
        store = folder / f"cell{number}.fit"
        _killed(partial(fits[name], store), generator.uniform(0, seconds))
        assert_same_numbers(fits[name](store), expected)
        assert_same_numbers(load(store).result, expected)
        good += 1
    return good


def _killed(begin: Callable[[], object], moment: float) -> None:
    """Begin a fit in a process of its own and kill it `moment` seconds after it begins."""
    context = multiprocessing.get_context("fork")  # a fresh interpreter would take seconds
    process = context.Process(target=begin)
    process.start()
    time.sleep(moment)
    process.kill()
    process.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=200)
    wanted = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as place:
        counted = kill_and_go_on(Path(place), np.random.default_rng(1), wanted, kinds())
    print(f"{counted} of {wanted} kills went on to the same numbers")  # noqa: T201 - a figure

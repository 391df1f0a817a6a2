"""What a fit saves by giving up samples on the way (racing), and by simulating none twice.

Every search is done with and without; it asks for the same samples and finds the same.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import amp, ms, mV, second, volt

from benchmarks.quality import hh_traces
from benchmarks.shared_folder import NotPossibleHere, shared_folder
from benchmarks.speed.neuron_models import hodgkin_huxley
from benchmarks.tables import Row, Table
from brianfit import DifferentialEvolution, MSEMetric, Parameter, ParticleSwarm, TraceFitter
from brianfit.engines import AbstractEngine, AbstractSimulation, SimulationResult, SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.optimizers import CMAESOptimizer, RandomSearch, ScipyOptimizer

SEEDS = (1, 2, 3)
N_SAMPLES = 40
RACING = {
    "DifferentialEvolution": DifferentialEvolution,
    "ParticleSwarm": ParticleSwarm,
    "RandomSearch": RandomSearch,
}
CELL = """
dv/dt = (n_open*gamma*(E - v) + I - g*(v + 65*mV))/(100*pF) : volt
n_open : integer (constant)
n_silent : integer (constant)
g = (10 + n_silent)*nS : siemens
gamma = 200*psiemens : siemens
E = 0*mV : volt
"""

Make = Callable[[AbstractEngine, int], tuple[TraceFitter, dict[str, Any]]]
"""Returns a fitter and the arguments of its fit, for an engine and a number of samples."""


@dataclass
class Counting(AbstractEngine):
    """The fused engine on one thread, and how many steps of neurons it simulated."""

    neuron_steps: int = 0
    _engine: FusedEngine = field(default_factory=lambda: FusedEngine(threads=1))

    def prepare(self, task: SimulationTask) -> AbstractSimulation:
        return _Counted(self, task, self._engine.prepare(task))


@dataclass
class _Counted(AbstractSimulation):
    counting: Counting
    task: SimulationTask
    simulation: Any

    @property
    def source(self) -> str:
        return str(self.simulation.source)

    def run(self, samples: np.ndarray, **settings: Any) -> SimulationResult:
        return self._counted(self.simulation.run(samples, **settings), len(samples))

    def run_within(self, samples: np.ndarray, **settings: Any) -> SimulationResult:
        return self._counted(self.simulation.run_within(samples, **settings), len(samples))

    def _counted(self, found: SimulationResult, n_samples: int) -> SimulationResult:
        every = n_samples * self.task.n_traces * self.task.n_steps
        self.counting.neuron_steps += every if found.neuron_steps is None else found.neuron_steps
        return found


def run() -> Table:
    """Measure both."""
    table = Table(f"Thrift: {len(SEEDS)} seeds, {N_SAMPLES} samples a round, one thread")
    problems: dict[str, tuple[Make, tuple[int, ...]]] = {"5 x 10,000 steps": (synthetic, (45,))}
    try:
        shared_folder()
        problems["hh_traces, 5 x 1,497 steps"] = (recorded, (45, 180))
    except NotPossibleHere:
        pass
    for problem, (make, lengths) in problems.items():
        for name, optimizer in RACING.items():
            for n_rounds in lengths:
                table.extend(raced(f"{problem}, {name}", optimizer, make, n_rounds))
    table.extend(repeated())
    return table


def raced(words: str, optimizer: Any, make: Make, n_rounds: int) -> list[Row]:
    """Return what racing saves."""
    steps, seconds = np.zeros(2), np.zeros(2)
    for seed in SEEDS:
        fits = [fit(make, optimizer(racing=racing), n_rounds, seed) for racing in (False, True)]
        (plain, *_), (quick, *_) = fits
        if plain.result.best_values != quick.result.best_values:
            raise RuntimeError(f"{words}: racing has changed the result with seed {seed}.")
        steps += [found[1] for found in fits]
        seconds += [found[2] for found in fits]
    words = f"{words}, {N_SAMPLES * n_rounds:,} evaluations"
    return [
        Row(f"{words}: steps saved", 100 * (1 - steps[1] / steps[0]), "%"),
        Row(f"{words}: processor time", 100 * seconds[1] / seconds[0], "% of that without"),
    ]


def repeated() -> list[Row]:
    """Return which part of the samples was known already."""
    optimizers = {
        "DifferentialEvolution": DifferentialEvolution(),
        "ParticleSwarm": ParticleSwarm(),
        "CMAESOptimizer": CMAESOptimizer(),
        "ScipyOptimizer": ScipyOptimizer(),
    }
    rows = []
    for what, make in {"two whole numbers": counted, "four real numbers": synthetic}.items():
        for name, optimizer in optimizers.items():
            fitter, _, _ = fit(make, optimizer, 45, 1)
            share = 100 * float(np.mean(fitter.result.history.is_repeated))
            rows.append(Row(f"{what}, {name}: not simulated again", share, "% of samples"))
    return rows


def fit(make: Make, optimizer: Any, n_rounds: int, seed: int) -> tuple[TraceFitter, int, float]:
    """Return a fitter that was fitted, the steps of neurons, and processor time [s]."""
    engine = Counting()
    fitter, arguments = make(engine, N_SAMPLES)
    fitter.fit(optimizer, n_rounds=0, callback=None, seed=seed, **arguments)
    started = time.process_time()
    fitter.fit(n_rounds=n_rounds, callback=None)
    return fitter, engine.neuron_steps, time.process_time() - started


def synthetic(engine: AbstractEngine, n_samples: int) -> tuple[TraceFitter, dict[str, Any]]:
    """Return five spiking traces of a Hodgkin-Huxley model, to be found again."""
    timed = hodgkin_huxley()
    truth = {name: float(np.sqrt(low * high)) for name, (low, high) in timed.ranges.items()}

    def fitter(target: np.ndarray) -> TraceFitter:
        return TraceFitter(
            timed.model.equations,
            {"I": timed.current * amp},
            {"v": target * volt},
            dt=timed.dt * second,
            n_samples=n_samples,
            method="exponential_euler",
            param_init={"v": "VT"},
            namespace=timed.model.namespace,
            use_units=False,
            engine=engine,
        )

    target = fitter(np.zeros(timed.current.shape)).generate(params=truth, output_var="v")
    return fitter(np.asarray(target)), {"metric": MSEMetric(), **timed.ranges}


def recorded(engine: AbstractEngine, n_samples: int) -> tuple[TraceFitter, dict[str, Any]]:
    """Return the example of the older toolbox."""
    folder = shared_folder() / "data" / "hh_traces"
    fitter = TraceFitter(
        hh_traces.EQUATIONS,
        {"I": hh_traces.read_traces(folder / "input_traces_hh.csv") * amp},
        {"v": hh_traces.read_traces(folder / "output_traces_hh.csv") * mV},
        dt=0.01 * ms,
        n_samples=n_samples,
        method="exponential_euler",
        param_init={"v": "VT"},
        namespace=hh_traces.CONSTANTS,
        engine=engine,
    )
    return fitter, {"metric": MSEMetric(t_start=5 * ms), **hh_traces.BOUNDS}


def counted(engine: AbstractEngine, n_samples: int) -> tuple[TraceFitter, dict[str, Any]]:
    """Return a membrane with some number of open channels of two kinds."""
    time_course = np.arange(400) * 1e-4
    fitter = TraceFitter(
        CELL,
        {"I": np.full((1, 400), 1e-10) * amp},
        {"v": (-60 + 10 * (1 - np.exp(-time_course / 5e-3)))[np.newaxis] * mV},
        dt=0.1 * ms,
        n_samples=n_samples,
        method="exponential_euler",
        param_init={"v": -65 * mV},
        engine=engine,
    )
    return fitter, {"n_open": Parameter(0, 60), "n_silent": Parameter(0, 20)}


if __name__ == "__main__":
    sys.stdout.write(str(run()) + "\n")

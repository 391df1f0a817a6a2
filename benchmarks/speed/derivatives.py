"""Error and gradient of the Hodgkin-Huxley model against plain simulations of the same batch.

Processor time of one thread; each ratio is a median of runs in turns. Run it with ``make bench`` or
``python benchmarks/run.py derivatives``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from brian2 import Equations, mV

from benchmarks.speed.neuron_models import HODGKIN_HUXLEY, TimedModel, hodgkin_huxley
from benchmarks.tables import Row, Table
from brianfit.engines import SimulationTask
from brianfit.engines.fused import FusedEngine
from brianfit.model import Accumulator

N_SAMPLES = 100
REPEATS = 5
MORE = {
    "VT": (-0.064, -0.062),
    "El": (-0.066, -0.064),
    "EK": (-0.092, -0.088),
    "ENa": (0.048, 0.052),
    "phi": (0.9, 1.1),
}
"""Five parameters beside the four of the model: four voltages, and a factor of a rate."""


def run() -> Table:
    """Measure both numbers of parameters."""
    table = Table(f"Error and gradient, {N_SAMPLES} samples, exponential Euler")
    for timed, limit in ((hodgkin_huxley(n_steps=3000), 4.0), (nine_parameters(), 7.0)):
        table.extend(_rows(timed, limit))
    return table


def nine_parameters() -> TimedModel:
    """Return the Hodgkin-Huxley model with nine parameters."""
    timed = hodgkin_huxley(n_steps=3000)
    equations = HODGKIN_HUXLEY.replace("dh/dt = 0.128", "dh/dt = phi*0.128")
    for name in MORE:
        equations += f"{name} : {'1' if name == 'phi' else 'volt'} (constant)\n"
    model = replace(
        timed.model,
        equations=Equations(equations),
        namespace={},
        initial_values={"v": -63 * mV},
    )
    return replace(timed, model=model, ranges={**timed.ranges, **MORE})


def _rows(timed: TimedModel, limit: float) -> list[Row]:
    n = len(timed.ranges)
    task = timed.task()
    plain = _seconds(task, timed.samples(N_SAMPLES))
    differentiated = _seconds(_with_gradient(timed, task), timed.samples(N_SAMPLES))
    differences = _seconds(task, timed.samples(N_SAMPLES * (n + 1)))
    per_step = 1e9 / (N_SAMPLES * timed.current.size)
    return [
        Row(f"{n} parameters: plain", _median(plain) * per_step, "ns per neuron-step"),
        Row(f"{n} parameters: with derivatives / plain", _ratio(differentiated, plain), "times",
            at_most=limit),
        Row(f"{n} parameters: finite differences in one batch / plain",
            _ratio(differences, plain), "times"),
    ]  # fmt: skip


def _with_gradient(timed: TimedModel, task: SimulationTask) -> SimulationTask:
    residual = Accumulator(
        name="error",
        expression="v - target",
        variables=("v",),
        timed={"target": np.full(timed.current.shape, -0.065)},
    )
    return replace(task, accumulators=(), directions=tuple(timed.ranges), squares=(residual,))


def _seconds(task: SimulationTask, samples: np.ndarray) -> Callable[[], float]:
    simulation = FusedEngine(threads=1).prepare(task)
    simulation.run(samples, iteration=0, seed=1)

    def once() -> float:
        started = time.process_time()
        simulation.run(samples, iteration=0, seed=1)
        return time.process_time() - started

    return once


def _median(once: Callable[[], float]) -> float:
    return statistics.median(once() for _ in range(REPEATS))


def _ratio(slow: Callable[[], float], fast: Callable[[], float]) -> float:
    return statistics.median(slow() / fast() for _ in range(REPEATS))

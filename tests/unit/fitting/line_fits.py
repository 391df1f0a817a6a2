"""Fits of straight lines, which need no simulator, and a count of what was simulated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from brian2 import ms

from brianfit import TraceFitter
from brianfit.engines import AbstractEngine, AbstractSimulation, SimulationResult, SumLimits
from brianfit.executors import AbstractExecutor
from tests.unit.objective.stand_ins import N_STEPS, N_TRACES, LineSimulation, lines

EQUATIONS = "dv/dt = (a + I - v)/second : 1\na : 1 (constant)\nb : 1 (constant)"
TRUTH = np.array([[3.3, 1.2]])


@final
@dataclass
class Lines(AbstractEngine):
    """Simulates straight lines.

    Attributes
    ----------
    beyond
        How far beyond its limit a sample is simulated; inf: to its end.
    simulated
        The number of samples in each call.
    """

    beyond: float = np.inf
    simulated: list[int] = field(default_factory=list)

    def prepare(self, task: Any) -> AbstractSimulation:
        return _Lines(self, LineSimulation(task))


@final
@dataclass
class _Lines(AbstractSimulation):
    engine: Lines
    lines: LineSimulation

    @property
    def source(self) -> str:
        return ""

    def run(self, samples: np.ndarray, **settings: Any) -> SimulationResult:
        self.engine.simulated.append(len(samples))
        with np.errstate(over="ignore"):
            return self.lines.run(samples, **settings)

    def run_within(
        self, samples: np.ndarray, *, limits: SumLimits, **settings: Any
    ) -> SimulationResult:
        found = self.run(samples, **settings)
        (name, sums), *_ = found.sums.items()
        totals = limits.weights[0] * sums.sum(axis=1)
        kept = np.minimum(totals, limits.limits * self.engine.beyond)
        shares = np.where(totals > limits.limits, kept / np.where(totals > 0, totals, 1), 1.0)
        return SimulationResult(sums={name: sums * shares[:, np.newaxis]})


@final
class Chunks(AbstractExecutor):
    """Evaluates a few samples at a time."""

    def __init__(self, size: int) -> None:
        self.size = size

    def run(
        self,
        evaluate: Callable[[np.ndarray, int], Any],
        values: np.ndarray,
        join: Callable[[Sequence[Any]], Any],
    ) -> Any:
        firsts = range(0, len(values), self.size)
        return join([evaluate(values[first : first + self.size], first) for first in firsts])


def fit(
    optimizer: Any, *, engine: Any = None, equations: str = EQUATIONS, **arguments: Any
) -> TraceFitter:
    """Fit both parameters of a line in twelve rounds of ten samples."""
    fitter = TraceFitter(
        equations,
        {"I": np.zeros((N_TRACES, N_STEPS))},
        {"v": lines(TRUTH)[0]},
        dt=1 * ms,
        n_samples=10,
        method="euler",
        engine=engine or Lines(),
        penalty=arguments.pop("with_penalty", None),
    )
    settings = {"n_rounds": 12, "callback": None, "seed": 3, "a": [0, 10], "b": [0, 3]}
    fitter.fit(optimizer, **{**settings, **arguments})
    return fitter

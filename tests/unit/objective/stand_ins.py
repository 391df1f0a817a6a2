"""A simulation that needs no simulator: traces are straight lines, known beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from brian2 import Equations

from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit.engines import AbstractEngine, AbstractSimulation, SimulationResult, SimulationTask
from brianfit.metrics import AbstractSpikeMetric, AbstractTraceMetric
from brianfit.model import Model

N_TRACES = 2
N_STEPS = 4
DT = 1e-3


def task(**changes: Any) -> SimulationTask:
    fields: dict[str, Any] = {
        "model": Model(equations=Equations("dv/dt = (a - v)/second : 1\na : 1\nb : 1")),
        "parameter_names": (),
        "inputs": {},
        "n_traces": N_TRACES,
        "n_steps": N_STEPS,
        "dt": DT,
    }
    return SimulationTask(**{**fields, **changes})


def lines(samples: np.ndarray) -> np.ndarray:
    """Return v = a + trace + b*step for the columns a and b."""
    a, b = samples[:, 0, None, None], samples[:, 1, None, None]
    return a + np.arange(N_TRACES)[:, None] + b * np.arange(N_STEPS)


@final
@dataclass
class LineSimulation(AbstractSimulation):
    """Returns what the task asks for, and notes how it was called."""

    task: SimulationTask
    calls: list[dict[str, Any]] = field(default_factory=list)

    def run(
        self, samples: np.ndarray, *, iteration: int, seed: int, first_sample: int = 0
    ) -> SimulationResult:
        self.calls.append(
            {"n": len(samples), "iteration": iteration, "seed": seed, "first": first_sample}
        )
        v = lines(samples)
        sums = {}
        for accumulator in self.task.accumulators:
            names = {"v": v, "clip": np.clip, "log": np.log, **accumulator.timed}
            terms = eval(accumulator.expression, {"__builtins__": {}}, names)  # noqa: S307 - own text
            sums[accumulator.name] = np.sum(terms, axis=2)
        spikes = [[np.array([1e-3, 3e-3 + sample[0]])] * N_TRACES for sample in samples]
        return SimulationResult(
            traces=dict.fromkeys(self.task.recorded, v),
            spikes=spike_trains_from_nested(spikes, n_traces=N_TRACES)
            if self.task.record_spikes
            else None,
            final=dict.fromkeys(self.task.final, v[:, :, -1]),
            sums=sums,
        )

    @property
    def source(self) -> str:
        return "straight lines"


@final
class LineEngine(AbstractEngine):
    """Prepares straight lines."""

    def prepare(self, task: SimulationTask) -> LineSimulation:
        return LineSimulation(task)


@final
class LastDifference(AbstractTraceMetric):
    """Distance at the last step; features per trace."""

    output_power = 1

    def get_features(self, model: np.ndarray, data: np.ndarray, dt: float) -> np.ndarray:
        return np.abs(model[:, :, -1] - data[:, -1])

    def get_errors(self, features: np.ndarray) -> np.ndarray:
        return features.mean(axis=1)


@final
class CountDifference(AbstractSpikeMetric):
    """Difference of the number of spikes; features per train."""

    def get_features(self, model: Any, data: Any, dt: float) -> np.ndarray:
        return np.array(
            [
                [
                    abs(train.size - recorded.size)
                    for train, recorded in zip(trains, data, strict=True)
                ]
                for trains in model
            ],
            dtype=float,
        )

    def get_errors(self, features: np.ndarray) -> np.ndarray:
        return features.mean(axis=1)


@final
class WrongShape(AbstractTraceMetric):
    """A metric with an error in it."""

    def get_features(self, model: np.ndarray, data: np.ndarray, dt: float) -> np.ndarray:
        return model

    def get_errors(self, features: np.ndarray) -> np.ndarray:
        return features.mean(axis=2)

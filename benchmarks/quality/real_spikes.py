"""What the benchmarks of real spike trains share: reading, fitting on one part, scoring another."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import amp, ms, second, volt

from benchmarks.shared_folder import NotPossibleHere, shared_folder
from benchmarks.tables import Row
from brianfit import GammaFactor, MDStar, MultiWindowGamma, RecordingSet, SpikeFitter
from brianfit.library import NeuronModel

DELTA = 4 * ms
DT = 1e-4
"""Of the recordings [s]."""
STEP = 0.2 * ms
"""Of the simulations."""
N_SAMPLES = 30


@dataclass(frozen=True, kw_only=True)
class Task:
    """Recordings to fit and to predict.

    Attributes
    ----------
    current
        Of the prediction [A]; it is simulated from its start and scored from `t_start` [s] on.
    trains
        The recorded repeats of the prediction [s].
    """

    fitted: RecordingSet
    current: np.ndarray
    trains: list[np.ndarray]
    t_start: float = 0.0

    @property
    def duration(self) -> float:
        """The length of the prediction [s]."""
        return self.current.size * DT

    def scores(self, spikes: np.ndarray) -> tuple[float, float]:
        """Return Gamma over reliability, and MD* at 4 ms."""
        options = {"time": self.duration, "t_start": self.t_start, "rate_correction": False}
        gamma = GammaFactor(DELTA, **options)
        found = np.mean([1 - gamma.calc([[spikes]], [train], DT)[0] for train in self.trains])
        pairs = permutations(self.trains, 2)
        reliability = np.mean([1 - gamma.calc([[one]], [other], DT)[0] for one, other in pairs])
        star = MDStar(DELTA, t_start=self.t_start).calc([[spikes]], [self.trains], DT)[0]
        return float(found / reliability), 1 - float(star)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one fit reached.

    Attributes
    ----------
    gamma, star
        Gamma over reliability, and MD*.
    seconds, processor
        What the fit took by the clock, and of the processor, all threads together [s].
    model, params
        What was fitted, and what was found.
    """

    gamma: float
    star: float
    seconds: float
    processor: float
    model: NeuronModel
    params: Mapping[str, Any]


def fit_and_predict(
    model: NeuronModel,
    task: Task,
    *,
    bounds: Mapping[str, Any],
    seed: int,
    evaluations: int,
    windows: Any,
    n_samples: int = N_SAMPLES,
) -> Outcome:
    """Fit with the default strategy and score the prediction."""
    fitter = SpikeFitter(model, task.fitted, dt=STEP, n_samples=n_samples)
    return outcome_of(
        model,
        task,
        lambda: fitter.fit(
            n_rounds=evaluations // n_samples,
            metric=MultiWindowGamma(windows),
            callback=None,
            seed=seed,
            params=dict(bounds),
        )[0],
    )


def outcome_of(
    model: NeuronModel, task: Task, fit: Callable[[], Mapping[str, Any] | None]
) -> Outcome:
    """Return what a fit takes, finds and predicts."""
    started, used = time.perf_counter(), time.process_time()
    params = fit()
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    if params is None:
        raise RuntimeError(f"No sample of {model.name} could be scored.")
    gamma, star = predict(model, task, params)
    return Outcome(
        gamma=gamma, star=star, seconds=seconds, processor=processor, model=model, params=params
    )


def predict(model: NeuronModel, task: Task, params: Mapping[str, Any]) -> tuple[float, float]:
    """Return Gamma over reliability, and MD*, of what a model predicts."""
    predicted = SpikeFitter(
        model,
        RecordingSet.from_arrays(
            dt=DT * second, inputs={"I": task.current * amp}, spikes=[task.trains]
        ),
        dt=STEP,
    )
    return task.scores(np.asarray(predicted.generate_spikes(params=params)[0]))


def time_rows(name: str, found: list[Outcome], limit: float | None) -> list[Row]:
    """Return what a fit took; medians, since the first one compiles."""
    clock, processor = (
        float(np.median([getattr(outcome, key) for outcome in found]))
        for key in ("seconds", "processor")
    )
    return [
        Row(f"{name}: time of a fit", clock, "s", at_most=limit),
        Row(f"{name}: processor time of a fit", processor, "s"),
    ]


def recorded(name: str) -> Path:
    """Return the path of a recording that stays outside of the repository.

    Raises
    ------
    NotPossibleHere
        If it is not there.
    """
    path = shared_folder() / "data" / name
    if not path.is_file():
        raise NotPossibleHere(f"There is no recording {path}.")
    return path


def crossings(voltage: np.ndarray) -> np.ndarray:
    """Return the times [s] at which a voltage [V] crosses zero upwards."""
    return (np.flatnonzero((voltage[:-1] < 0) & (voltage[1:] >= 0)) + 1) * DT


def with_voltages(currents: np.ndarray, voltages: np.ndarray) -> RecordingSet:
    """Return sweeps of current [A], voltage [V] and the spikes of that voltage."""
    return RecordingSet.from_arrays(
        dt=DT * second,
        inputs={"I": currents * amp},
        traces={"v": voltages * volt},
        spikes=[crossings(voltage) for voltage in voltages],
    )

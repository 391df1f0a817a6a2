"""Real cells on steps of current: the voltage between spikes, troughs and counts of every sweep."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np
from brian2 import ms, mV, pA, second

from benchmarks.tables import Row, Table
from brianfit import (
    FiringPattern,
    Fitter,
    MSEMetric,
    RecordingSet,
    StepResponse,
    cut,
    estimate_cell,
    example_recording,
    library,
    parameters_near,
    predict,
    read,
    step_times,
    until_first_spike,
    with_spikes,
)
from brianfit.data import around_step
from brianfit.results import Verdict

SEEDS = (1, 2, 3, 4, 5)
MODELS = ("adex_gm", "adex", "gif")
N_ROUNDS, N_SAMPLES = 200, 30
LEVEL = -10 * mV
UP_TO_THE_FIRST_SPIKE = "adex, voltage up to the first spike"
SHARED = Path(os.environ.get("BRIANFIT_SHARED", "../shared")) / "data"


@final
@dataclass(frozen=True, kw_only=True)
class Cell:
    """Recordings, and which of them are left out."""

    sweeps: RecordingSet
    held_out: tuple[int, ...]

    @property
    def fitted(self) -> list[int]:
        """Numbers of the sweeps that are fitted."""
        return [k for k in range(len(self.sweeps)) if k not in self.held_out]


def run() -> Table:
    """Fit every cell with every model and seed; the last rows of each are the plain alternative."""
    table = Table("Steps of current: all sweeps, fitted and left out")
    for name, cell in _cells():
        for model in (*MODELS, UP_TO_THE_FIRST_SPIKE):
            table.extend(_rows(name, cell, model))
    return table


def _cells() -> Iterator[tuple[str, Cell]]:
    yield "B6", Cell(sweeps=_one_step(example_recording("B6")), held_out=(1, 3))
    if not SHARED.exists():
        return
    yield "B8", Cell(sweeps=_one_step(_b8()), held_out=(1, 3))
    recorded = read(SHARED / "abf" / "171116sh_0018.abf")[list(range(7, 17))]
    yield "171116sh_0018", Cell(sweeps=_one_step(recorded), held_out=(0, 2, 4, 6, 8))


def _b8() -> RecordingSet:
    from igor2 import binarywave

    def waves(channel: str) -> Any:
        files = [f"B8_{channel}_IDRest_{k}.ibw" for k in range(145, 150)]
        loaded = [binarywave.load(str(SHARED / "cells_bluepyefe" / file)) for file in files]
        return np.array([wave["wave"]["wData"] for wave in loaded], dtype=float)

    return RecordingSet.from_arrays(
        dt=0.25 * ms, inputs={"I": waves("Ch0") * pA}, traces={"v": waves("Ch3") * mV}
    )


def _one_step(recorded: RecordingSet) -> RecordingSet:
    begin, end = around_step(recorded)
    return with_spikes(cut(recorded, begin, end), LEVEL)


def _rows(name: str, cell: Cell, model: str) -> list[Row]:
    """Return the worst sweep of the median seed, by figure, and the time."""
    verdicts, seconds = [], []
    for seed in SEEDS:
        started = time.process_time()
        verdicts.append(_verdict(cell, model, seed))
        seconds.append(time.process_time() - started)
    label = f"{name}, {model}"
    return [
        Row(f"{label}: RMS by phase, worst sweep", _median(map(_phase, verdicts)), "mV"),
        Row(f"{label}: troughs off, worst sweep", _median(map(_trough, verdicts)), "mV"),
        Row(f"{label}: spikes off, worst sweep", _median(map(_count, verdicts)), ""),
        Row(f"{label}: fits that are good", sum(v.is_good for v in verdicts), f"of {len(SEEDS)}"),
        Row(f"{label}: time of the processor", _median(seconds), "s"),
    ]


def _verdict(cell: Cell, model: str, seed: int) -> Verdict:
    start, stop = step_times(cell.sweeps)
    fitted, firing = cell.sweeps[cell.fitted], FiringPattern(t_start=start)
    metric: dict[str, Any] = {"v": StepResponse(LEVEL, start=start, stop=stop), "spikes": firing}
    ready = library.get(model.split(",", maxsplit=1)[0])
    params = parameters_near(ready, estimate_cell(fitted))
    if model == UP_TO_THE_FIRST_SPIKE:
        fitted, params = until_first_spike(fitted), {}
        metric["v"] = MSEMetric(normalization=5 * mV)
    fitter = Fitter(ready, fitted, dt=0.0001 * second, n_samples=N_SAMPLES)
    fitter.fit(metric=metric, n_rounds=N_ROUNDS, params=params, callback=None, seed=seed)
    judged = replace(
        fitter.result, simulate=lambda found: predict(found, cell.sweeps, held_out=cell.held_out)
    ).verdict
    if judged is None:
        raise RuntimeError("The fitted model cannot be simulated.")
    return judged


def _phase(verdict: Verdict) -> float:
    return 1e3 * float(np.nanmax([row.phase_rms for row in verdict.sweeps["v"]]))


def _trough(verdict: Verdict) -> float:
    rows = verdict.sweeps["v"]
    return 1e3 * float(np.nanmax([abs(row.troughs[1] - row.troughs[0]) for row in rows]))


def _count(verdict: Verdict) -> float:
    return max(abs(row.n_model - row.n_recorded) for row in verdict.sweeps["v"])


def _median(values: Any) -> float:
    return float(np.median(list(values)))

"""Which model: synthetic cells of three families, and the intervals of two equal models."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2 import Mohm, ms, mV, nA, second

from benchmarks.tables import Row, Table
from brianfit import (
    OrnsteinUhlenbeck,
    RecordingSet,
    TraceFitter,
    compare,
    library,
)

FAMILIES: Mapping[str, Mapping[str, Any]] = {
    "lif": {
        "tau_m": 15 * ms, "R": 100 * Mohm, "EL": -70 * mV, "VT": -50 * mV, "V_r": -60 * mV,
        "t_ref": 2 * ms,
    },
    "adex": {
        "tau_m": 15 * ms, "R": 140 * Mohm, "EL": -70 * mV, "VT": -50 * mV, "DeltaT": 2 * mV,
        "V_peak": 0 * mV, "V_r": -58 * mV, "a": 0.2, "b": 4 * mV, "tau_w": 150 * ms,
        "t_ref": 1 * ms,
    },
    "gif": {
        "tau_m": 15 * ms, "R": 100 * Mohm, "EL": -70 * mV, "VT": -52 * mV, "V_r": -60 * mV,
        "b_1": 6 * mV, "b_2": 1.5 * mV, "c_1": 8 * mV, "c_2": 3 * mV, "tau_1": 8 * ms,
        "tau_2": 120 * ms, "tau_g1": 6 * ms, "tau_g2": 200 * ms, "t_ref": 3 * ms,
    },
}  # fmt: skip
"""Parameters around which cells are drawn."""

N_CELLS = int(os.environ.get("BRIANFIT_CELLS", "10"))
N_SWEEPS, DURATION, DT = 6, 1.5, 0.1
SPREAD, NOISE = 0.15, 0.5
SETTINGS: Mapping[str, Any] = {"n_folds": 6, "n_rounds": 60, "n_samples": 30}


def run() -> Table:
    """Compare the three families on cells of each, and each cell's own family with itself."""
    table = Table(f"Synthetic cells, {N_CELLS} of each family, six sweeps under noise")
    right, covered, seconds = 0, 0, []
    for family, number, recordings in cells():
        started = time.process_time()
        found: Any = compare(recordings, [*FAMILIES], **SETTINGS)
        seconds.append(time.process_time() - started)
        right += family in found.tied
        equal: Any = compare(recordings, {"one": family, "other": family}, **SETTINGS)
        row = equal.table.loc[equal.table.difference.idxmax()]
        covered += bool(row.difference <= 1.96 * row.difference_se)
        chosen = f"{family} {number}: chosen {found.chosen}, tied {', '.join(found.tied)}; score"
        table.extend([Row(chosen, float(found.table.score[family]), "")])
    n_cells = N_CELLS * len(FAMILIES)
    tied = f"true family within one standard error, of {n_cells}"
    table.extend(
        [
            Row(tied, right, "", at_least=0.9 * n_cells),
            Row(f"equal models: intervals of 95 % that cover 0, of {n_cells}", covered, ""),
            Row("processor time of three models, six folds", float(np.median(seconds)), "s"),
        ]
    )
    return table


def cells() -> Iterator[tuple[str, int, RecordingSet]]:
    """Yield the family, the number and the recordings of every cell."""
    for family, centre in FAMILIES.items():
        for number in range(N_CELLS):
            yield family, number, made(family, centre, number)


def made(family: str, centre: Mapping[str, Any], number: int) -> RecordingSet:
    """Return recordings of a cell whose parameters are drawn around those of its family."""
    generator = np.random.default_rng([number, len(family)])
    shift = {name: generator.normal(0, SPREAD) for name in centre}
    values = {name: _moved(name, value, shift[name]) for name, value in centre.items()}
    drive = OrnsteinUhlenbeck(0.2 * nA, 0.12 * nA, tau=5 * ms, seed=number)
    current = drive.array(dt=DT * ms, duration=DURATION * second, n_sweeps=N_SWEEPS)
    nothing = {"v": np.full(np.shape(current), np.nan) * mV}
    model = TraceFitter(library.get(family), {"I": current}, nothing, dt=DT * ms)
    found: Any = model.generate(["v", "spikes"], params=values)
    noise = generator.normal(0.0, NOISE, np.shape(current)) * mV
    return RecordingSet.from_arrays(
        dt=DT * ms, inputs={"I": current}, traces={"v": found["v"] + noise}, spikes=found["spikes"]
    )


def _moved(name: str, value: Any, shift: float) -> Any:
    """Return a value moved by a part of itself; voltages of the cell by up to a few mV."""
    if name in {"EL", "VT", "V_r", "V_peak"}:
        return value + 10 * shift * mV
    return value * np.exp(shift)

"""A cortical cell under frozen noise: fit 10 s of nine repeats, predict the next 10 s."""

from __future__ import annotations

import numpy as np
from brian2 import amp, ms, second

from benchmarks.quality.real_spikes import (
    DT,
    Outcome,
    Task,
    crossings,
    fit_and_predict,
    recorded,
    time_rows,
    with_voltages,
)
from benchmarks.tables import Row, Table
from brianfit import (
    RecordingSet,
    estimate_membrane,
    library,
    parameters_near,
    with_input_noise,
)

SEEDS = (1, 2, 3, 4, 5)
EVALUATIONS = 6000
N_FITTED = 100_000
WINDOWS = [2, 4, 8, 16] * ms
# Model: noise added to the input (part of its standard deviation), copies of it, what is asked for.
MODELS = {
    "mat": (0.0, 1, 0.78),
    "adex": (0.0, 1, 0.82),
    "gif": (0.15, 9, 0.85),
    "igif": (0.15, 9, 0.85),
    "egif": (0.15, 9, 0.85),
}
ADEX_SECONDS = 12.0


def run() -> Table:
    """Fit every model with every seed."""
    with np.load(recorded("gif_l5/gif_test.npz")) as stored:
        currents = stored["I"].astype(np.float64)
        voltages = stored["V"].astype(np.float64)
    early = with_voltages(currents[:, :N_FITTED], voltages[:, :N_FITTED])
    current = currents.mean(axis=0)
    fitted = RecordingSet.from_arrays(
        dt=DT * second,
        inputs={"I": current[:N_FITTED] * amp},
        spikes=[[recording.spike_trains[0] for recording in early]],
    )
    table = Table("Cortical cell, 10 s predicted: Gamma (4 ms) over reliability")
    for name, (noise, copies, demand) in MODELS.items():
        task = Task(
            fitted=with_input_noise(fitted, noise, copies=copies, seed=1) if noise else fitted,
            current=current,
            trains=[crossings(voltage) for voltage in voltages],
            t_start=N_FITTED * DT,
        )
        table.extend(rows(name, fits(name, task, early), demand))
    return table


def fits(name: str, task: Task, early: RecordingSet) -> list[Outcome]:
    """Fit a model with every seed."""
    model = library.get(name)
    near = parameters_near(model, estimate_membrane(early), factor=1)
    return [
        fit_and_predict(
            model,
            task,
            bounds=near,
            seed=seed,
            evaluations=EVALUATIONS,
            windows=WINDOWS,
            n_samples=20,
        )
        for seed in SEEDS
    ]


def rows(name: str, found: list[Outcome], demand: float | None) -> list[Row]:
    """Return the lines of a model."""
    listed = ", ".join(f"{outcome.gamma:.2f}" for outcome in found)
    median, star = (
        float(np.median([getattr(outcome, key) for outcome in found])) for key in ("gamma", "star")
    )
    return [
        Row(f"{name}: {listed}; median", median, "", at_least=demand),
        Row(f"{name}: MD* (4 ms), median", star, ""),
        *time_rows(name, found, ADEX_SECONDS if name == "adex" else None),
    ]

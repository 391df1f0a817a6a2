"""How near a simulated sweep is to the recorded one, in figures that an experimenter reads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float
from brianfit.data import on_simulation_grid
from brianfit.data.preprocessing import upward_crossings
from brianfit.data.recordings import Recording
from brianfit.results.prediction import Prediction

BEFORE, AFTER = 0.002, 0.005
"""What lies so near to a spike [s] belongs to it."""

N_PHASES = 10
"""The voltage between two spikes is read at so many phases."""

SPIKE_HEIGHT = 0.04
"""A voltage that rises so far [V] above its median has spikes."""


@final
@dataclass(frozen=True, kw_only=True)
class SweepFigures:
    """Figures of one variable on one sweep; nan where there is nothing to compare.

    Attributes
    ----------
    n_recorded, n_model
        Spikes; the mean over repeats where there are several.
    rms
        Of simulated minus recorded, the spikes of both left out.
    spread
        Standard deviation of the recorded values there.
    phase_rms
        Of the mean voltage between two spikes, each side aligned on its own spikes.
    troughs
        Median lowest voltage between two spikes: recorded, in the model.
    noise
        Standard deviation of the fast noise of the recorded values.
    compared
        Part of the sweep that has a recorded value.
    """

    label: str
    is_held_out: bool
    n_recorded: float
    n_model: float
    rms: float
    spread: float
    phase_rms: float
    troughs: tuple[float, float]
    noise: float
    compared: float


def sweep_figures(
    prediction: Prediction, number: int, variable: str | None, *, is_volt: bool
) -> SweepFigures:
    """Return the figures of a sweep; without a variable, those of its spikes alone.

    Parameters
    ----------
    is_volt
        Whether the variable is a voltage, in which spikes can be seen.
    """
    sweep = prediction.recordings.recordings[number]
    modelled = None if prediction.spikes is None else prediction.spikes[number]
    recorded = list(sweep.spike_trains)
    unknown = float("nan")
    is_held_out = number in prediction.held_out
    if variable is None:
        return SweepFigures(
            label=sweep.label,
            is_held_out=is_held_out,
            n_recorded=float(np.mean([train.size for train in recorded])) if recorded else unknown,
            n_model=unknown if modelled is None else float(modelled.size),
            rms=unknown, spread=unknown, phase_rms=unknown, troughs=(unknown, unknown),
            noise=unknown, compared=unknown,
        )  # fmt: skip
    simulated = prediction.traces[variable][number]
    data = _on_grid(sweep, variable, simulated.size, prediction.dt)
    seen = _seen_spikes(sweep.traces[variable], sweep.dt) if is_volt else np.empty(0)
    train = recorded[0] if recorded else seen
    own = modelled
    if own is None:
        own = _seen_spikes(simulated, prediction.dt) if is_volt else np.empty(0)
    outside = _outside(np.concatenate([train, own]), simulated.size, prediction.dt)
    compared = outside & np.isfinite(data) & np.isfinite(simulated)
    return SweepFigures(
        label=sweep.label,
        is_held_out=is_held_out,
        n_recorded=float(np.mean([each.size for each in recorded]))
        if recorded
        else float(train.size),
        n_model=float(own.size),
        rms=_root_mean_square((simulated - data)[compared]),
        spread=float(np.std(data[compared])) if compared.any() else unknown,
        phase_rms=_phase_rms(
            _profile(sweep.traces[variable], train, sweep.dt),
            _profile(simulated, own, prediction.dt),
        ),
        troughs=(
            _trough(sweep.traces[variable], train, sweep.dt),
            _trough(simulated, own, prediction.dt),
        ),
        noise=_noise(sweep.traces[variable]),
        compared=float(np.isfinite(sweep.traces[variable]).mean()),
    )


def _on_grid(
    sweep: Recording, variable: str, n_steps: int, dt: float
) -> Float[np.ndarray, " n_steps"]:
    return on_simulation_grid(sweep.traces[variable], recorded_dt=sweep.dt, dt=dt, n_steps=n_steps)


def _seen_spikes(values: Float[np.ndarray, " n"], dt: float) -> Float[np.ndarray, " n_spikes"]:
    """Return the spikes that a voltage shows [s]; none if it does not rise far enough."""
    known = values[np.isfinite(values)]
    if not known.size or known.max() - np.median(known) < SPIKE_HEIGHT:
        return np.empty(0)
    level = (float(np.median(known)) + float(known.max())) / 2
    return np.asarray(upward_crossings(values, level) * dt)


def _outside(
    spikes: Float[np.ndarray, " n_spikes"], n_steps: int, dt: float
) -> Bool[np.ndarray, " n_steps"]:
    outside = np.ones(n_steps, dtype=bool)
    for spike in spikes:
        outside[max(0, int((spike - BEFORE) / dt)) : int((spike + AFTER) / dt) + 1] = False
    return outside


def _profile(
    values: Float[np.ndarray, " n"], spikes: Float[np.ndarray, " n_spikes"], dt: float
) -> Float[np.ndarray, " n_phases"]:
    """Return the mean voltage by phase of the interval; nan without a pair of spikes."""
    times = np.arange(values.size) * dt
    rows = []
    for first, last in pairwise(spikes.tolist()):
        margin = min(1.0, 0.6 * (last - first) / (BEFORE + AFTER))
        begin, end = first + margin * AFTER, last - margin * BEFORE
        rows.append(np.interp(np.linspace(begin, end, N_PHASES), times, values))
    known = [row for row in rows if np.isfinite(row).all()]
    return np.mean(known, axis=0) if known else np.full(N_PHASES, np.nan)


def _phase_rms(
    recorded: Float[np.ndarray, " n_phases"], simulated: Float[np.ndarray, " n_phases"]
) -> float:
    return float(np.sqrt(np.mean((recorded - simulated) ** 2)))


def _trough(
    values: Float[np.ndarray, " n"], spikes: Float[np.ndarray, " n_spikes"], dt: float
) -> float:
    steps = np.rint(spikes / dt).astype(int)
    pieces = [values[first + 1 : last] for first, last in pairwise(steps.tolist())]
    lowest = [float(piece.min()) for piece in pieces if piece.size and np.isfinite(piece).all()]
    return float(np.median(lowest)) if lowest else float("nan")


def _noise(values: Float[np.ndarray, " n"]) -> float:
    """Return the standard deviation of what changes from value to value."""
    bends = np.diff(values, n=2)
    known = bends[np.isfinite(bends)]
    return float(1.4826 * np.median(np.abs(known)) / np.sqrt(6)) if known.size else float("nan")


def _root_mean_square(values: Float[np.ndarray, " n"]) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else float("nan")


__all__ = ["SweepFigures", "sweep_figures"]

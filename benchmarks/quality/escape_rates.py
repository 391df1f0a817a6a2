"""Real cells under noise: a GIF whose threshold follows the voltage, fitted by its likelihood."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from brian2 import amp, ms, mV, second, volt

from benchmarks.quality.real_spikes import DT, recorded
from benchmarks.tables import Row, Table
from brianfit import (
    EscapeRateFit,
    GammaFactor,
    RecordingSet,
    compensate_electrode,
    cut,
    fit_voltage_threshold_gif,
    merge_repeats,
    predict,
    reliability,
    with_spikes,
)

DELTA = 4 * ms
N_TRIALS = 200
N_FITTED = 100_000
# Cell: level of spikes, what is asked of MD*, seconds of the processor, with and without gates.
CELLS = {
    "gif_l5": (0 * mV, 0.92, 4.0, (False,)),
    "DRN156_5HT": (-10 * mV, 0.76, 6.0, (False, True)),
    "DRN158_GABA": (-10 * mV, 0.76, 6.0, (False, True)),
    "DRN160_5HT": (-10 * mV, 0.52, 6.0, (False, True)),
}
GATED_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is fitted, what is predicted from `t_start` [s] on, and what of it is told.

    Attributes
    ----------
    told
        The predicted part alone, for what is scored given the recorded spikes.
    """

    fitted: RecordingSet
    tested: RecordingSet
    told: RecordingSet
    t_start: float


def run() -> Table:
    """Fit every cell, and score what it predicts as a set."""
    table = Table("Cells under noise, GIF whose threshold follows the voltage: MD* (4 ms)")
    for name, (level, asked, seconds, kinds) in CELLS.items():
        cell = read_gif_l5(level) if name == "gif_l5" else read_raphe(name, level)
        for potassium in kinds:
            fit_voltage_threshold_gif(cell.fitted, dt=0.1 * ms, potassium=potassium)  # compiles
            started = time.process_time()
            fit = fit_voltage_threshold_gif(cell.fitted, dt=0.1 * ms, potassium=potassium)
            spent = time.process_time() - started
            title = f"{name}, {'with' if potassium else 'without'} potassium currents"
            limit = GATED_SECONDS if potassium else seconds
            table.extend(rows(title, fit, cell, asked))
            table.extend([Row(f"{title}: processor time", spent, "s", at_most=limit)])
    return table


def rows(title: str, fit: EscapeRateFit, cell: Cell, asked: float) -> list[Row]:
    """Return what a fit predicts."""
    merged = merge_repeats(cell.tested)
    trials = predict(fit.result(), merged, n_trials=N_TRIALS).trials
    if trials is None:
        raise RuntimeError("No trials were simulated.")
    star = trials.md_star(DELTA, t_start=cell.t_start)
    rate = trials.explained_variance(10 * ms, t_start=cell.t_start)
    duration = float(trials.durations[0])
    gamma = GammaFactor(DELTA, time=duration, t_start=cell.t_start, rate_correction=False)
    common = trials.common_train(0, DELTA)
    errors = [gamma.calc([[common]], [train], DT)[0] for train in trials.recorded[0]]
    relative = reliability(merged, gamma.similarity()).relative(float(np.mean(errors)))
    told = fit.tell_spikes(cell.told)
    return [
        Row(f"{title}: MD* +- {star.standard_error:.2f}", star.value, "", at_least=asked),
        Row(f"{title}: common train, Gamma over reliability", relative, ""),
        Row(f"{title}: rate explained +- {rate.standard_error:.2f}", rate.value, ""),
        Row(f"{title}: bits +- {told.standard_error:.2f}", told.bits_per_spike, "a spike", 0.0),
        Row(f"{title}: time rescaling, distance (band {told.band:.3f})", told.distance, ""),
        Row(f"{title}: voltage explained, predicted", fit.explained(cell.told), ""),
    ]


def read_gif_l5(level: float) -> Cell:
    """Return 10 s of nine repeats, and all 20 s, of which the later half is scored."""
    with np.load(recorded("gif_l5/gif_test.npz")) as stored:
        currents, voltages, noise_i, noise_v = (
            stored[key].astype(np.float64) for key in ("I", "V", "Ielec", "Velec")
        )
    same = np.tile(currents.mean(axis=0), (len(currents), 1))
    whole = prepared(same, voltages, sweeps(noise_i[np.newaxis], noise_v[np.newaxis]), level)
    fitted = [
        replace(
            sweep,
            inputs={"I": sweep.inputs["I"][:N_FITTED]},
            traces={"v": sweep.traces["v"][:N_FITTED]},
            spike_trains=tuple(t[t < N_FITTED * DT] for t in sweep.spike_trains),
            duration=N_FITTED * DT,
        )
        for sweep in whole
    ]
    return Cell(
        fitted=whole.changed(fitted, "the first half"),
        tested=whole,
        told=cut(whole, start=N_FITTED * DT * second),
        t_start=N_FITTED * DT,
    )


def read_raphe(name: str, level: float) -> Cell:
    """Return 60 s of one noise, and ten repeats of 10 s of another."""
    with np.load(recorded(f"raphe/{name}.npz")) as stored:
        read = {
            f"{block}_{kind}": stored[f"{block}_{kind}_int16"]
            * float(stored[f"{block}_{kind}_scale_{unit}"])
            * factor
            for block in ("training", "test", "aec")
            for kind, unit, factor in (("V", "mV", 1e-3), ("I", "pA", 1e-12))
        }
    noise = sweeps(read["aec_I"], read["aec_V"])
    same = np.tile(read["test_I"].mean(axis=0), (len(read["test_I"]), 1))
    tested = prepared(same, read["test_V"], noise, level)
    return Cell(
        fitted=prepared(read["training_I"], read["training_V"], noise, level),
        tested=tested,
        told=tested,
        t_start=0.0,
    )


def prepared(
    currents: np.ndarray, voltages: np.ndarray, noise: RecordingSet, level: float
) -> RecordingSet:
    """Return sweeps with spikes, the electrode taken off the voltage."""
    found = with_spikes(sweeps(currents, voltages), level, refractory=2 * ms)
    return compensate_electrode(found, noise)


def sweeps(currents: np.ndarray, voltages: np.ndarray) -> RecordingSet:
    """Return sweeps of current [A] and voltage [V]."""
    return RecordingSet.from_arrays(
        dt=DT * second, inputs={"I": currents * amp}, traces={"v": voltages * volt}
    )

"""Which experiment next: errors of a refit after the chosen stimulus and after steps as long."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import Mohm, amp, ms, mV, nA, nS, pF, uS

from benchmarks.tables import Row, Table
from brianfit import (
    MSEMetric,
    OrnsteinUhlenbeck,
    Ramp,
    RecordingSet,
    Sine,
    Steps,
    TraceFitter,
    design,
    library,
)

DT = 0.05 * ms
NOISE = 0.5
N_CELLS = int(os.environ.get("BRIANFIT_CELLS", "10"))
N_REFITS = 8
SPREAD = 0.2
LIMITS = [-0.2, 0.6] * nA
BUDGET, SWEEP = 300 * ms, 100 * ms

HH = """
dv/dt = (gl*(-65*mV - v) - gna*m**3*h*(v - 50*mV) - gkd*n**4*(v + 90*mV) + I)/Cm : volt
dm/dt = 0.32/mV*(-50*mV - v)/(exp((-50*mV - v)/(4*mV)) - 1)/ms*(1 - m)
        - 0.28/mV*(v + 23*mV)/(exp((v + 23*mV)/(5*mV)) - 1)/ms*m : 1
dn/dt = 0.032/mV*(-48*mV - v)/(exp((-48*mV - v)/(5*mV)) - 1)/ms*(1 - n)
        - 0.5*exp((-53*mV - v)/(40*mV))/ms*n : 1
dh/dt = 0.128*exp((-46*mV - v)/(18*mV))/ms*(1 - h)
        - 4/(1 + exp((-23*mV - v)/(5*mV)))/ms*h : 1
gl : siemens (constant)
gna : siemens (constant)
gkd : siemens (constant)
Cm : farad (constant)
"""
CELLS: Mapping[str, tuple[Any, Mapping[str, Any], tuple[str, ...], Mapping[str, Any]]] = {
    "HH": (
        HH,
        {"gl": 10 * nS, "gna": 20 * uS, "gkd": 6 * uS, "Cm": 200 * pF},
        ("gl", "gna", "gkd", "Cm"),
        {"method": "exponential_euler", "param_init": {"v": -65 * mV}},
    ),
    "AdEx": (
        library.get("adex"),
        {
            "tau_m": 15 * ms, "R": 100 * Mohm, "EL": -70 * mV, "VT": -50 * mV, "DeltaT": 2 * mV,
            "V_peak": 0 * mV, "V_r": -58 * mV, "a": 0.2, "b": 2 * mV, "tau_w": 60 * ms,
            "t_ref": 1 * ms,
        },
        ("tau_m", "R", "DeltaT", "a", "b", "tau_w"),
        {"param_init": {"v": -70 * mV}},
    ),
}  # fmt: skip
"""Model, values around which cells are drawn, free parameters, arguments of the fitter."""

STEPS = Steps([0.1, 0.25, 0.4] * nA, start=10 * ms, stop=90 * ms)
STIMULI = (
    STEPS,
    Ramp(0 * nA, 0.5 * nA, start=5 * ms, stop=95 * ms),
    Sine(0.2 * nA, frequency=20 * ms**-1 / 1000, start=0 * ms, stop=100 * ms, holding=0.2 * nA),
    OrnsteinUhlenbeck(0.2 * nA, 0.15 * nA, tau=5 * ms, seed=1),
)


def run() -> Table:
    """Design an experiment for every cell, do it in simulation, and refit."""
    table = Table(f"Relative standard deviation after {BUDGET} of the chosen stimulus, over steps")
    for kind in CELLS:
        found = [ratio(kind, number) for number in range(N_CELLS)]
        listed = ", ".join(f"{one:.2f}" for one in found)
        table.extend([Row(f"{kind}: {listed}; the largest", max(found), "", at_most=0.7)])
    return table


def ratio(kind: str, number: int) -> float:
    """Return the mean relative deviation of a refit after the chosen stimulus, over steps."""
    generator = np.random.default_rng([number, len(kind)])
    truth = drawn(kind, generator)
    before = rows_of(Steps(0.3 * nA, start=10 * ms, stop=60 * ms), 1)
    first = fitter_of(kind, truth, before, generator)
    first.fit(
        metric=MSEMetric(), n_rounds=1, callback=None, seed=1, params=box(kind, truth), n_repeats=1
    )
    chosen = design(first, STIMULI, budget=BUDGET, duration=SWEEP, limits={"I": LIMITS}, n_tries=64)
    protocol = [np.asarray(sweep.inputs["I"]) for sweep in chosen.recordings()]
    after = deviation(kind, truth, before + protocol, generator)
    return after / deviation(kind, truth, before + rows_of(STEPS, 3), generator)


def deviation(kind: str, truth: Mapping[str, Any], rows: list[np.ndarray], generator: Any) -> float:
    """Return the mean over parameters of the relative deviation over refits with other noise."""
    _, _, free, _ = CELLS[kind]
    found = []
    for _ in range(N_REFITS):
        fitter = fitter_of(kind, truth, rows, generator)
        fitter.fit(metric=MSEMetric(), n_rounds=0, callback=None, params=box(kind, truth))
        best, _ = fitter.refine({name: truth[name] for name in free}, callback=None)
        found.append([float(best[name] / truth[name]) for name in free])
    return float(np.sqrt(np.mean((np.array(found) - 1.0) ** 2, axis=0)).mean())


def drawn(kind: str, generator: Any) -> dict[str, Any]:
    """Return the parameters of a cell."""
    _, centre, free, _ = CELLS[kind]
    shift = {name: float(np.exp(generator.normal(0, SPREAD))) for name in free}
    return {name: value * shift.get(name, 1.0) for name, value in centre.items()}


def box(kind: str, truth: Mapping[str, Any]) -> dict[str, Any]:
    """Return bounds around the truth, and the parameters that are known; a start at the truth."""
    from brianfit import Parameter

    _, _, free, _ = CELLS[kind]
    known = {name: Parameter(fixed=value) for name, value in truth.items() if name not in free}
    return {
        **known,
        **{
            name: Parameter(truth[name] / 3, truth[name] * 3, scale="log", value=truth[name])
            for name in free
        },
    }


def fitter_of(
    kind: str, truth: Mapping[str, Any], rows: list[np.ndarray], generator: Any
) -> TraceFitter:
    """Return a fitter of noisy responses of a cell to currents [A]."""
    model, _, _, arguments = CELLS[kind]
    inputs = {"I": [row * amp for row in rows]}
    nothing = {"v": [np.full(row.size, np.nan) * mV for row in rows]}
    empty = RecordingSet.from_arrays(dt=DT, inputs=inputs, traces=nothing)
    made = TraceFitter(model, empty, dt=DT, n_samples=10, **arguments)
    voltage = made.generate("v", params=truth)
    noisy = [
        voltage[k][: row.size] + generator.normal(0.0, NOISE, row.size) * mV
        for k, row in enumerate(rows)
    ]
    recorded = RecordingSet.from_arrays(dt=DT, inputs=inputs, traces={"v": noisy})
    return TraceFitter(model, recorded, dt=DT, n_samples=10, **arguments)


def rows_of(stimulus: Any, n_sweeps: int) -> list[np.ndarray]:
    """Return the waveforms of a stimulus [A]."""
    return list(np.asarray(stimulus.array(dt=DT, duration=SWEEP, n_sweeps=n_sweeps)))

"""How often intervals hold the truth: models whose data are made, with noise that is partly slow.

Nominal 95 % intervals of `fitter.uncertainty`, and those that take all residuals for independent,
of all parameters together. Slow noise has the size of the case and the time constant of the row,
white noise has the share of it that the row tells. Where residuals amount to fewer than 20
independent ones a parameter, the intervals must come with a warning instead.
``BRIANFIT_DATA_SETS`` sets the number of data sets a row; a figure from few of them is uncertain by
2.2 % / sqrt(number / 100) per parameter.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import amp, ms, mV, nS, pF, uS, volt

from benchmarks.quality.hh_traces import CONSTANTS, EQUATIONS
from benchmarks.tables import Row, Table
from brianfit import CMAESOptimizer, MSEMetric, Parameter, TraceFitter
from brianfit.results import Uncertainty

N_DATA_SETS = int(os.environ.get("BRIANFIT_DATA_SETS", "60"))
NOISES = (
    (0.0, 1.0),
    (2e-3, 0.3),
    (2e-3, 1.0),
    (10e-3, 0.3),
    (10e-3, 1.0),
    (30e-3, 0.3),
    (30e-3, 1.0),
)
LOWEST, HIGHEST = 0.91, 0.97
FEW = 20.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """A model, its stimulus, and the truth."""

    equations: str
    truth: Mapping[str, Any]
    current: Any
    dt: Any
    sigma: float
    settings: Mapping[str, Any]
    fixed: Mapping[str, Any] = field(default_factory=dict)


PASSIVE = """
dv/dt = (gL*(EL - v) + I)/C : volt
gL : siemens (constant)
EL : volt (constant)
C : farad (constant)
"""
ADEX = """
dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) - w + I)/C : volt
dw/dt = (a*(v - EL) - w)/tau_w : amp
gL : siemens (constant)
C : farad (constant)
a : siemens (constant)
tau_w : second (constant)
"""


def steps_of_current(amplitudes: np.ndarray, duration: float, dt: float) -> np.ndarray:
    """Return sweeps with a step from a tenth to seven tenths of their length [A]."""
    n_steps = round(duration / dt)
    current = np.zeros((len(amplitudes), n_steps))
    current[:, n_steps // 10 : 7 * n_steps // 10] = amplitudes[:, np.newaxis]
    return current


CASES = {
    "passive": Case(
        equations=PASSIVE,
        truth={"gL": 10 * nS, "EL": -70 * mV, "C": 200 * pF},
        current=steps_of_current(np.array([-100, -60, -30, 30, 50, 70]) * 1e-12, 0.6, 2e-4) * amp,
        dt=0.2 * ms,
        sigma=1e-3,
        settings={"method": "exponential_euler", "param_init": {"v": "EL"}},
    ),
    "AdEx below threshold": Case(
        equations=ADEX,
        truth={"gL": 10 * nS, "C": 200 * pF, "a": 6 * nS, "tau_w": 60 * ms},
        current=steps_of_current(np.array([-100, -70, -40, 40, 60, 80]) * 1e-12, 0.8, 2e-4) * amp,
        dt=0.2 * ms,
        sigma=1e-3,
        settings={
            "method": "euler",
            "param_init": {"v": -70 * mV},
            "namespace": {"EL": -70 * mV, "VT": -45 * mV, "DeltaT": 2 * mV},
        },
    ),
    "HH below threshold": Case(
        equations=EQUATIONS,
        truth={"gl": 10 * nS, "Cm": 200 * pF},
        fixed={"g_na": 20 * uS, "g_kd": 6 * uS},
        current=steps_of_current(np.array([-120, -80, -40, 30]) * 1e-12, 0.5, 1e-4) * amp,
        dt=0.1 * ms,
        sigma=1e-3,
        settings={
            "method": "exponential_euler",
            "param_init": {"v": -65 * mV},
            "namespace": {**CONSTANTS, "VT": -55 * mV},
        },
    ),
    "HH spiking": Case(
        equations=EQUATIONS,
        truth={"gl": 10 * nS, "g_na": 20 * uS, "g_kd": 6 * uS, "Cm": 200 * pF},
        current=steps_of_current(np.array([200, 400, 600, 800]) * 1e-12, 0.3, 5e-5) * amp,
        dt=0.05 * ms,
        sigma=1e-3,
        settings={
            "method": "exponential_euler",
            "param_init": {"v": -65 * mV},
            "namespace": {**CONSTANTS, "VT": -63 * mV},
        },
    ),
}


def run() -> Table:
    """Measure coverage, case by case."""
    table = Table(f"Coverage of nominal 95 %: {N_DATA_SETS} data sets a row")
    for name, case in CASES.items():
        for time_constant, white in NOISES:
            table.extend(rows(name, case, time_constant, white))
    return table


def rows(name: str, case: Case, time_constant: float, white: float) -> list[Row]:
    """Return the coverage under one noise."""
    hits, naive, independent, warned, withheld = [], [], [], [], 0
    clean = traces(case)
    for seed in range(N_DATA_SETS):
        found = estimated(
            case,
            clean
            + case.sigma
            * noise(case, time_constant, white, [round(1e3 * time_constant + white), seed]),
        )
        if found.is_withheld:
            withheld += 1
            continue
        held, alone = covered(case, found)
        hits.append(held)
        naive.append(alone)
        independent.append(found.n_independent / len(case.truth))
        warned.append(any("fewer than" in note for note in found.notes))
    label = f"{name}, {1e3 * time_constant:.0f} ms + {white:g}"
    coverage, n_independent = float(np.mean(hits)), float(np.median(independent))
    enough = n_independent >= FEW
    return [
        Row(f"{label}: coverage", coverage, "", at_least=LOWEST if enough else None),
        Row(f"{label}: coverage of naive intervals", float(np.mean(naive)), ""),
        Row(f"{label}: independent residuals a parameter", n_independent, ""),
        Row(f"{label}: data sets without intervals", withheld / N_DATA_SETS, ""),
        Row(
            f"{label}: data sets with a warning",
            float(np.mean(warned)),
            "",
            at_least=None if enough else 0.5,
        ),
    ]


def fitter_of(case: Case, output: np.ndarray) -> TraceFitter:
    """Return a fitter of traces [V]."""
    return TraceFitter(
        case.equations,
        {"I": case.current},
        {"v": output * volt},
        dt=case.dt,
        n_samples=2,
        **case.settings,
    )


def traces(case: Case) -> np.ndarray:
    """Return the traces of the truth [V]."""
    fitter = fitter_of(case, np.zeros(np.shape(case.current)))
    return np.asarray(fitter.generate(params={**case.truth, **case.fixed}, output_var="v"))


def noise(case: Case, time_constant: float, white: float, seed: list[int]) -> np.ndarray:
    """Return slow noise of size 1 and white noise; without a time constant the latter alone."""
    from scipy.signal import lfilter

    rng = np.random.default_rng(seed)
    shape = np.shape(case.current)
    fast = white * rng.standard_normal(shape)
    if time_constant == 0:
        return fast
    memory = float(np.exp(-float(case.dt) / time_constant))
    start = memory * rng.standard_normal((shape[0], 1))
    driving = np.sqrt(1 - memory**2) * rng.standard_normal(shape)
    return fast + lfilter([1.0], [1.0, -memory], driving, axis=1, zi=start)[0]


def estimated(case: Case, output: np.ndarray) -> Uncertainty:
    """Return the uncertainty of a fit that begins at the truth."""
    fitter = fitter_of(case, output)
    bounds = {name: Parameter(fixed=value) for name, value in case.fixed.items()}
    for name, value in case.truth.items():
        ends = sorted([0.3 * value, 3 * value])
        bounds[name] = Parameter(*ends, scale="linear", value=value)
    # Intervals are tried here, not the search: it begins at the truth.
    fitter.fit(CMAESOptimizer(), metric=MSEMetric(), n_rounds=1, seed=1, callback=None, **bounds)
    return fitter.uncertainty()


def covered(case: Case, found: Uncertainty) -> tuple[float, float]:
    """Return which part of the parameters the intervals hold, and the naive ones."""
    errors = found.standard_errors
    held, alone = [], []
    for name, value in case.truth.items():
        one = found.intervals[name]
        low, high = one.limits[1]
        held.append(not (float(value) < low or float(value) > high))
        width = 1.96 * errors[name] / found.naive_ratio[name]
        alone.append(abs(float(value) - one.value) <= width)
    return float(np.mean(held)), float(np.mean(alone))

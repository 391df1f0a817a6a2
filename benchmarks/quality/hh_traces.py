"""The Hodgkin-Huxley example of the older toolbox: four parameters, five traces of 15 ms.

1,800 evaluations with the default optimizer, then a local refinement. The recordings are read from
the folder ``shared`` beside the checkout, or from the one named by ``BRIANFIT_SHARED``; the older
toolbox ends between 4.3 and 17.7 mV^2 on them.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from brian2 import amp, cm, ms, mV, siemens, uF, um

from benchmarks.shared_folder import shared_folder
from benchmarks.tables import Row, Table
from brianfit import MSEMetric, TraceFitter

EQUATIONS = """
dv/dt = (gl*(El - v) - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK) + I)/Cm : volt
dm/dt = 0.32*(mV**-1)*(13.*mV - v + VT)/(exp((13.*mV - v + VT)/(4.*mV)) - 1.)/ms*(1 - m)
        - 0.28*(mV**-1)*(v - VT - 40.*mV)/(exp((v - VT - 40.*mV)/(5.*mV)) - 1.)/ms*m : 1
dn/dt = 0.032*(mV**-1)*(15.*mV - v + VT)/(exp((15.*mV - v + VT)/(5.*mV)) - 1.)/ms*(1. - n)
        - .5*exp((10.*mV - v + VT)/(40.*mV))/ms*n : 1
dh/dt = 0.128*exp((17.*mV - v + VT)/(18.*mV))/ms*(1. - h)
        - 4./(1 + exp((40.*mV - v + VT)/(5.*mV)))/ms*h : 1
g_na : siemens (constant)
g_kd : siemens (constant)
gl : siemens (constant)
Cm : farad (constant)
"""
CONSTANTS = {"El": -65 * mV, "EK": -90 * mV, "ENa": 50 * mV, "VT": -63 * mV}
AREA = 20_000 * um**2
BOUNDS = {
    "gl": [1e-9 * siemens, 1e-7 * siemens],
    "g_na": [2e-6 * siemens, 2e-4 * siemens],
    "g_kd": [6e-7 * siemens, 6e-5 * siemens],
    "Cm": [0.1 * uF / cm**2 * AREA, 2 * uF / cm**2 * AREA],
}
SEEDS = (1, 2, 3, 4, 5)
N_SAMPLES, N_ROUNDS = 40, 45
ENOUGH = 3.6  # mV^2, after the refinement


def run() -> Table:
    """Fit with every seed."""
    folder = shared_folder() / "data" / "hh_traces"
    table = Table(f"HH traces: {N_SAMPLES * N_ROUNDS} evaluations, then refine()")
    refined = []
    for seed in SEEDS:
        fitted, polished, seconds = fit(folder, seed)
        refined.append(polished)
        table.extend(
            [
                Row(f"seed {seed}: error after fit()", fitted, "mV^2"),
                Row(f"seed {seed}: error after refine()", polished, "mV^2", at_most=ENOUGH),
                Row(f"seed {seed}: time", seconds, "s"),
            ]
        )
    n_good = sum(error <= ENOUGH for error in refined)
    table.extend([Row(f"seeds that reach {ENOUGH} mV^2", n_good, "of 5", at_least=4)])
    return table


def fit(folder: Path, seed: int) -> tuple[float, float, float]:
    """Return the error after the fit and after the refinement [mV^2], and the time [s]."""
    started = time.perf_counter()
    fitter = TraceFitter(
        EQUATIONS,
        {"I": read_traces(folder / "input_traces_hh.csv") * amp},
        {"v": read_traces(folder / "output_traces_hh.csv") * mV},
        dt=0.01 * ms,
        n_samples=N_SAMPLES,
        method="exponential_euler",
        param_init={"v": "VT"},
        namespace=CONSTANTS,
    )
    metric = MSEMetric(t_start=5 * ms)
    fitter.fit(n_rounds=N_ROUNDS, metric=metric, callback=None, seed=seed, **BOUNDS)
    fitted = fitter.result.error * 1e6
    fitter.refine(callback=None)
    return fitted, fitter.result.error * 1e6, time.perf_counter() - started


def read_traces(file: Path) -> np.ndarray:
    """Return the traces of a file whose first row and column are indices."""
    return np.loadtxt(file, delimiter=",", skiprows=1, ndmin=2)[:, 1:]

"""A small fit that ends in a moment: a leaky membrane recorded under two steps of current."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

TRUTH = {"EL": -70e-3, "R": 100e6, "tau": 10e-3}

PROBLEM = """
[recording]
files = ["cell.csv"]

[model]
equations = '''
dv/dt = (EL - v + R*I)/tau : volt
EL : volt (constant)
R : ohm (constant)
tau : second (constant)
'''
method = "exact"
initial = { v = "EL" }

[parameters]
EL = ["-90 mV", "-50 mV"]
R = ["10 Mohm", "1000 Mohm"]
tau = "10 ms"

[fit]
outputs = ["v"]
dt = "0.5 ms"
rounds = 4
samples = 10
seed = 1
optimizer = "cmaes"

[held_out]
sweeps = [1]
"""


def write_problem(folder: Path, text: str = PROBLEM) -> Path:
    """Write recording and problem file; return the path of the latter."""
    dt, time = 0.5e-3, np.arange(200) * 0.5e-3
    columns = {"time [ms]": 1e3 * time}
    for k, level in enumerate((50e-12, 100e-12)):
        current = np.where((time >= 20e-3) & (time < 80e-3), level, 0.0)
        voltage = np.full(time.size, TRUTH["EL"])
        for n in range(1, time.size):  # exact for a current that is constant over each step
            steady = TRUTH["EL"] + TRUTH["R"] * current[n - 1]
            voltage[n] = steady + (voltage[n - 1] - steady) * np.exp(-dt / TRUTH["tau"])
        columns[f"I {k} [pA]"] = 1e12 * current
        columns[f"v {k} [mV]"] = 1e3 * voltage
    pd.DataFrame(columns).to_csv(folder / "cell.csv", index=False, float_format="%.12g")
    path = folder / "cell.toml"
    path.write_text(text)
    return path

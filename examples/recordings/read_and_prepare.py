"""
Read a table, correct it, fit
=============================

A table of sweeps is read, corrected for what the amplifier added, and a model is fitted to what
is left. The table is made by Brian's equations here; `brianfit.read` reads ABF and NWB files just
the same.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from brian2 import Mohm, ms, mV, pA
from matplotlib import pyplot as plt

import brianfit as bf

TRUTH = {"EL": -70 * mV, "R": 150 * Mohm, "tau": 15 * ms}
EQUATIONS = """
dv/dt = (EL - v + R*I)/tau : volt
EL : volt (constant)
R : ohm (constant)
tau : second (constant)
"""
JUNCTION, SERIES, DT = 10 * mV, 20 * Mohm, 0.1 * ms

# %%
# Two sweeps as an amplifier writes them: with its offset, its series resistance, its noise.
steps = bf.Steps([40, 80] * pA, start=50 * ms, stop=250 * ms)
current = steps.array(dt=DT, duration=300 * ms)
unknown = np.zeros(current.shape) * mV
cell = bf.TraceFitter(EQUATIONS, {"I": current}, {"v": unknown}, dt=DT, param_init={"v": "EL"})
voltage = cell.generate("v", params=TRUTH) + SERIES * current + JUNCTION
noise = np.random.default_rng(1).normal(0, 0.3, voltage.shape)
columns = {"time [ms]": np.arange(current.shape[1]) * 0.1}
for k in range(2):
    columns[f"I {k} [pA]"] = current[k] / pA
    columns[f"v {k} [mV]"] = voltage[k] / mV + noise[k]
table = Path(tempfile.mkdtemp()) / "cell.csv"
pd.DataFrame(columns).to_csv(table, index=False)

# %%
# Reading tells what was found; every correction is written down in the history.
cell = bf.read(table)
cell = bf.subtract_junction_potential(cell, JUNCTION)
cell = bf.compensate_series_resistance(cell, SERIES)
cell = bf.low_pass(cell, 1e3)
print(cell, *cell.history, sep="\n")
cell.plot()

# %%
fitter = bf.TraceFitter(EQUATIONS, cell, dt=DT, param_init={"v": "EL"})
bounds = {"EL": [-90, -50] * mV, "R": [10, 1000] * Mohm, "tau": [1, 100] * ms}
fitter.fit(n_rounds=8, callback=None, seed=1, params=bounds)
fitter.refine(callback=None)
print(fitter.result)
print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))
plt.show()

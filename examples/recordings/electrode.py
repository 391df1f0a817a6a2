"""
An electrode that was not compensated
=====================================

Through one electrode the recorded voltage is that of the cell plus that of the electrode. Ten
seconds of weak noise tell the electrode apart by its speed, and it is subtracted from the rest.
"""

import numpy as np
from brian2 import amp, ms, mV, pA, second, volt
from matplotlib import pyplot as plt
from scipy.signal import lfilter

import brianfit as bf

STEP = 1e-4  # s
MEMBRANE, ELECTRODE = (150e6, 15e-3), (30e6, 0.3e-3)  # resistance [ohm], time constant [s]


def answer(current, resistance, tau):
    """Return the voltage of a resistance and a capacitance in parallel."""
    keep = np.exp(-STEP / tau)
    return lfilter([0.0, resistance * (1 - keep)], [1.0, -keep], current)


def recording(sigma, seconds, seed):
    """Return what is recorded under noise, and what the cell did."""
    noise = bf.OrnsteinUhlenbeck(0 * pA, sigma, tau=3 * ms, seed=seed)
    current = noise.array(dt=STEP * second, duration=seconds * second)[0] / amp
    cell = -0.07 + answer(current, *MEMBRANE)
    measured = (
        cell + answer(current, *ELECTRODE) + np.random.default_rng(seed).normal(0, 1e-4, cell.size)
    )
    return bf.RecordingSet.from_arrays(
        dt=STEP * second, inputs={"I": current * amp}, traces={"v": measured * volt}
    ), cell


weak, _ = recording(30 * pA, 10, seed=1)
raw, cell = recording(150 * pA, 2, seed=2)
compensated = bf.compensate_electrode(raw, weak)
print(compensated.history[-1])

# %%
# The voltage of the cell itself is known here, as it was made.
shown = slice(5000, 6000)
times = np.arange(1000) * STEP * 1e3
for label, found in {"recorded": raw, "compensated": compensated}.items():
    voltage = found.recordings[0].traces["v"]
    off = np.sqrt(np.mean((voltage - cell) ** 2)) * volt
    print(f"{label}: {off / mV:.2f} mV off")
    plt.plot(times, voltage[shown] * 1e3, label=label)
plt.plot(times, cell[shown] * 1e3, "k--", label="the cell")
plt.xlabel("time (ms)")
plt.ylabel("voltage (mV)")
plt.legend()
plt.show()

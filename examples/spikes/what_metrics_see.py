"""
What each spike metric sees
===========================

The spikes of a train are moved by more and more, and each metric says how far apart the two
trains are. A metric with a small window is soon at its end, and a search has nothing to follow
there; others go on rising.
"""

import numpy as np
from brian2 import Hz, ms, second
from matplotlib import pyplot as plt

import brianfit as bf

METRICS = {
    "Gamma, 2 ms": bf.GammaFactor(2 * ms),
    "Gamma, 8 ms": bf.GammaFactor(8 * ms),
    "several windows": bf.MultiWindowGamma([2, 4, 8, 16, 32] * ms),
    "van Rossum, 10 ms": bf.VanRossum(10 * ms),
    "Victor-Purpura, 100 Hz": bf.VictorPurpura(100 * Hz),
    "SPIKE distance": bf.SPIKEDistance(),
    "ISI distance": bf.ISIDistance(),
    "count": bf.SpikeCount(),
}
SHIFTS = np.array([0.0, 0.5, 1, 2, 4, 8, 16])  # ms
rng = np.random.default_rng(1)
train = np.sort(rng.uniform(0.05, 1.95, 30))
moves = rng.normal(0, 1, (len(SHIFTS), 30)) * SHIFTS[:, np.newaxis] * 1e-3

# %%
# The moved train as a second repeat: the error of one repeat against the other is the distance.
nothing = np.zeros((1, 20_000))
figure, axes = plt.subplots(layout="constrained")
for name, metric in METRICS.items():
    errors = []
    for row in moves:
        repeats = [train * second, np.sort(np.clip(train + row, 0.001, 1.999)) * second]
        pair = bf.RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": nothing}, spikes=[repeats])
        errors.append(bf.reliability(pair, metric).error)
    print(f"{name}: {np.round(errors, 3)}")
    axes.plot(SHIFTS, np.array(errors) / max(*errors, 1e-12), "o-", label=name)
axes.set_xscale("symlog", linthresh=0.5)
axes.set_xticks(SHIFTS, SHIFTS)
axes.set(xlabel="how far spikes are moved, standard deviation [ms]", ylabel="error / largest error")
axes.legend(fontsize="small")
plt.show()

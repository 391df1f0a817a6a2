"""
Scored on what it has not seen
==============================

Every sweep is held out once, the model is fitted to the others and scored on it. An error that is
much larger on what was held out means that the model has learnt these sweeps, not this cell.
"""

from brian2 import ms, mV
from matplotlib import pyplot as plt

import brianfit as bf

cell = bf.until_first_spike(bf.example_recording("B6"))
leaky = bf.Fitter(bf.library.LIF, cell, dt=0.25 * ms, n_samples=20)
adex = bf.Fitter(bf.library.ADEX, cell, dt=0.25 * ms, n_samples=20)
metric = {
    "v": bf.MSEMetric(normalization=5 * mV),
    "spikes": bf.FirstSpikeLatency(normalization=50 * ms),
}

figure, axes = plt.subplots(layout="constrained")
for place, (name, fitter) in enumerate({"LIF": leaky, "AdEx": adex}.items()):
    found = bf.cross_validate(fitter, by="sweep", metric=metric, n_rounds=25, seed=1)
    print(f"{name}\n{found}")
    for offset, role in ((-0.1, "train"), (0.1, "test")):
        errors = [getattr(fold, role).error for fold in found.folds]
        label = {"train": "fitted", "test": "held out"}[role] if place == 0 else None
        colour = {"train": "black", "test": "#D55E00"}[role]
        axes.plot([place + offset] * len(errors), errors, "o", color=colour, label=label)
axes.set_xticks([0, 1], ["LIF", "AdEx"])
axes.set(ylabel="error", yscale="log")
axes.legend()
plt.show()

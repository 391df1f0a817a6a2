"""
A page for a colleague, a script for Brian
==========================================

One page shows recordings, model, parameters and scores; it works offline and on paper. A script
holds the fitted model for Brian 2 alone.
"""

import tempfile
from pathlib import Path

from brian2 import ms, mV, second
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_spike_raster

cell = bf.example_recording("B6")
fitter = bf.Fitter(
    bf.library.ADEX, bf.until_first_spike(cell[[0, 2, 4]]), dt=0.1 * ms, n_samples=30
)
metric = {"v": bf.MSEMetric(normalization=5 * mV), "spikes": bf.FiringPattern(t_start=0.7 * second)}
fitter.fit(metric=metric, n_rounds=60, callback=None, seed=1)

folder = Path(tempfile.mkdtemp())
page = fitter.result.report(folder / "cell.html", recordings=cell, held_out=[1, 3])
print(f"{page.name}: {page.stat().st_size / 1e6:.1f} MB")

script = bf.brian_script(fitter.result)
print("\n".join(script.splitlines()[:25]))

# %%
# One of the figures of the page.
plot_spike_raster(bf.predict(fitter.result, cell, held_out=[1, 3]))
plt.show()

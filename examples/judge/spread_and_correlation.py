"""
How sure are the parameters of a fit?
=====================================

Samples that are nearly as good as the best one are asked two questions: how far do they spread
between the bounds, and do parameters go together among them?
"""

from brian2 import ms, mV, second
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_correlation, plot_parameter_spread

cell = bf.until_first_spike(bf.example_recording("B6")[[0, 2, 4]])
fitter = bf.Fitter(bf.library.ADEX, cell, dt=0.1 * ms, n_samples=30)
metric = {"v": bf.MSEMetric(normalization=5 * mV), "spikes": bf.FiringPattern(t_start=0.7 * second)}
fitter.fit(metric=metric, n_rounds=80, callback=None, seed=1)
print(fitter.result.diagnostics())

plot_parameter_spread(fitter.result)
plot_correlation(fitter.result)
plt.show()

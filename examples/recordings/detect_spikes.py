"""
Look at the spikes before fitting them
======================================

A spike that was missed, or invented, changes every score that follows. A mark at every spike, and
all spikes laid over each other, show in a glance whether the level is right.
"""

from brian2 import ms, mV
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_spike_detection

cell = bf.example_recording("B6")
print(f"a level from the recording itself: {bf.spike_level(cell)}")
for level in (-40 * mV, -10 * mV, 30 * mV):
    counts = [s.spike_trains[0].size for s in bf.with_spikes(cell, level, refractory=2 * ms)]
    print(f"spikes above {level}: {counts}")

plot_spike_detection(bf.with_spikes(cell, -10 * mV, refractory=2 * ms), sweep=1)
plt.show()

"""
Which model describes a cell?
=============================

Every model is fitted to all sweeps but one, from bounds around what these say about the cell, and
scored on the sweep that was left out; each sweep in turn. Of models that do equally well, the
simplest is chosen.
"""

from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.data import around_step

cell = bf.example_recording("B6")
cell = bf.cut(cell, *around_step(cell))

compared = bf.compare(cell, ["lif", "adex"], n_rounds=12)
print(compared)

# %%
# The table has the difference to the best model with its paired standard error: sweeps that are
# difficult are so for every model, and do not count.
print(compared.table[["n_parameters", "score", "difference", "difference_se"]])

compared.plot()
plt.show()

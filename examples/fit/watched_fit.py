"""
Watch a fit, and stop it
========================

A store can be read while a fit writes to it: in a terminal with ``brianfit watch cell.fit``, as a
page with ``--browser``, or as here from Python. A request ends the fit after its round.
"""

import tempfile
from pathlib import Path

from brian2 import ms
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.watching import Watched

cell = bf.until_first_spike(bf.example_recording("B6"))[[0, 2, 4]].without_spikes()
fitter = bf.TraceFitter(bf.library.LIF, cell, dt=0.2 * ms, n_samples=30)
store = bf.Store(Path(tempfile.mkdtemp()) / "cell.fit")
watched = Watched(store.path)


def look(*told):
    """Do what another process would: look every ten rounds, and stop the fit when it stands."""
    number_of_round = told[4]
    if number_of_round % 10 == 9:
        frame = watched.frames()[0]
        print(f"{frame.error_text}; {frame.sentence}")
        if frame.is_stuck:
            store.ask_to_stop()


fitter.fit(n_rounds=500, callback=look, store=store.path, seed=1)
print(fitter.result.stop_reason)

# %%
# What is shown of the fit, at its end.
frame = watched.frames()[0]
for row in frame.parameters:
    print(row.name, row.value, f"in [{row.low}, {row.high}]" if row.place is not None else "")

# %%
# The lowest error so far, as the terminal and the page draw it.
plt.semilogy(frame.course.evaluations, frame.course.errors, drawstyle="steps-post")
plt.xlabel("evaluations")
plt.ylabel("lowest error [SI]")
plt.show()

"""
Stop a fit, and go on another day
=================================

A fit that writes a store may be ended at any time, by Ctrl-C, a power cut or a limit of time: it
goes on from the last finished round, and ends with the same numbers as one that nobody disturbed.
"""

import tempfile
from pathlib import Path

import numpy as np
from brian2 import ms, mV, nA, nS, pF
from matplotlib import pyplot as plt

import brianfit as bf
from brianfit.plots import plot_convergence

EQUATIONS = """
dv/dt = (g*(-70*mV - v) + I)/C : volt
g : siemens (constant)
C : farad (constant)
"""
BOUNDS = {"g": [1 * nS, 100 * nS], "C": [10 * pF, 1000 * pF]}

moments = np.arange(300) * 0.1  # ms
current = np.where(moments > 5, 0.1, 0.0)[np.newaxis] * nA
rise = np.where(moments > 5, 10 * (1 - np.exp(-(moments - 5) / 10)), 0)
recorded = (-70 + rise)[np.newaxis] * mV
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}


def new_fitter() -> bf.TraceFitter:
    """Return a fitter that knows nothing of an earlier one."""
    return bf.TraceFitter(
        EQUATIONS, {"I": current}, {"v": recorded}, n_samples=20, **arguments
    )  # fmt: skip


def ctrl_c_after_ten_rounds(_params, _errors, _best, _error, index, _info) -> bool:
    """Stand for the key; a callback that returns True ends a fit after the round."""
    return index == 9


# %%
# The first day: ended early. The second day: the same call in a new program.
store = Path(tempfile.mkdtemp()) / "cell.fit"
search = {"optimizer": bf.CMAESOptimizer(), "seed": 1, "n_rounds": 40, **BOUNDS}
first = new_fitter()
first.fit(store=store, callback=ctrl_c_after_ten_rounds, **search)
print(f"Kept after the first day: {bf.load(store).result.history.n_rounds} rounds")

second, undisturbed = new_fitter(), new_fitter()
second.fit(store=store, callback=None, **search)
undisturbed.fit(callback=None, **search)
errors = (second.result.history.errors, undisturbed.result.history.errors)
print(f"Same numbers as without the pause: {np.array_equal(*errors)}")

plot_convergence(second.result).axvline(200, linestyle=":", label="the pause")
plt.show()

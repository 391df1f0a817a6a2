"""
Many cells, many seeds
======================

Several cells are fitted with several seeds, in processes, into one table.
"""

import numpy as np
from brian2 import ms, mV, nA, nS, pF
from matplotlib import pyplot as plt

from brianfit import ProcessExecutor, TraceFitter, fit_many

EQUATIONS = """
dv/dt = (g*(-70*mV - v) + I)/C : volt
g : siemens (constant)
C : farad (constant)
"""
BOUNDS = {"g": [1 * nS, 100 * nS], "C": [10 * pF, 1000 * pF]}
CELLS = {"small": (5 * nS, 60 * pF), "middle": (9 * nS, 120 * pF), "large": (20 * nS, 300 * pF)}


def make_fitter(g, capacity):
    """Return a fitter of the response of a cell to two steps of current, with noise."""
    current = np.zeros((2, 600))
    current[:, 100:400] = [[0.05], [0.1]]
    arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}
    nothing = {"v": np.full(current.shape, np.nan) * mV}
    cell = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
    recorded = cell.generate("v", params={"g": g, "C": capacity})
    recorded += np.random.default_rng(1).normal(0, 0.2, current.shape) * mV
    return TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, n_samples=20, **arguments)


if __name__ == "__main__":  # processes import this file
    fitters = {name: make_fitter(*values) for name, values in CELLS.items()}
    with ProcessExecutor(2) as executor:
        fits = fit_many(fitters, seeds=[1, 2], executor=executor, n_rounds=20, **BOUNDS)
    print(fits.table[["name", "seed", "error", "g", "C", "evaluations"]])
    for name in fitters:
        print(name, fits.best(name).best_params)

    for name, found in fits.table.groupby("name"):
        plt.loglog(found.g / nS, found.C / pF, "o", label=name)
    plt.gca().set(xlabel="g [nS]", ylabel="C [pF]")
    plt.legend()
    plt.show()

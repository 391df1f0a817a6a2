"""Kill a fit in the middle, start it again, and see that it ends as if nothing had happened."""

import multiprocessing
import time

import numpy as np
from brian2 import ms, mV, nA, nS, pF

import brianfit
from brianfit import TraceFitter

EQUATIONS = """
dv/dt = (g*(-70*mV - v) + I)/C : volt
g : siemens (constant)
C : farad (constant)
"""
BOUNDS = {"g": [1 * nS, 100 * nS], "C": [10 * pF, 1000 * pF]}
STORE = "cell.fit"


def fit(store=None):
    """Fit a step of current; return what was found."""
    moments = np.arange(300) * 0.1
    current = np.where(moments > 5, 0.1, 0.0)[np.newaxis] * nA
    rise = 10 * (1 - np.exp(-(moments - 5) / 10))
    recorded = (-70 + np.where(moments > 5, rise, 0))[np.newaxis] * mV
    fitter = TraceFitter(
        EQUATIONS,
        {"I": current},
        {"v": recorded},
        dt=0.1 * ms,
        n_samples=20,
        method="exponential_euler",
        param_init={"v": -70 * mV},
    )
    fitter.fit(n_rounds=150, callback=None, seed=1, store=store, **BOUNDS)
    return fitter.result


if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=fit, args=(STORE,))
    process.start()
    n_rounds = 0
    while n_rounds < 20 and process.is_alive():
        time.sleep(0.05)
        try:
            n_rounds = brianfit.load(STORE).result.history.n_rounds
        except brianfit.BrianfitError:
            continue  # not begun yet
    process.kill()
    process.join()
    print(f"Killed after {brianfit.load(STORE).result.history.n_rounds} rounds.")

    resumed, undisturbed = fit(STORE), fit()
    same = np.array_equal(resumed.history.errors, undisturbed.history.errors)
    print(f"Same numbers as without the kill: {same}")
    print(resumed)

"""
An optimizer of your own
========================

A normal distribution is refitted to the best samples of each round.
"""

from typing import final

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

from brianfit import Optimizer, TraceFitter, calc_bounds
from brianfit.plots import plot_convergence

EQUATIONS = """dv/dt = (g*(E - v) + I)/C : volt
C : farad (constant)
g : siemens (constant)
E : volt (constant)"""
TRUTH = {"C": 0.2 * nF, "g": 8 * nS, "E": -68 * mV}
BOUNDS = {"C": [0.01 * nF, 1 * nF], "g": [1 * nS, 100 * nS], "E": [-90 * mV, -50 * mV]}


@final
class CrossEntropy(Optimizer):
    """Cross-entropy method; a quarter of the samples decide where the next ones lie."""

    def initialize(self, parameter_names, popsize, rounds, /, **bounds):
        self.low, self.high = np.array(calc_bounds(parameter_names, **bounds), dtype=float).T
        self.mean, self.std = (self.low + self.high) / 2, (self.high - self.low) / 3
        self.best, self.best_error = self.mean, np.inf
        return max(popsize, 10)

    def ask(self, n_samples):
        samples = self.generator.normal(self.mean, self.std, (n_samples, len(self.mean)))
        return np.clip(samples, self.low, self.high)

    def tell(self, parameters, errors):
        samples = parameters[np.argsort(errors)]
        if np.min(errors) < self.best_error:
            self.best, self.best_error = samples[0], np.min(errors)
        good = samples[: max(3, len(samples) // 4)]
        self.mean, self.std = good.mean(axis=0), good.std(axis=0)

    def recommend(self):
        return self.best


current = np.zeros((2, 1000))
current[:, 200:700] = [[-0.1], [0.1]]
arguments = {"dt": 0.1 * ms, "method": "exact", "param_init": {"v": -70 * mV}, "n_samples": 40}
nothing = {"v": np.full(current.shape, np.nan) * mV}
recorded = TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments).generate("v", TRUTH)

fitter = TraceFitter(EQUATIONS, {"I": current * nA}, {"v": recorded}, **arguments)
params, _ = fitter.fit(optimizer=CrossEntropy(), n_rounds=20, callback=None, seed=1, **BOUNDS)
print({name: f"{params[name]} (true: {value})" for name, value in TRUTH.items()})
plot_convergence(fitter.result)
plt.show()

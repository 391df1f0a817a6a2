"""
A front of compromises
======================

A passive membrane has no sag: it can match the lowest voltage of a cell with an h-current, or the
voltage at the end of the step, but not both. All compromises are found in one fit, and one is
chosen.
"""

import numpy as np
from brian2 import Mohm, ms, mV, pA, second
from matplotlib import pyplot as plt

from brianfit import FeatureMetric, HypervolumeStagnation, ParetoOptimizer, TraceFitter
from brianfit.plots import plot_pareto_front

WITH_SAG = """
dv/dt = (-(v + 70*mV) + 100*Mohm*(I + 4*nS*h*(-30*mV - v)))/(20*ms) : volt
dh/dt = (1/(1 + exp((v + 85*mV)/(5*mV))) - h)/(60*ms) : 1
"""
PASSIVE = """
dv/dt = (-(v + 70*mV) + R*I)/tau : volt
R : ohm (constant)
tau : second (constant)
"""
BOUNDS = {"R": [20 * Mohm, 500 * Mohm], "tau": [2 * ms, 100 * ms]}


def lowest(trace: np.ndarray, _dt: float) -> float:
    """Return the lowest voltage [V]."""
    return float(trace.min())


def at_the_end(trace: np.ndarray, _dt: float) -> float:
    """Return the voltage at the end of the step [V]."""
    return float(trace[-1])


current = np.zeros((1, 3000))
current[:, 500:] = -300
arguments = {"dt": 0.1 * ms, "param_init": {"v": -70 * mV}, "method": "euler"}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = TraceFitter(WITH_SAG, {"I": current * pA}, nothing, **arguments)
recorded = {"v": cell.generate("v", params={})}

fitter = TraceFitter(PASSIVE, {"I": current * pA}, recorded, n_samples=40, **arguments)
metric = FeatureMetric([(0.05 * second, 0.3 * second)], [lowest, at_the_end])
fitter.fit(
    optimizer=ParetoOptimizer(), metric=metric, stop=HypervolumeStagnation(n_rounds=10),
    n_rounds=60, seed=1, callback=None, **BOUNDS,
)  # fmt: skip
front = fitter.result.pareto_front()
print(front)
print("Compromise:", front.params(front.compromise()))
plot_pareto_front(fitter.result)
plt.show()

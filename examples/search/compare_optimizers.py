"""
Optimizers side by side
=======================

The same problem, the same number of samples, three seeds each. On smooth problems the default is
hard to beat; others are there for errors that jump.
"""

import numpy as np
from brian2 import ms, mV, nA, nF, nS
from matplotlib import pyplot as plt

import brianfit as bf

EQUATIONS = """
dv/dt = (g_leak*(-70*mV - v) + g_slow*x*(-90*mV - v) + I)/C : volt
dx/dt = (1/(1 + exp((-50*mV - v)/(6*mV))) - x)/tau : 1
C : farad (constant)
g_leak : siemens (constant)
g_slow : siemens (constant)
tau : second (constant)
"""
TRUTH = {"C": 0.1 * nF, "g_leak": 5 * nS, "g_slow": 8 * nS, "tau": 40 * ms}
BOUNDS = {name: [value / 10, value * 10] for name, value in TRUTH.items()}
OPTIMIZERS = {
    "the default": lambda: None,
    "CMA-ES": bf.CMAESOptimizer,
    "differential evolution": bf.DifferentialEvolution,
    "particle swarm": bf.ParticleSwarm,
}

current = np.zeros((2, 1500))
current[:, 200:1000] = [[0.1], [0.2]]
arguments = {"dt": 0.1 * ms, "method": "exponential_euler", "param_init": {"v": -70 * mV}}
nothing = {"v": np.full(current.shape, np.nan) * mV}
cell = bf.TraceFitter(EQUATIONS, {"I": current * nA}, nothing, **arguments)
recorded = cell.generate("v", params=TRUTH)
recorded += np.random.default_rng(1).normal(0, 0.2, current.shape) * mV

figure, axes = plt.subplots(layout="constrained")
for k, (name, make) in enumerate(OPTIMIZERS.items()):
    ends = []
    for seed in (1, 2, 3):
        fitter = bf.TraceFitter(
            EQUATIONS, {"I": current * nA}, {"v": recorded}, n_samples=20, **arguments
        )
        _, error = fitter.fit(n_rounds=40, optimizer=make(), callback=None, seed=seed, **BOUNDS)
        lowest = np.minimum.accumulate(fitter.result.history.errors) * 1e6
        axes.loglog(lowest, color=f"C{k}", label=name if seed == 1 else None)
        ends.append(round(float(error / mV**2), 4))
    print(f"{name}: {ends} mV^2")
axes.set(xlabel="evaluations", ylabel="lowest error so far [mV²]")
axes.legend()
plt.show()

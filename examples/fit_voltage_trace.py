"""Fit the conductances of a Hodgkin-Huxley model to voltage traces.

The recordings are made by Brian 2 here, so it is known what should be found.
"""

import brian2 as b2
import numpy as np
from brian2 import TimedArray, ms, mV, nA, nF, nS, uS

from brianfit import MSEMetric, TraceFitter

# Traub & Miles (1991) in the form of Destexhe et al. (1998), J Neurosci 18:3574.
EQUATIONS = """
dv/dt = (gl*(El - v) + gNa*m**3*h*(ENa - v) + gK*n**4*(EK - v) + I)/C : volt
dm/dt = 0.32/mV*4*mV/exprel((13*mV - u)/(4*mV))/ms*(1 - m)
        - 0.28/mV*5*mV/exprel((u - 40*mV)/(5*mV))/ms*m : 1
dn/dt = 0.032/mV*5*mV/exprel((15*mV - u)/(5*mV))/ms*(1 - n) - 0.5*exp((10*mV - u)/(40*mV))/ms*n : 1
dh/dt = 0.128*exp((17*mV - u)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - u)/(5*mV)))/ms*h : 1
u = v + 63*mV : volt
gl : siemens (constant)
gNa : siemens (constant)
gK : siemens (constant)
"""
CONSTANTS = {"El": -65 * mV, "ENa": 50 * mV, "EK": -90 * mV, "C": 0.2 * nF}
TRUTH = {"gl": 10 * nS, "gNa": 20 * uS, "gK": 6 * uS}
DT = 0.02 * ms


def record(current: np.ndarray) -> b2.Quantity:
    """Return voltages (n_traces, n_steps) for currents in nA, with 0.2 mV of noise."""
    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = DT
    namespace = {**CONSTANTS, "stimulus": TimedArray(current.T * nA, dt=DT)}
    model = EQUATIONS + "I = stimulus(t, i) : amp"
    neurons = b2.NeuronGroup(
        len(current), model, method="exponential_euler", namespace=namespace, name="cells"
    )
    neurons.set_states({"v": -65 * mV, **TRUTH})
    monitor = b2.StateMonitor(neurons, "v", record=True)
    b2.Network(neurons, monitor).run(current.shape[1] * DT)
    return monitor.v + np.random.default_rng(1).normal(0, 0.2, monitor.v.shape) * mV


if __name__ == "__main__":
    current = np.zeros((3, 1500))
    current[:, 250:] = [[0.1], [0.4], [0.8]]
    fitter = TraceFitter(
        EQUATIONS,
        {"I": current * nA},
        {"v": record(current)},
        dt=DT,
        method="exponential_euler",
        param_init={"v": -65 * mV},
        namespace=CONSTANTS,
    )
    bounds = {"gl": [1 * nS, 100 * nS], "gNa": [2 * uS, 200 * uS], "gK": [0.6 * uS, 60 * uS]}
    fitter.fit(n_rounds=25, metric=MSEMetric(t_start=2 * ms), callback=None, seed=1, **bounds)
    fitter.refine(callback=None)
    print(fitter.result)
    print("True values:", ", ".join(f"{name} = {value}" for name, value in TRUTH.items()))

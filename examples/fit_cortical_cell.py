"""Fit a cortical pyramidal cell with an AdEx model: three steps of current, to predict two others.

The model is that of Brette & Gerstner (2005), J Neurophysiol 94:3637, with a refractory period.
"""

from brian2 import Equations, ms, mV, nS, pA, pF, second

import brianfit as bf
from brianfit.plots import plot_overlay

FITTED, LEFT_OUT, DT = [0, 2, 4], [1, 3], 0.1 * ms
PARAMETERS = {
    "C": ("farad", bf.Parameter(50 * pF, 500 * pF, scale="log")),
    "gL": ("siemens", bf.Parameter(2 * nS, 40 * nS, scale="log")),
    "EL": ("volt", bf.Parameter(-80 * mV, -55 * mV)),
    "VT": ("volt", bf.Parameter(-60 * mV, -30 * mV)),
    "DeltaT": ("volt", bf.Parameter(0.5 * mV, 5 * mV)),
    "a": ("siemens", bf.Parameter(0 * nS, 20 * nS)),
    "tau_w": ("second", bf.Parameter(5 * ms, 500 * ms)),
    "b": ("amp", bf.Parameter(1 * pA, 500 * pA, scale="linear")),
    "Vr": ("volt", bf.Parameter(-60 * mV, -40 * mV)),
    "t_ref": ("second", bf.Parameter(0 * ms, 15 * ms)),
}
EQUATIONS = """
dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) + I - w)/C : volt (unless refractory)
dw/dt = (a*(v - EL) - w)/tau_w : amp
""" + "\n".join(f"{name} : {unit} (constant)" for name, (unit, _) in PARAMETERS.items())
SPIKE = {"threshold": "v > 0*mV", "reset": "v = Vr; w += b", "refractory": "t_ref"}
START = {"v": "EL"}


def main(seed: int = 1) -> list[int]:
    """Fit, predict, draw; return the spike counts of the model in all sweeps."""
    cell = bf.example_recording("B6")
    adex = bf.Model(equations=Equations(EQUATIONS), **SPIKE, method="euler", initial_values=START)
    fitter = bf.Fitter(adex, bf.until_first_spike(cell[FITTED]), dt=DT, n_samples=30)
    # Late spikes of a long step come at times that no model repeats; their rhythm can be compared.
    firing = bf.FiringPattern(t_start=0.7 * second)
    metric = {"v": bf.MSEMetric(normalization=5 * mV), "spikes": firing}
    bounds = {name: bound for name, (_, bound) in PARAMETERS.items()}
    fitter.fit(metric=metric, n_rounds=150, callback="progressbar", seed=seed, params=bounds)
    print(fitter.result)

    everything = bf.Fitter(adex, cell, dt=DT)
    found = everything.generate(["v", "spikes"], params=fitter.best_params)
    print("Spikes recorded, and in the model")
    for number, (sweep, train) in enumerate(zip(cell, found["spikes"], strict=True)):
        role = "left out" if number in LEFT_OUT else "fitted"
        print(f"  {sweep.label} ({role}): {sweep.spike_trains[0].size}, {len(train)}")
    axes = plot_overlay(cell, trace=found["v"], spikes=found["spikes"], dt=DT, left_out=LEFT_OUT)
    axes[0, 0].figure.savefig("demo.png", dpi=150)
    print("The figure demo.png shows all sweeps.")
    return [len(train) for train in found["spikes"]]


if __name__ == "__main__":
    main()

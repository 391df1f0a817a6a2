"""Fit a cortical pyramidal cell with an adaptive exponential integrate-and-fire model (AdEx).

Three steps of current are fitted; the spike counts of the two others are predicted.
"""

from brian2 import Equations, mV, ms, nS, pA, pF, second

from brianfit import FiringPattern, Fitter, Model, MSEMetric, Parameter
from brianfit import example_recording, until_first_spike
from brianfit.plots import plot_overlay

FITTED, LEFT_OUT = [0, 2, 4], [1, 3]
BOUNDS = {
    "C": Parameter(50 * pF, 500 * pF, scale="log"),
    "gL": Parameter(2 * nS, 40 * nS, scale="log"),
    "EL": [-80 * mV, -55 * mV],
    "VT": [-60 * mV, -30 * mV],
    "DeltaT": [0.5 * mV, 5 * mV],
    "a": [0 * nS, 20 * nS],
    "tau_w": Parameter(20 * ms, 500 * ms, scale="log"),
    "b": Parameter(1 * pA, 200 * pA, scale="log"),
    "Vr": [-80 * mV, -40 * mV],
    "t_ref": [0 * ms, 10 * ms],
}
# Brette & Gerstner (2005), J Neurophysiol 94:3637, with an absolute refractory period.
EQUATIONS = """
dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) + I - w)/C : volt (unless refractory)
dw/dt = (a*(v - EL) - w)/tau_w : amp
C : farad (constant)
gL : siemens (constant)
EL : volt (constant)
VT : volt (constant)
DeltaT : volt (constant)
a : siemens (constant)
tau_w : second (constant)
b : amp (constant)
Vr : volt (constant)
t_ref : second (constant)
"""
ADEX = Model(
    equations=Equations(EQUATIONS),
    threshold="v > 0*mV",
    reset="v = Vr; w += b",
    refractory="t_ref",
    method="euler",
    initial_values={"v": "EL"},
)
METRIC = {
    "v": MSEMetric(normalization=5 * mV),
    "spikes": FiringPattern(t_start=0.7 * second),
}


def main(seed: int = 1, n_rounds: int = 80) -> None:
    cell = example_recording("B6")
    print(cell)
    fitter = Fitter(
        ADEX, input=until_first_spike(cell[FITTED]), dt=0.1 * ms, n_samples=30, metric=METRIC
    )
    fitter.fit(n_rounds=n_rounds, callback="progressbar", seed=seed, params=BOUNDS)
    print(fitter.result)

    everything = Fitter(ADEX, input=cell, dt=0.1 * ms)
    found = everything.generate(["v", "spikes"], params=fitter.best_params)
    print("Spikes recorded and in the model")
    for number, (sweep, spikes) in enumerate(zip(cell, found["spikes"], strict=True)):
        role = "left out" if number in LEFT_OUT else "fitted"
        print(f"  {sweep.label} ({role}): {sweep.spike_trains[0].size}, {len(spikes)}")
    axes = plot_overlay(
        cell, trace=found["v"], spikes=found["spikes"], dt=0.1 * ms, left_out=LEFT_OUT
    )
    axes[0, 0].figure.savefig("demo.png", dpi=150)
    print("Wrote demo.png")


if __name__ == "__main__":
    main()

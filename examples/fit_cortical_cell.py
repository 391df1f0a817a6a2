"""Fit a cortical pyramidal cell with an AdEx model: three steps of current, to predict two more."""

from brian2 import ms, mV, second

import brianfit as bf
from brianfit.plots import plot_overlay

FITTED, LEFT_OUT = [0, 2, 4], [1, 3]
TITLE = "A cortical pyramidal cell and an adaptive exponential neuron"


def main(seed: int = 1) -> list[int]:
    """Fit, predict, draw and report; return the spike counts of the model in all sweeps."""
    cell = bf.example_recording("B6")
    # Late spikes of a long step come at times that no model repeats; their rhythm can be compared.
    firing = bf.FiringPattern(t_start=0.7 * second)
    metric = {"v": bf.MSEMetric(normalization=5 * mV), "spikes": firing}

    training = bf.until_first_spike(cell[FITTED])
    fitter = bf.Fitter(bf.library.ADEX, training, dt=0.1 * ms, n_samples=30)
    fitter.fit(metric=metric, n_rounds=150, callback="progressbar", seed=seed)
    print(fitter.result)

    found = bf.predict(fitter.result, cell, left_out=LEFT_OUT)
    print("Spikes recorded, and in the model")
    for number, (sweep, train) in enumerate(zip(cell, found.spikes, strict=True)):
        role = "left out" if number in LEFT_OUT else "fitted"
        print(f"  {sweep.label} ({role}): {sweep.spike_trains[0].size}, {len(train)}")
    plot_overlay(found)[0, 0].figure.savefig("demo.png", dpi=150)
    fitter.result.report(
        "demo.html",
        title=TITLE,
        recordings=cell,
        left_out=LEFT_OUT,
        held_out=bf.until_first_spike(cell[LEFT_OUT]),
    )
    print("The figure demo.png shows all sweeps; the page demo.html tells the rest.")
    return [len(train) for train in found.spikes]


if __name__ == "__main__":
    main()

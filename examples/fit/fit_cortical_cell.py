"""
A cortical cell, from recording to report
=========================================

Three steps of current are fitted, to predict two more. This is the demo of ``make demo``.
"""

from brian2 import ms, mV, second

import brianfit as bf
from brianfit.plots import plot_overlay

FITTED, HELD_OUT = [0, 2, 4], [1, 3]
TITLE = "A cortical pyramidal cell, and a neuron whose reset and threshold move"
MODEL = bf.library.ADEX_GM


def main(seed: int = 1) -> list[int]:
    """Fit, predict, draw and report; return the spike counts of the model in all sweeps."""
    cell = bf.cut(bf.example_recording("B6"), 0.5 * second, 2.85 * second)
    start, stop = bf.step_times(cell)
    known = bf.estimate_cell(cell[FITTED])
    print(f"Read off the recording:\n{known}\n")

    # Late spikes of a long step come at times that no model repeats. What a cell does repeat is its
    # voltage before and between the spikes, how soon and how often it fires, and in which rhythm.
    metric = {
        "v": bf.StepResponse(-10 * mV, start=start, stop=stop),
        "spikes": bf.FiringPattern(t_start=start),
    }
    fitter = bf.Fitter(MODEL, cell[FITTED], dt=0.1 * ms, n_samples=30)
    fitter.fit(
        metric=metric,
        n_rounds=200,
        params=bf.parameters_near(MODEL, known),
        callback="progressbar",
        seed=seed,
    )
    print(fitter.result)

    found = bf.predict(fitter.result, cell, held_out=HELD_OUT)
    print("Spikes recorded, and in the model")
    for number, (sweep, train) in enumerate(zip(cell, found.spikes, strict=True)):
        role = "held out" if number in HELD_OUT else "fitted"
        print(f"  {sweep.label} ({role}): {sweep.spike_trains[0].size}, {len(train)}")
    plot_overlay(found)[0, 0].figure.savefig("demo.png", dpi=150)
    fitter.result.report("demo.html", title=TITLE, recordings=cell, held_out=HELD_OUT)
    print("The figure demo.png shows all sweeps; the page demo.html tells the rest.")
    return [len(train) for train in found.spikes]


if __name__ == "__main__":
    main()

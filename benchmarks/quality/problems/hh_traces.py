"""The Hodgkin-Huxley example of the older toolbox: four parameters, five traces.

The least mean squared error is 3.589 mV^2; 3.6 mV^2 counts as solved.
"""

from __future__ import annotations

from brian2 import amp, ms, mV

from benchmarks.quality.hh_traces import BOUNDS, CONSTANTS, EQUATIONS, read_traces
from benchmarks.quality.problems._base import Problem
from benchmarks.shared_folder import shared_folder
from brianfit import MSEMetric, TraceFitter


def problem() -> Problem:
    """Return the problem."""
    folder = shared_folder() / "data" / "hh_traces"
    current = read_traces(folder / "input_traces_hh.csv") * amp
    voltage = read_traces(folder / "output_traces_hh.csv") * mV

    def make_fitter(n_samples: int) -> TraceFitter:
        return TraceFitter(
            EQUATIONS,
            {"I": current},
            {"v": voltage},
            dt=0.01 * ms,
            n_samples=n_samples,
            method="exponential_euler",
            param_init={"v": "VT"},
            namespace=CONSTANTS,
        )

    return Problem(
        name="HH traces",
        make_fitter=make_fitter,
        arguments={"metric": MSEMetric(t_start=5 * ms), **BOUNDS},
        target=3.6e-6,
        n_samples=40,
        n_evaluations=1800,
    )

"""The Hodgkin-Huxley problem of ionBench: a potassium current under a voltage staircase.

Nine parameters, 15.4 s of noisy current every 0.5 ms.

References
----------
Owen & Mirams (2025), PLOS Computational Biology, doi 10.1371/journal.pcbi.1013319.
"""

from __future__ import annotations

import numpy as np
from brian2 import ms

from benchmarks.quality.problems._base import Problem
from benchmarks.shared_folder import shared_folder
from brianfit import MSEMetric, Parameter, TraceFitter

EQUATIONS = """
current = p9*act*rec*(V + 85) : 1
dact/dt = (k1*(1 - act) - k2*act)/ms : 1
drec/dt = (k4*(1 - rec) - k3*rec)/ms : 1
k1 = p1*exp(p2*V) : 1
k2 = p3*exp(-p4*V) : 1
k3 = p5*exp(p6*V) : 1
k4 = p7*exp(-p8*V) : 1
p1 : 1 (constant)
p2 : 1 (constant)
p3 : 1 (constant)
p4 : 1 (constant)
p5 : 1 (constant)
p6 : 1 (constant)
p7 : 1 (constant)
p8 : 1 (constant)
p9 : 1 (constant)
"""
STEADY_STATE = {  # at the -80 mV with which the protocol begins
    "act": "p1*exp(-80*p2)/(p1*exp(-80*p2) + p3*exp(80*p4))",
    "rec": "p7*exp(80*p8)/(p7*exp(80*p8) + p5*exp(-80*p6))",
}
STEP = 0.5  # ms
# (voltage at the start [mV], slope [mV/ms], duration [ms])
PROTOCOL = (
    (-80, 0, 250), (-120, 0, 50), (-120, 0.1, 400), (-80, 0, 200), (40, 0, 1000), (-120, 0, 500),
    (-80, 0, 1000), (-40, 0, 500), (-60, 0, 500), (-20, 0, 500), (-40, 0, 500), (0, 0, 500),
    (-20, 0, 500), (20, 0, 500), (0, 0, 500), (40, 0, 500), (20, 0, 500), (40, 0, 500),
    (0, 0, 500), (20, 0, 500), (-20, 0, 500), (0, 0, 500), (-40, 0, 500), (-20, 0, 500),
    (-60, 0, 500), (-40, 0, 500), (-80, 0, 1000), (40, 0, 500), (-70, 0, 10), (-70, -0.4, 100),
    (-120, 0, 390), (-80, 0, 500),
)  # fmt: skip
RATE = Parameter(1e-7, 1e3, scale="log")
SLOPE = Parameter(1e-7, 0.4, scale="linear")
BOUNDS = {
    **dict.fromkeys(("p1", "p3", "p5", "p7"), RATE),
    **dict.fromkeys(("p2", "p4", "p6", "p8"), SLOPE),
    "p9": Parameter(0.02, 0.2, scale="linear"),
}
TRUTH = {
    "p1": 2.26e-4, "p2": 0.0699, "p3": 3.45e-5, "p4": 0.05462, "p5": 0.0873, "p6": 8.91e-3,
    "p7": 5.15e-3, "p8": 0.03158, "p9": 0.1524,
}  # fmt: skip
LARGEST_RMSE = 1.57e-2


def problem() -> Problem:
    """Return the problem; an RMSE below 1.57e-2 counts as solved."""
    recorded = np.loadtxt(shared_folder() / "data" / "ionbench_hh" / "dataHH.csv")

    def make_fitter(n_samples: int) -> TraceFitter:
        return TraceFitter(
            EQUATIONS,
            {"V": voltage()[np.newaxis]},
            {"current": recorded[np.newaxis]},
            dt=STEP * ms,
            n_samples=n_samples,
            method="exponential_euler",
            param_init=STEADY_STATE,
            namespace={},
        )

    return Problem(
        name="ionBench HH",
        make_fitter=make_fitter,
        arguments={"metric": MSEMetric(), **BOUNDS},
        target=LARGEST_RMSE**2,
        n_samples=40,
        n_evaluations=2000,
    )


def voltage() -> np.ndarray:
    """Return the command voltage at every step [mV]."""
    parts = [
        start + slope * STEP * np.arange(round(duration / STEP))
        for start, slope, duration in PROTOCOL
    ]
    return np.concatenate(parts)

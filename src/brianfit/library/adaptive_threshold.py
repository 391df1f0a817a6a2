"""The leaky integrator with a threshold that adapts on several time scales (MAT)."""

from __future__ import annotations

from brian2 import Mohm, ms, mV

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

_KOBAYASHI = {
    "tau_m": 5 * ms,
    "R": 50 * Mohm,
    "EL": -65 * mV,
    "tau_1": 10 * ms,
    "tau_2": 200 * ms,
    "t_ref": 2 * ms,
}
_PAPER = "Kobayashi, Tsubo & Shinomoto (2009), Frontiers in Computational Neuroscience 3:9"

MAT = NeuronModel(
    name="mat",
    title="Leaky integrator with multi-timescale adaptive threshold",
    family="adaptive threshold",
    equations="""
        dv/dt = (EL - v + R*I)/tau_m : volt
        dtheta_1/dt = -theta_1/tau_1 : volt
        dtheta_2/dt = -theta_2/tau_2 : volt
        tau_m : second (constant)
        R : ohm (constant)
        EL : volt (constant)
        omega : volt (constant)
        alpha_1 : volt (constant)
        alpha_2 : volt (constant)
        tau_1 : second (constant)
        tau_2 : second (constant)
        t_ref : second (constant)
    """,
    threshold="v > omega + theta_1 + theta_2",
    reset="theta_1 += alpha_1; theta_2 += alpha_2",
    refractory="t_ref",
    method="exact",
    initial_values={"v": "EL"},
    parameters={
        "tau_m": Parameter(1 * ms, 100 * ms, scale="log"),
        "R": Parameter(5 * Mohm, 3000 * Mohm, scale="log"),
        "EL": Parameter(-90 * mV, -45 * mV),
        "omega": Parameter(-60 * mV, -20 * mV),
        "alpha_1": Parameter(-5 * mV, 100 * mV),
        "alpha_2": Parameter(0 * mV, 20 * mV),
        "tau_1": Parameter(2 * ms, 50 * ms, scale="log"),
        "tau_2": Parameter(50 * ms, 1000 * ms, scale="log"),
        "t_ref": Parameter(1 * ms, 20 * ms, scale="log"),
    },
    held_for_spikes={"EL": -70 * mV, "omega": -50 * mV},
    source=f"{_PAPER}.",
    notes="The voltage is not reset. The paper holds R, tau_m, tau_1, tau_2 and t_ref at the "
    "values of the published sets.",
    published={
        "regular spiking": {**_KOBAYASHI, "omega": -45 * mV, "alpha_1": 30 * mV, "alpha_2": 2 * mV},
        "intrinsically bursting": {
            **_KOBAYASHI,
            "omega": -46 * mV,
            "alpha_1": 7.5 * mV,
            "alpha_2": 1.5 * mV,
        },
        "fast spiking": {**_KOBAYASHI, "omega": -55 * mV, "alpha_1": 10 * mV, "alpha_2": 0.2 * mV},
        "chattering": {**_KOBAYASHI, "omega": -39 * mV, "alpha_1": -0.5 * mV, "alpha_2": 0.4 * mV},
    },
    published_in=dict.fromkeys(
        ("regular spiking", "intrinsically bursting", "fast spiking", "chattering"), f"{_PAPER}."
    ),
)

__all__ = ["MAT"]

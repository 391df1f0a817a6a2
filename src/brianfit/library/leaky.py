"""The leaky integrate-and-fire neuron."""

from __future__ import annotations

from brian2 import Mohm, ms, mV

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

LIF = NeuronModel(
    name="lif",
    title="Leaky integrate-and-fire",
    family="leaky integrate-and-fire",
    equations="""
        dv/dt = (EL - v + R*I)/tau_m : volt (unless refractory)
        tau_m : second (constant)
        R : ohm (constant)
        EL : volt (constant)
        VT : volt (constant)
        V_r : volt (constant)
        t_ref : second (constant)
    """,
    threshold="v > VT",
    reset="v = V_r",
    refractory="t_ref",
    method="exact",
    initial_values={"v": "EL"},
    parameters={
        "tau_m": Parameter(1 * ms, 100 * ms, scale="log"),
        "R": Parameter(5 * Mohm, 3000 * Mohm, scale="log"),
        "EL": Parameter(-90 * mV, -45 * mV),
        "VT": Parameter(-60 * mV, -20 * mV),
        "V_r": Parameter(-90 * mV, -25 * mV),
        "t_ref": Parameter(0.5 * ms, 20 * ms, scale="log"),
    },
    held_for_spikes={"EL": -70 * mV, "VT": -50 * mV},
    source="Stein (1965), Biophysical Journal 5:173-194; Gerstner et al. (2014), "
    "Neuronal Dynamics, Cambridge University Press, section 1.3.",
)

__all__ = ["LIF"]

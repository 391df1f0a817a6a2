"""Integrate-and-fire neurons whose spike begins exponentially: AdEx."""

from __future__ import annotations

from brian2 import Mohm, ms, mV

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

ADEX = NeuronModel(
    name="adex",
    title="Adaptive exponential integrate-and-fire",
    family="exponential integrate-and-fire",
    equations="""
        dv/dt = (EL - v + DeltaT*exp((v - VT)/DeltaT) - w + R*I)/tau_m : volt (unless refractory)
        dw/dt = (a*(v - EL) - w)/tau_w : volt
        tau_m : second (constant)
        R : ohm (constant)
        EL : volt (constant)
        VT : volt (constant)
        DeltaT : volt (constant)
        V_peak : volt (constant)
        V_r : volt (constant)
        a : 1 (constant)
        b : volt (constant)
        tau_w : second (constant)
        t_ref : second (constant)
    """,
    threshold="v > V_peak",
    reset="v = V_r; w += b",
    refractory="t_ref",
    method="euler",
    initial_values={"v": "EL"},
    parameters={
        "tau_m": Parameter(1 * ms, 100 * ms, scale="log"),
        "R": Parameter(5 * Mohm, 3000 * Mohm, scale="log"),
        "EL": Parameter(-90 * mV, -45 * mV),
        "VT": Parameter(-60 * mV, -20 * mV),
        "DeltaT": Parameter(0.3 * mV, 10 * mV, scale="log"),
        "V_peak": Parameter(fixed=0 * mV),
        "V_r": Parameter(-90 * mV, -40 * mV),
        "a": Parameter(-0.8, 5),
        "b": Parameter(0.05 * mV, 50 * mV, scale="log"),
        "tau_w": Parameter(5 * ms, 1000 * ms, scale="log"),
        "t_ref": Parameter(0.5 * ms, 20 * ms, scale="log"),
    },
    held_for_spikes={"EL": -70 * mV, "VT": -50 * mV},
    source="Brette & Gerstner (2005), Journal of Neurophysiology 94:3637-3642.",
    notes="R = 1/gL, tau_m = C/gL; w, a and b are those of the paper divided by gL.",
)

__all__ = ["ADEX"]

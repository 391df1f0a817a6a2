"""GIF with an A-type potassium current, as serotonin neurons of the dorsal raphe have it."""

from __future__ import annotations

from brian2 import ms, mV

from brianfit.library._base import NeuronModel
from brianfit.library.generalised import AFTER_SPIKES, PARAMETERS, RESET
from brianfit.model import Parameter

GIF_A = NeuronModel(
    name="gif_a",
    title="Generalised integrate-and-fire with an A-type potassium current",
    family="generalised integrate-and-fire",
    equations="""
        dv/dt = (EL - v + i_spike - eta_1 - eta_2 - i_A + R*I)/tau_m : volt (unless refractory)
        i_spike = DeltaT*exp((v - VT - gamma_1 - gamma_2)/DeltaT) : volt
        i_A = g_A*h*(v - E_K)/(1 + exp((V_m - v)/k_m)) : volt
        dh/dt = (1/(1 + exp((v - V_h)/k_h)) - h)/tau_h : 1
        g_A : 1 (constant)
        E_K : volt (constant)
        V_m : volt (constant)
        k_m : volt (constant)
        V_h : volt (constant)
        k_h : volt (constant)
        tau_h : second (constant)
        DeltaT : volt (constant)
        V_peak : volt (constant)
        a : 1 (constant)
    """
    + AFTER_SPIKES.replace("= -eta_2/tau_2", "= (a*(v - EL) - eta_2)/tau_2"),
    threshold="v > V_peak",
    reset=RESET,
    refractory="t_ref",
    method="euler",
    initial_values={"v": "EL", "h": "1/(1 + exp((EL - V_h)/k_h))"},
    parameters={
        **PARAMETERS,
        "g_A": Parameter(0, 10),
        "E_K": Parameter(fixed=-101 * mV),
        "V_m": Parameter(-45 * mV, -15 * mV),
        "k_m": Parameter(fixed=8.8 * mV),
        "V_h": Parameter(-80 * mV, -45 * mV),
        "k_h": Parameter(fixed=6 * mV),
        "tau_h": Parameter(10 * ms, 200 * ms, scale="log"),
        "DeltaT": Parameter(0.3 * mV, 10 * mV, scale="log"),
        "V_peak": Parameter(fixed=0 * mV),
        "a": Parameter(-0.8, 5),
        "tau_2": Parameter(20 * ms, 1000 * ms, scale="log"),
    },
    source="Harkin et al. (2023), eLife 12:e72951.",
    notes="The spike begins exponentially, at a threshold that spikes move. g_A is the largest "
    "conductance of the A current over that of the leak; its activation is immediate. The slower "
    "spike-triggered current also follows the voltage, by a, as w of the AdEx does. The gates "
    "fix the zero of the voltage, so nothing is held for spikes.",
)

__all__ = ["GIF_A"]

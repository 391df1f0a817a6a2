"""GIF with the potassium currents of serotonin neurons of the dorsal raphe."""

from __future__ import annotations

from brian2 import ms, mV

from brianfit.library._base import NeuronModel
from brianfit.library.generalised import AFTER_SPIKES, PARAMETERS, RESET, SPIKE_ONSET
from brianfit.model import Parameter

GIF_A = NeuronModel(
    name="gif_a",
    title="Generalised integrate-and-fire with A-type and delayed potassium currents",
    family="generalised integrate-and-fire",
    equations=f"""
        dv/dt = (EL - v + i_spike - eta_1 - eta_2 - i_K + R*I)/tau_m : volt (unless refractory)
        {SPIKE_ONSET}
        i_K = (g_A*h/(1 + exp((V_m - v)/k_m)) + g_K*n)*(v - E_K) : volt
        dh/dt = (1/(1 + exp((v - V_h)/k_h)) - h)/tau_h : 1
        dn/dt = (1/(1 + exp((V_n - v)/k_n)) - n)/tau_n : 1
        g_A : 1 (constant)
        g_K : 1 (constant)
        E_K : volt (constant)
        V_m : volt (constant)
        k_m : volt (constant)
        V_h : volt (constant)
        k_h : volt (constant)
        tau_h : second (constant)
        V_n : volt (constant)
        k_n : volt (constant)
        tau_n : second (constant)
        DeltaT : volt (constant)
        V_peak : volt (constant)
        a : 1 (constant)
    """
    + AFTER_SPIKES.replace("= -eta_2/tau_2", "= (a*(v - EL) - eta_2)/tau_2"),
    threshold="v > V_peak",
    reset=RESET,
    refractory="t_ref",
    method="euler",
    initial_values={
        "v": "EL",
        "eta_2": "a*(v - EL)",
        "h": "1/(1 + exp((v - V_h)/k_h))",
        "n": "1/(1 + exp((V_n - v)/k_n))",
    },
    parameters={
        **PARAMETERS,
        "g_A": Parameter(0, 20),
        "g_K": Parameter(0, 20),
        "E_K": Parameter(fixed=-101 * mV),
        "V_m": Parameter(-45 * mV, -15 * mV),
        "k_m": Parameter(fixed=8.8 * mV),
        "V_h": Parameter(-80 * mV, -45 * mV),
        "k_h": Parameter(fixed=6 * mV),
        "tau_h": Parameter(10 * ms, 200 * ms, scale="log"),
        "V_n": Parameter(fixed=-16.9 * mV),
        "k_n": Parameter(fixed=8.8 * mV),
        "tau_n": Parameter(fixed=100 * ms),
        "DeltaT": Parameter(0.3 * mV, 10 * mV, scale="log"),
        "V_peak": Parameter(fixed=0 * mV),
        "a": Parameter(-0.9, 5),
        "tau_2": Parameter(20 * ms, 1000 * ms, scale="log"),
    },
    source="Harkin et al. (2023), eLife 12:e72951.",
    notes="The spike begins exponentially, at a threshold that spikes move. g_A and g_K are the "
    "largest conductances of the A current and of the delayed one over that of the leak. The A "
    "current activates at once and inactivates with tau_h; the delayed one follows with tau_n. The "
    "slower spike-triggered current also follows the voltage, by a, as w of the AdEx does. The "
    "gates fix the zero of the voltage, so nothing is held for spikes.",
)

__all__ = ["GIF_A"]

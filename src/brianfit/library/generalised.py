"""Generalised integrate-and-fire: currents and threshold that every spike moves (GIF)."""

from __future__ import annotations

from dataclasses import replace

from brian2 import Mohm, ms, mV

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

_MENSI_2012 = "Mensi et al. (2012), Journal of Neurophysiology 107:1756-1775"
_POZZORINI = "Pozzorini et al. (2015), PLoS Computational Biology 11:e1004275"
_MENSI_2016 = "Mensi et al. (2016), PLoS Computational Biology 12:e1004761"
_BADEL_2008 = "Badel et al. (2008), Journal of Neurophysiology 99:656-666"

AFTER_SPIKES = """
        deta_1/dt = -eta_1/tau_1 : volt
        deta_2/dt = -eta_2/tau_2 : volt
        dgamma_1/dt = -gamma_1/tau_g1 : volt
        dgamma_2/dt = -gamma_2/tau_g2 : volt
        tau_m : second (constant)
        R : ohm (constant)
        EL : volt (constant)
        VT : volt (constant)
        V_r : volt (constant)
        b_1 : volt (constant)
        b_2 : volt (constant)
        c_1 : volt (constant)
        c_2 : volt (constant)
        tau_1 : second (constant)
        tau_2 : second (constant)
        tau_g1 : second (constant)
        tau_g2 : second (constant)
        t_ref : second (constant)
"""
"""What every spike leaves behind: currents (as voltages) and a higher threshold."""

RESET = "v = V_r; eta_1 += b_1; eta_2 += b_2; gamma_1 += c_1; gamma_2 += c_2"

PARAMETERS = {
    "tau_m": Parameter(1 * ms, 100 * ms, scale="log"),
    "R": Parameter(5 * Mohm, 3000 * Mohm, scale="log"),
    "EL": Parameter(-90 * mV, -40 * mV),
    "VT": Parameter(-60 * mV, -20 * mV),
    "V_r": Parameter(-90 * mV, -25 * mV),
    "b_1": Parameter(-10 * mV, 50 * mV),
    "b_2": Parameter(-2 * mV, 20 * mV),
    "c_1": Parameter(-5 * mV, 50 * mV),
    "c_2": Parameter(-2 * mV, 20 * mV),
    "tau_1": Parameter(2 * ms, 50 * ms, scale="log"),
    "tau_2": Parameter(50 * ms, 1000 * ms, scale="log"),
    "tau_g1": Parameter(2 * ms, 50 * ms, scale="log"),
    "tau_g2": Parameter(50 * ms, 1000 * ms, scale="log"),
    "t_ref": Parameter(0.5 * ms, 20 * ms, scale="log"),
}
HELD = {"EL": -70 * mV, "VT": -50 * mV}

SPIKE_ONSET = "i_spike = DeltaT*exp((v - VT - gamma_1 - gamma_2)/DeltaT) : volt"
"""A spike that begins exponentially, at the threshold that spikes move."""

_KERNELS = (
    "The spike-triggered current is divided by the leak conductance, so that b_1 and b_2 are "
    "voltages; kernels are sums of two exponentials."
)
_SHARP = f"{_KERNELS} The threshold is met without noise."

GIF = NeuronModel(
    name="gif",
    title="Generalised integrate-and-fire with spike-triggered current and moving threshold",
    family="generalised integrate-and-fire",
    equations="dv/dt = (EL - v - eta_1 - eta_2 + R*I)/tau_m : volt (unless refractory)"
    + AFTER_SPIKES,
    threshold="v > VT + gamma_1 + gamma_2",
    reset=RESET,
    refractory="t_ref",
    method="exponential_euler",
    initial_values={"v": "EL"},
    parameters=PARAMETERS,
    held_for_spikes=HELD,
    source=f"{_MENSI_2012}; {_POZZORINI}.",
    notes=_SHARP,
)

EGIF = replace(
    GIF,
    name="egif",
    title="Generalised integrate-and-fire whose spike begins exponentially",
    equations=f"""
        dv/dt = (EL - v + i_spike - eta_1 - eta_2 + R*I)/tau_m : volt (unless refractory)
        {SPIKE_ONSET}
        DeltaT : volt (constant)
        V_peak : volt (constant)
    """
    + AFTER_SPIKES,
    threshold="v > V_peak",
    method="euler",
    parameters={
        **PARAMETERS,
        "DeltaT": Parameter(0.3 * mV, 10 * mV, scale="log"),
        "V_peak": Parameter(fixed=0 * mV),
    },
    source=f"{_BADEL_2008}; {_MENSI_2012}.",
    notes=f"{_KERNELS} The exponential current and its threshold, which every spike moves, are "
    "those of the refractory exponential model of Badel et al. (2008); V_r and the leak are not "
    "moved by spikes.",
)

IGIF = replace(
    GIF,
    name="igif",
    title="Generalised integrate-and-fire whose threshold also follows the voltage",
    equations=GIF.equations
    + """
        dtheta/dt = (s*(v - EL) - theta)/tau_s : volt
        s : 1 (constant)
        tau_s : second (constant)
    """,
    threshold=f"{GIF.threshold} + theta",
    parameters={
        **PARAMETERS,
        "s": Parameter(-0.2, 0.9),
        "tau_s": Parameter(2 * ms, 200 * ms, scale="log"),
    },
    source=f"{_MENSI_2016}.",
    notes=f"{_SHARP} The threshold follows the voltage linearly, where the paper has a curve.",
)

__all__ = ["AFTER_SPIKES", "EGIF", "GIF", "HELD", "IGIF", "PARAMETERS", "RESET", "SPIKE_ONSET"]

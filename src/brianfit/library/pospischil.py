"""Minimal Hodgkin-Huxley neurons of cortex and thalamus, with M, L and T currents."""

from __future__ import annotations

import math
from typing import Any

from brian2 import cm, ms, mV, nS, siemens, uF, um

from brianfit.library._base import NeuronModel
from brianfit.library.hodgkin_huxley import (
    SPIKE,
    TRAUB_MILES_GATES,
    TRAUB_MILES_PARAMETERS,
    TRAUB_MILES_START,
)
from brianfit.model import Parameter

_PAPER = "Pospischil et al. (2008), Biological Cybernetics 99:427-441"

_MEMBRANE = """
        dv/dt = (gL*(EL - v) - gNa*m**3*h*(v - ENa) - gK*n**4*(v - EK){currents} + I)/C : volt
"""
_M_CURRENT = """
        dp/dt = (1/(1 + exp(-(v/mV + 35)/10)) - p)/tau_p : 1
        tau_p = tau_max/(3.3*exp((v/mV + 35)/20) + exp(-(v/mV + 35)/20)) : second
        gM : siemens (constant)
        tau_max : second (constant)
"""
_L_CURRENT = """
        a_q = 0.209/exprel(-(v/mV + 27)/3.8)/ms : Hz
        b_q = 0.94*exp(-(v/mV + 75)/17)/ms : Hz
        a_r = 0.000457*exp(-(v/mV + 13)/50)/ms : Hz
        b_r = 0.0065/(exp(-(v/mV + 15)/28) + 1)/ms : Hz
        dq/dt = a_q*(1 - q) - b_q*q : 1
        dr/dt = a_r*(1 - r) - b_r*r : 1
        gCaL : siemens (constant)
        ECa : volt (constant)
"""
_T_CURRENT = """
        s_inf = 1/(1 + exp(-(v/mV + 59)/6.2)) : 1
        u_inf = 1/(1 + exp((v/mV + 83)/4)) : 1
        fall_u = (211.4 + exp((v/mV + 115.2)/5))/(1 + exp((v/mV + 86)/3.2)) : 1
        tau_u = (30.8 + fall_u)/3.737193*ms : second
        du/dt = (u_inf - u)/tau_u : 1
        gCaT : siemens (constant)
        ECa : volt (constant)
"""
_M_TERM, _L_TERM, _T_TERM = (
    " - gM*p*(v - EK)",
    " - gCaL*q**2*r*(v - ECa)",
    " - gCaT*s_inf**2*u*(v - ECa)",
)
_M_START = {"p": "1/(1 + exp(-(v/mV + 35)/10))"}
_L_START = {"q": "1/(1 + b_q/a_q)", "r": "1/(1 + b_r/a_r)"}

_SLOW = {
    "gM": Parameter(0.1 * nS, 1000 * nS, scale="log"),
    "tau_max": Parameter(100 * ms, 4000 * ms, scale="log"),
}
_CALCIUM = {"ECa": Parameter(fixed=120 * mV)}
_PARAMETERS = {**TRAUB_MILES_PARAMETERS, "EK": Parameter(fixed=-100 * mV)}

_NOTES = "Conductances are those of the whole cell; at 36 degrees Celsius."


def _set(
    diameter: int, leak: float, rest: int, potassium: float, **others: float
) -> dict[str, Any]:
    """Return a set of the paper for a cylinder as long as wide [um; S/cm2; mV]."""
    area = math.pi * (diameter * um) ** 2
    density = siemens / cm**2
    return {
        "C": 1 * uF / cm**2 * area,
        "gL": leak * density * area,
        "EL": rest * mV,
        "gNa": 0.05 * density * area,
        "ENa": 50 * mV,
        "gK": potassium * density * area,
        "EK": -100 * mV,
        "VT": -55 * mV,
        **{name: value * density * area for name, value in others.items()},
    }


def _minimal(name: str, title: str, *currents: str, **parts: Any) -> NeuronModel:
    """Return one of the models, with `parts` of its own."""
    terms = {_M_CURRENT: _M_TERM, _L_CURRENT: _L_TERM, _T_CURRENT: _T_TERM}
    membrane = _MEMBRANE.format(currents="".join(terms[current] for current in currents))
    return NeuronModel(
        name=name,
        title=f"Minimal Hodgkin-Huxley, {title}",
        family="Hodgkin-Huxley",
        equations=membrane + TRAUB_MILES_GATES + "".join(currents),
        threshold=SPIKE,
        refractory=SPIKE,
        method="exponential_euler",
        source=f"{_PAPER}.",
        notes=_NOTES,
        published_in=dict.fromkeys(parts["published"], f"{_PAPER}; values of the demonstration."),
        **parts,
    )


FAST_SPIKING = _minimal(
    "pospischil_fs",
    "fast spiking",
    initial_values=TRAUB_MILES_START,
    parameters=_PARAMETERS,
    published={"inhibitory cell": _set(67, 1.5e-4, -70, 0.01)},
)
REGULAR_SPIKING = _minimal(
    "pospischil_rs",
    "regular spiking: M current",
    _M_CURRENT,
    initial_values={**TRAUB_MILES_START, **_M_START},
    parameters={**_PARAMETERS, **_SLOW},
    published={
        "pyramidal cell": {**_set(96, 1e-4, -70, 0.005, gM=7e-5), "tau_max": 1000 * ms},
    },
)
BURSTING = _minimal(
    "pospischil_ib",
    "intrinsically bursting: M and L currents",
    _M_CURRENT,
    _L_CURRENT,
    initial_values={**TRAUB_MILES_START, **_M_START, **_L_START},
    parameters={
        **_PARAMETERS,
        **_SLOW,
        **_CALCIUM,
        "gCaL": Parameter(1 * nS, 1000 * nS, scale="log"),
    },
    published={
        "initial burst": {
            **_set(96, 1e-5, -85, 0.005, gM=3e-5, gCaL=1.7e-4),
            "tau_max": 1000 * ms,
            "ECa": 120 * mV,
        },
        "repeated bursts": {
            **_set(96, 1e-5, -85, 0.005, gM=3e-5, gCaL=2.2e-4),
            "tau_max": 1000 * ms,
            "ECa": 120 * mV,
        },
    },
)
LOW_THRESHOLD = _minimal(
    "pospischil_lts",
    "low-threshold spiking: M and T currents",
    _M_CURRENT,
    _T_CURRENT,
    initial_values={**TRAUB_MILES_START, **_M_START, "u": "u_inf"},
    parameters={
        **_PARAMETERS,
        **_SLOW,
        **_CALCIUM,
        "gCaT": Parameter(1 * nS, 2000 * nS, scale="log"),
    },
    published={
        "pyramidal cell with T current": {
            **_set(96, 1e-5, -85, 0.005, gM=3e-5, gCaT=4e-4),
            "tau_max": 1000 * ms,
            "ECa": 120 * mV,
        },
    },
)

__all__ = ["BURSTING", "FAST_SPIKING", "LOW_THRESHOLD", "REGULAR_SPIKING"]

"""Hodgkin-Huxley neurons: Traub-Miles, Wang-Buzsaki."""

from __future__ import annotations

from brian2 import mV, nS, pF, uS

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

TRAUB_MILES_GATES = """
        x = (v - VT)/mV : 1
        a_m = 1.28/exprel((13 - x)/4)/ms : Hz
        b_m = 1.4/exprel((x - 40)/5)/ms : Hz
        a_h = 0.128*exp((17 - x)/18)/ms : Hz
        b_h = 4/(1 + exp((40 - x)/5))/ms : Hz
        a_n = 0.16/exprel((15 - x)/5)/ms : Hz
        b_n = 0.5*exp((10 - x)/40)/ms : Hz
        dm/dt = a_m*(1 - m) - b_m*m : 1
        dh/dt = a_h*(1 - h) - b_h*h : 1
        dn/dt = a_n*(1 - n) - b_n*n : 1
        C : farad (constant)
        gL : siemens (constant)
        EL : volt (constant)
        gNa : siemens (constant)
        ENa : volt (constant)
        gK : siemens (constant)
        EK : volt (constant)
        VT : volt (constant)
"""
"""Gates of Traub and Miles, shifted by the threshold VT, and the passive membrane."""

TRAUB_MILES_START = {
    "v": "EL",
    "m": "1/(1 + b_m/a_m)",
    "h": "1/(1 + b_h/a_h)",
    "n": "1/(1 + b_n/a_n)",
}

PASSIVE = {
    "C": Parameter(10 * pF, 1000 * pF, scale="log"),
    "gL": Parameter(0.3 * nS, 100 * nS, scale="log"),
    "EL": Parameter(-90 * mV, -50 * mV),
    "gNa": Parameter(0.5 * uS, 200 * uS, scale="log"),
    "ENa": Parameter(fixed=50 * mV),
    "gK": Parameter(0.1 * uS, 60 * uS, scale="log"),
    "EK": Parameter(fixed=-90 * mV),
}
TRAUB_MILES_PARAMETERS = {**PASSIVE, "VT": Parameter(-70 * mV, -45 * mV)}

SPIKE = "v > -10*mV"

_BENCHMARK = "Brette et al. (2007), Journal of Computational Neuroscience 23:349-398"
_BUZSAKI = "Wang & Buzsáki (1996), Journal of Neuroscience 16:6402-6413"

TRAUB_MILES = NeuronModel(
    name="hh_traub_miles",
    title="Hodgkin-Huxley with the kinetics of Traub and Miles",
    family="Hodgkin-Huxley",
    equations="""
        dv/dt = (gL*(EL - v) - gNa*m**3*h*(v - ENa) - gK*n**4*(v - EK) + I)/C : volt
    """
    + TRAUB_MILES_GATES,
    threshold=SPIKE,
    refractory=SPIKE,
    method="exponential_euler",
    initial_values=TRAUB_MILES_START,
    parameters=TRAUB_MILES_PARAMETERS,
    source="Traub & Miles (1991), Neuronal Networks of the Hippocampus, Cambridge University "
    f"Press, as in {_BENCHMARK}.",
    notes="Conductances are those of the whole cell.",
    published={
        "benchmark of simulators": {
            "C": 200 * pF,
            "gL": 10 * nS,
            "EL": -60 * mV,
            "gNa": 20 * uS,
            "ENa": 50 * mV,
            "gK": 6 * uS,
            "EK": -90 * mV,
            "VT": -63 * mV,
        },
    },
    published_in={"benchmark of simulators": f"{_BENCHMARK}, appendix; 20,000 um2 of membrane."},
)

WANG_BUZSAKI = NeuronModel(
    name="hh_wang_buzsaki",
    title="Hodgkin-Huxley, fast-spiking interneuron of Wang and Buzsáki",
    family="Hodgkin-Huxley",
    equations="""
        dv/dt = (gL*(EL - v) - gNa*m_inf**3*h*(v - ENa) - gK*n**4*(v - EK) + I)/C : volt
        x = v/mV : 1
        a_m = 1/exprel(-(x + 35)/10)/ms : Hz
        b_m = 4*exp(-(x + 60)/18)/ms : Hz
        m_inf = a_m/(a_m + b_m) : 1
        a_h = 0.07*exp(-(x + 58)/20)/ms : Hz
        b_h = 1/(exp(-(x + 28)/10) + 1)/ms : Hz
        a_n = 0.1/exprel(-(x + 34)/10)/ms : Hz
        b_n = 0.125*exp(-(x + 44)/80)/ms : Hz
        dh/dt = phi*(a_h*(1 - h) - b_h*h) : 1
        dn/dt = phi*(a_n*(1 - n) - b_n*n) : 1
        C : farad (constant)
        gL : siemens (constant)
        EL : volt (constant)
        gNa : siemens (constant)
        ENa : volt (constant)
        gK : siemens (constant)
        EK : volt (constant)
        phi : 1 (constant)
    """,
    threshold=SPIKE,
    refractory=SPIKE,
    method="exponential_euler",
    initial_values={"v": "EL", "h": "1/(1 + b_h/a_h)", "n": "1/(1 + b_n/a_n)"},
    parameters={**PASSIVE, "ENa": Parameter(fixed=55 * mV), "phi": Parameter(1, 10)},
    source=f"{_BUZSAKI}.",
    notes="Conductances are those of the whole cell.",
    published={
        "interneuron": {
            "C": 100 * pF,
            "gL": 10 * nS,
            "EL": -65 * mV,
            "gNa": 3.5 * uS,
            "ENa": 55 * mV,
            "gK": 0.9 * uS,
            "EK": -90 * mV,
            "phi": 5,
        },
    },
    published_in={"interneuron": f"{_BUZSAKI}, pages 6403-6404; for 10,000 um2 of membrane."},
)

__all__ = [
    "PASSIVE",
    "SPIKE",
    "TRAUB_MILES",
    "TRAUB_MILES_GATES",
    "TRAUB_MILES_PARAMETERS",
    "TRAUB_MILES_START",
    "WANG_BUZSAKI",
]

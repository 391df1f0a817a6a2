"""Integrate-and-fire neurons whose spike begins exponentially: EIF and AdEx."""

from __future__ import annotations

from typing import Any

from brian2 import Mohm, ms, mV, nA, nS, pA, pF

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

_BRETTE_GERSTNER = "Brette & Gerstner (2005), Journal of Neurophysiology 94:3637-3642"
_NAUD = "Naud, Marcille, Clopath & Gerstner (2008), Biological Cybernetics 99:335-347"
_FOURCAUD = "Fourcaud-Trocmé et al. (2003), Journal of Neuroscience 23:11628-11640"

_EXPONENTIAL = {
    "tau_m": Parameter(1 * ms, 100 * ms, scale="log"),
    "R": Parameter(5 * Mohm, 3000 * Mohm, scale="log"),
    "EL": Parameter(-90 * mV, -45 * mV),
    "VT": Parameter(-60 * mV, -20 * mV),
    "DeltaT": Parameter(0.3 * mV, 10 * mV, scale="log"),
    "V_peak": Parameter(fixed=0 * mV),
    "V_r": Parameter(-90 * mV, -25 * mV),
    "t_ref": Parameter(0.5 * ms, 20 * ms, scale="log"),
}
_HELD = {"EL": -70 * mV, "VT": -50 * mV}

EIF = NeuronModel(
    name="eif",
    title="Exponential integrate-and-fire",
    family="exponential integrate-and-fire",
    equations="""
        dv/dt = (EL - v + DeltaT*exp((v - VT)/DeltaT) + R*I)/tau_m : volt (unless refractory)
        tau_m : second (constant)
        R : ohm (constant)
        EL : volt (constant)
        VT : volt (constant)
        DeltaT : volt (constant)
        V_peak : volt (constant)
        V_r : volt (constant)
        t_ref : second (constant)
    """,
    threshold="v > V_peak",
    reset="v = V_r",
    refractory="t_ref",
    method="euler",
    initial_values={"v": "EL"},
    parameters=_EXPONENTIAL,
    held_for_spikes=_HELD,
    source=f"{_FOURCAUD}.",
    notes="R = 1/gL, tau_m = C/gL.",
    published={
        "model of the paper": {
            "tau_m": 10 * ms,
            "R": 10 * Mohm,
            "EL": -65 * mV,
            "VT": -59.9 * mV,
            "DeltaT": 3.48 * mV,
            "V_peak": 0 * mV,
            "V_r": -68 * mV,
            "t_ref": 1.7 * ms,
        },
    },
    published_in={"model of the paper": f"{_FOURCAUD}, for a membrane with gL = 0.1 uS."},
)


def _adex(  # noqa: PLR0917 - the columns of the table of the paper
    capacitance: Any,
    leak: Any,
    rest: Any,
    a: Any,
    tau_w: Any,
    b: Any,
    reset: Any,
) -> dict[str, Any]:
    """Return parameters of the papers as those of the model."""
    return {
        "tau_m": capacitance / leak,
        "R": 1 / leak,
        "EL": rest,
        "VT": -50 * mV,
        "DeltaT": 2 * mV,
        "V_peak": 0 * mV,
        "V_r": reset,
        "a": float(a / leak),
        "b": b / leak,
        "tau_w": tau_w,
        "t_ref": 0 * ms,
    }


def _cortical(a: Any, tau_w: Any, b: Any, reset: Any) -> dict[str, Any]:
    cell = _adex(281 * pF, 30 * nS, -70.6 * mV, a, tau_w, b, reset)
    return {**cell, "VT": -50.4 * mV, "V_peak": -40.4 * mV}


_PATTERNS = {
    "tonic spiking": _adex(200 * pF, 10 * nS, -70 * mV, 2 * nS, 30 * ms, 0 * pA, -58 * mV),
    "adaptation": _adex(200 * pF, 12 * nS, -70 * mV, 2 * nS, 300 * ms, 60 * pA, -58 * mV),
    "initial burst": _adex(130 * pF, 18 * nS, -58 * mV, 4 * nS, 150 * ms, 120 * pA, -50 * mV),
    "regular bursting": _adex(200 * pF, 10 * nS, -58 * mV, 2 * nS, 120 * ms, 100 * pA, -46 * mV),
    "delayed accelerating": _adex(
        200 * pF, 12 * nS, -70 * mV, -10 * nS, 300 * ms, 0 * pA, -58 * mV
    ),
    "delayed regular bursting": _adex(
        100 * pF, 10 * nS, -65 * mV, -10 * nS, 90 * ms, 30 * pA, -47 * mV
    ),
    "transient spiking": _adex(100 * pF, 10 * nS, -65 * mV, 10 * nS, 90 * ms, 100 * pA, -47 * mV),
    "irregular spiking": _adex(100 * pF, 12 * nS, -60 * mV, -11 * nS, 130 * ms, 30 * pA, -48 * mV),
}
_CORTICAL = {
    "cortical, regular spiking": _cortical(4 * nS, 144 * ms, 0.0805 * nA, -70.6 * mV),
    "cortical, bursting": _cortical(4 * nS, 20 * ms, 0.5 * nA, -45.4 * mV),
    "cortical, fast spiking": _cortical(2 * 281 * pF / (144 * ms), 144 * ms, 0 * nA, -70.6 * mV),
}

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
    initial_values={"v": "EL", "w": "a*(v - EL)"},
    parameters={
        **_EXPONENTIAL,
        "a": Parameter(-0.9, 5),
        "b": Parameter(0.05 * mV, 50 * mV, scale="log"),
        "tau_w": Parameter(5 * ms, 1000 * ms, scale="log"),
    },
    held_for_spikes=_HELD,
    source=f"{_BRETTE_GERSTNER}.",
    notes="R = 1/gL, tau_m = C/gL; w, a and b are those of the paper divided by gL.",
    published={**_PATTERNS, **_CORTICAL},
    published_in={
        **dict.fromkeys(
            _PATTERNS, f"{_NAUD}, table 1 (some values as adapted in Brian's examples)."
        ),
        **dict.fromkeys(_CORTICAL, f"{_BRETTE_GERSTNER}."),
    },
)

__all__ = ["ADEX", "EIF"]

"""Quadratic integrate-and-fire neurons with recovery: Izhikevich's two forms."""

from __future__ import annotations

from typing import Any

from brian2 import ms, mV, nS, pA, pF

from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

_SIMPLE = "Izhikevich (2003), IEEE Transactions on Neural Networks 14:1569-1572"
_WHICH = "Izhikevich (2004), IEEE Transactions on Neural Networks 15:1063-1070"
_BOOK = "Izhikevich (2007), Dynamical Systems in Neuroscience, MIT Press, chapter 8"
_FERGUSON = "Ferguson et al. (2015), F1000Research 3:104"


def _simple(a: float, b: float, c: float | int, d: float | int) -> dict[str, Any]:
    """Return parameters of the papers, which have no units, with units."""
    return {"a": a / ms, "b": b / ms, "c": c * mV, "d": d * mV / ms, "C": 100 * pF}


_CELLS = {
    "regular spiking": _simple(0.02, 0.2, -65, 8),
    "intrinsically bursting": _simple(0.02, 0.2, -55, 4),
    "chattering": _simple(0.02, 0.2, -50, 2),
    "fast spiking": _simple(0.1, 0.2, -65, 2),
    "thalamo-cortical": _simple(0.02, 0.25, -65, 0.05),
    "resonator": _simple(0.1, 0.26, -65, 2),
    "low-threshold spiking": _simple(0.02, 0.25, -65, 2),
}
_PATTERNS = {
    "tonic spiking": _simple(0.02, 0.2, -65, 6),
    "phasic spiking": _simple(0.02, 0.25, -65, 6),
    "tonic bursting": _simple(0.02, 0.2, -50, 2),
    "phasic bursting": _simple(0.02, 0.25, -55, 0.05),
    "mixed mode": _simple(0.02, 0.2, -55, 4),
    "spike frequency adaptation": _simple(0.01, 0.2, -65, 8),
    "rebound spike": _simple(0.03, 0.25, -60, 4),
    "rebound burst": _simple(0.03, 0.25, -52, 0),
}

IZHIKEVICH_2003 = NeuronModel(
    name="izhikevich_2003",
    title="Izhikevich's simple model, form of 2003",
    family="Izhikevich",
    equations="""
        dv/dt = 0.04*v**2/(ms*mV) + 5*v/ms + 140*mV/ms - u + I/C : volt
        du/dt = a*(b*v - u) : volt/second
        a : Hz (constant)
        b : Hz (constant)
        c : volt (constant)
        d : volt/second (constant)
        C : farad (constant)
    """,
    threshold="v > 30*mV",
    reset="v = c; u += d",
    method="euler",
    initial_values={"v": -70 * mV, "u": "b*v"},
    parameters={
        "a": Parameter(0.002 / ms, 1 / ms, scale="log"),
        "b": Parameter(0.1 / ms, 0.3 / ms),
        "c": Parameter(-75 * mV, -25 * mV),
        "d": Parameter(0.05 * mV / ms, 20 * mV / ms, scale="log"),
        "C": Parameter(1 * pF, 500 * pF, scale="log"),
    },
    source=f"{_SIMPLE}.",
    notes="C turns a current into the input of the paper, where 1 stands for 1 mV/ms; at 100 pF "
    "that is 100 pA. The input of the papers decides which pattern a set shows.",
    published={**_CELLS, **_PATTERNS},
    published_in={
        **dict.fromkeys(_CELLS, f"{_SIMPLE}, figure 2."),
        **dict.fromkeys(_PATTERNS, f"{_WHICH}, figure 1."),
    },
)

IZHIKEVICH = NeuronModel(
    name="izhikevich",
    title="Izhikevich's simple model, form of 2007",
    family="Izhikevich",
    equations="""
        dv/dt = (k*(v - v_r)*(v - v_t) - u + I)/C : volt
        du/dt = a*(b*(v - v_r) - u) : amp
        C : farad (constant)
        k : siemens/volt (constant)
        v_r : volt (constant)
        v_t : volt (constant)
        v_peak : volt (constant)
        a : Hz (constant)
        b : siemens (constant)
        c : volt (constant)
        d : amp (constant)
    """,
    threshold="v >= v_peak",
    reset="v = c; u += d",
    method="euler",
    initial_values={"v": "v_r", "u": "b*(v - v_r)"},
    parameters={
        "C": Parameter(5 * pF, 1000 * pF, scale="log"),
        "k": Parameter(0.02 * nS / mV, 10 * nS / mV, scale="log"),
        "v_r": Parameter(-85 * mV, -50 * mV),
        "v_t": Parameter(-55 * mV, -25 * mV),
        "v_peak": Parameter(fixed=35 * mV),
        "a": Parameter(0.001 / ms, 0.5 / ms, scale="log"),
        "b": Parameter(-10 * nS, 20 * nS),
        "c": Parameter(-80 * mV, -25 * mV),
        "d": Parameter(-50 * pA, 500 * pA),
    },
    held_for_spikes={"v_r": -60 * mV, "v_t": -40 * mV},
    source=f"{_BOOK}.",
    published={
        "regular spiking": {
            "C": 100 * pF,
            "k": 0.7 * nS / mV,
            "v_r": -60 * mV,
            "v_t": -40 * mV,
            "v_peak": 35 * mV,
            "a": 0.03 / ms,
            "b": -2 * nS,
            "c": -50 * mV,
            "d": 100 * pA,
        },
        "CA1 pyramidal, weakly adapting": {
            "C": 300 * pF,
            "k": 1 * nS / mV,
            "v_r": -61.8 * mV,
            "v_t": -57 * mV,
            "v_peak": 22.6 * mV,
            "a": 0.001 / ms,
            "b": 3 * nS,
            "c": -65.8 * mV,
            "d": 5 * pA,
        },
    },
    published_in={
        "regular spiking": f"{_BOOK}, figure 8.12.",
        "CA1 pyramidal, weakly adapting": f"{_FERGUSON}; to be run with -45 pA added to the input.",
    },
)

__all__ = ["IZHIKEVICH", "IZHIKEVICH_2003"]

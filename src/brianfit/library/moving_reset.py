"""AdEx neurons whose spikes leave a conductance behind, or move threshold, reset and spike width.

What one fixed reset and one current cannot do: troughs that rise with the current, a threshold that
climbs during a step, spikes that become broader.
"""

from __future__ import annotations

from dataclasses import replace

from brian2 import ms, mV

from brianfit.library.exponential import ADEX
from brianfit.model import Parameter

_BRETTE_GERSTNER = "Brette & Gerstner (2005), Journal of Neurophysiology 94:3637-3642"
_MENSI = "Mensi et al. (2012), Journal of Neurophysiology 107:1756-1775"
_TEETER = "Teeter et al. (2018), Nature Communications 9:709"
_PLATKIEWICZ = "Platkiewicz & Brette (2010), PLoS Computational Biology 6:e1000850"

_CONDUCTANCE = """
        dg/dt = -g/tau_g : 1
        g_s : 1 (constant)
        E_g : volt (constant)
        tau_g : second (constant)
"""
_MOVED = """
        dtheta/dt = -theta/tau_theta : volt
        theta_s : volt (constant)
        tau_theta : second (constant)
        k_r : 1 (constant)
        k_t : second (constant)
"""
_REFRACTORY = "t_ref + clip(k_t*theta/(10*mV), 0*ms, 3*ms)"

_SHARED = {
    **ADEX.parameters,
    "t_ref": Parameter(0.5 * ms, 5 * ms, scale="log"),
}
_OF_CONDUCTANCE = {
    "g_s": Parameter(0, 5),
    "E_g": Parameter(-95 * mV, -40 * mV),
    "tau_g": Parameter(2 * ms, 60 * ms, scale="log"),
}
_OF_MOVED = {
    "theta_s": Parameter(0.01 * mV, 10 * mV, scale="log"),
    "tau_theta": Parameter(20 * ms, 2000 * ms, scale="log"),
    "k_r": Parameter(-1, 5),
    "k_t": Parameter(0 * ms, 20 * ms),
}
_ON_CONDUCTANCE = (
    "Every spike adds g_s to a conductance, in units of the leak conductance, that drives the "
    "voltage towards E_g and decays with tau_g; w is the slower of the two currents after a spike."
)
_ON_MOVED = (
    "Every spike adds theta_s to theta, which decays with tau_theta. It raises the threshold by "
    "theta, the reset by k_r*theta, and the refractory time by k_t for every 10 mV, 3 ms at most: "
    "spikes become broader as sodium channels inactivate. So that no pause of the model stands for "
    "what the cell does between spikes, t_ref is bounded by the width of a spike."
)

ADEX_G = replace(
    ADEX,
    name="adex_g",
    title="AdEx with an after-spike conductance",
    equations=ADEX.equations.replace("- w + R*I", "- w - g*(v - E_g) + R*I") + _CONDUCTANCE,
    reset="v = V_r; w += b; g += g_s",
    parameters={**_SHARED, **_OF_CONDUCTANCE},
    source=f"{_BRETTE_GERSTNER}; after-spike currents of two time constants: {_MENSI}; {_TEETER}.",
    notes=f"{ADEX.notes} {_ON_CONDUCTANCE}",
    published={},
    published_in={},
)

ADEX_M = replace(
    ADEX,
    name="adex_m",
    title="AdEx whose threshold, reset and spike width are moved by spikes",
    equations=ADEX.equations.replace("exp((v - VT)/", "exp((v - VT - theta)/") + _MOVED,
    reset="v = V_r + k_r*theta; w += b; theta += theta_s",
    refractory=_REFRACTORY,
    parameters={**_SHARED, **_OF_MOVED},
    source=f"{_BRETTE_GERSTNER}; moving threshold: {_MENSI}; {_PLATKIEWICZ}; moving reset: "
    f"{_TEETER}.",
    notes=f"{ADEX.notes} {_ON_MOVED}",
    published={},
    published_in={},
)

ADEX_GM = replace(
    ADEX_G,
    name="adex_gm",
    title="AdEx with an after-spike conductance and moving threshold, reset and spike width",
    equations=ADEX_G.equations.replace("exp((v - VT)/", "exp((v - VT - theta)/") + _MOVED,
    reset="v = V_r + k_r*theta; w += b; g += g_s; theta += theta_s",
    refractory=_REFRACTORY,
    parameters={**_SHARED, **_OF_CONDUCTANCE, **_OF_MOVED},
    source=ADEX_M.source,
    notes=f"{ADEX.notes} {_ON_CONDUCTANCE} {_ON_MOVED}",
)

__all__ = ["ADEX_G", "ADEX_GM", "ADEX_M"]

"""GIF neurons that spike by chance at a threshold that spikes move and that follows the voltage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2 import Mohm, ms, mV

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.library._base import NeuronModel
from brianfit.model import Parameter

_POZZORINI = "Pozzorini et al. (2015), PLoS Computational Biology 11:e1004275"
_MENSI = "Mensi et al. (2016), PLoS Computational Biology 12:e1004761"
_PILLOW = "Pillow et al. (2005), Journal of Neuroscience 25:11003-11013"
_HARKIN = "Harkin et al. (2023), eLife 12:e72951"

_TITLE = (
    "Generalised integrate-and-fire with a threshold that follows the voltage, and escape noise"
)
_NOTES = (
    "`hazard` is the rate of spikes. u is linear in all weights: w_0, w_v (per mV above V_0), c_k "
    "(what a spike leaves behind for tau_k) and d_k (how the threshold follows the voltage); a "
    "negative weight raises the threshold. b_k are spike-triggered currents over the leak "
    "conductance. Time constants and knees are a basis and held fixed."
)
_MEMBRANE = """
    dv/dt = (EL - v - eta{potassium} + R*I)/tau_m : volt (unless refractory)
    eta = {currents} : volt
    u = {drive} : 1
    hazard = (0.5*(u + abs(u)) + log(1 + exp(-abs(u))))/ms : Hz
    tau_m : second (constant)
    R : ohm (constant)
    EL : volt (constant)
    V_r : volt (constant)
    t_ref : second (constant)
    w_0 : 1 (constant)
    w_v : 1 (constant)
    V_0 : volt (constant)
"""
_AFTER_SPIKE = """
    dx_{k}/dt = -x_{k}/tau_{k} : 1
    b_{k} : volt (constant)
    c_{k} : 1 (constant)
    tau_{k} : second (constant)
"""
_SLOW = """
    dq_{k}/dt = (({followed}) - q_{k})/tau_q{k} : 1
    tau_q{k} : second (constant)
"""
_KNEE = """
    z_{k} = (v - V_{k})/k_V : 1
    V_{k} : volt (constant)
"""
_SOFTNESS = "    k_V : volt (constant)\n"
_POTASSIUM = """
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
"""
_GATES = {"h": "1/(1 + exp((EL - V_h)/k_h))", "n": "1/(1 + exp((V_n - EL)/k_n))"}
_POTASSIUM_PARAMETERS = {
    "g_A": Parameter(0, 200),
    "g_K": Parameter(0, 200),
    "E_K": Parameter(fixed=-101 * mV),
    "V_m": Parameter(-65 * mV, 0 * mV),
    "k_m": Parameter(fixed=8.8 * mV),
    "V_h": Parameter(-110 * mV, -25 * mV),
    "k_h": Parameter(fixed=6 * mV),
    "tau_h": Parameter(3 * ms, 600 * ms, scale="log"),
    "V_n": Parameter(fixed=-16.9 * mV),
    "k_n": Parameter(fixed=8.8 * mV),
    "tau_n": Parameter(5 * ms, 600 * ms, scale="log"),
}

_WEIGHT = Parameter(-100, 100)
_CURRENT = Parameter(-1000 * mV, 1000 * mV)
_MEMBRANE_PARAMETERS = {
    "tau_m": Parameter(1 * ms, 200 * ms, scale="log"),
    "R": Parameter(5 * Mohm, 20000 * Mohm, scale="log"),
    "EL": Parameter(-110 * mV, 0 * mV),
    "V_r": Parameter(-90 * mV, 0 * mV),
    "w_0": _WEIGHT,
    "w_v": _WEIGHT,
}


@final
@compared_by_value
@dataclass(frozen=True)
class ThresholdKernel:
    """One way in which a threshold follows the voltage.

    Parameters
    ----------
    tau
        How slowly it follows [s]; None: at once.
    above
        It follows the part of the voltage above this one [V]; None: the voltage itself.

    Raises
    ------
    InvalidValueError
        If `tau` is not positive, or the kernel were the voltage at once, which is there anyway.
    """

    tau: TimeLike = None
    above: QuantityLike = None

    def __post_init__(self) -> None:
        if self.tau is None and self.above is None:
            raise InvalidValueError("A ThresholdKernel needs `tau` or `above`.")
        if self.tau is not None and not 0 < scalar_si("tau", self.tau, SECOND) < np.inf:
            raise InvalidValueError(f"`tau` must be a positive time, but is {self.tau}.")
        if self.above is not None and not np.isfinite(scalar_si("above", self.above, mV.dim)):
            raise InvalidValueError(f"`above` must be a finite voltage, but is {self.above}.")


AFTER_SPIKES = (3 * ms, 10 * ms, 30 * ms, 100 * ms, 300 * ms)
"""Time constants of what a spike leaves behind: a basis, not a finding."""

FOLLOWING = (5 * ms, 30 * ms, 150 * ms)
AT_ONCE_AND_SLOWLY = (None, 8 * ms, 50 * ms)


def threshold_kernels(knees: Sequence[QuantityLike]) -> tuple[ThresholdKernel, ...]:
    """Return the usual kernels: the voltage, three times delayed, and what is above each knee.

    Parameters
    ----------
    knees
        Voltages, such as quantiles of the recorded one [V].
    """
    return (
        *(ThresholdKernel(tau) for tau in FOLLOWING),
        *(ThresholdKernel(tau, above) for above in knees for tau in AT_ONCE_AND_SLOWLY),
    )


def voltage_threshold_gif(
    *,
    after_spikes: Any = AFTER_SPIKES,
    kernels: Sequence[ThresholdKernel] | None = None,
    potassium: bool = False,
    centre: QuantityLike | None = None,
    t_ref: QuantityLike | None = None,
) -> NeuronModel:
    """Return a GIF whose spikes come by chance, at a threshold that follows the voltage.

    The rate of spikes is ``log(1 + exp(u))/ms``; ``u`` is a weighted sum of the voltage, of what
    spikes leave behind and of how the threshold follows the voltage. `fit_escape_rate` finds all
    these weights at once.

    Parameters
    ----------
    after_spikes
        Time constants of the currents and threshold movements that every spike sets off [s].
    kernels
        How the threshold follows the voltage; `threshold_kernels` with knees at -50 and -42 mV
        unless told.
    potassium
        Whether there are an A-type and a delayed potassium current.
    centre
        Voltage that weights count from; -50 mV unless told.
    t_ref
        Refractory time; 4 ms unless told.

    Raises
    ------
    InvalidValueError
        If there are no `after_spikes`.
    """
    if not len(after_spikes):
        raise InvalidValueError("`after_spikes` needs at least one time constant.")
    if kernels is None:
        kernels = threshold_kernels([-50 * mV, -42 * mV])
    name = "gif_vt_a" if potassium else "gif_vt"
    return NeuronModel(
        name=name,
        title=_TITLE + (", with potassium currents" if potassium else ""),
        family="escape noise",
        equations=_equations(len(after_spikes), kernels, potassium=potassium),
        threshold="rand() < 1 - exp(-hazard*dt)",
        reset="; ".join(["v = V_r", *(f"x_{k} += 1" for k in _numbers(after_spikes))]),
        refractory="t_ref",
        method="exponential_euler",
        initial_values=_starts(kernels, potassium=potassium),
        parameters={
            **_MEMBRANE_PARAMETERS,
            **(_POTASSIUM_PARAMETERS if potassium else {}),
            **_kernel_parameters(after_spikes, kernels),
            "V_0": Parameter(fixed=-50 * mV if centre is None else centre),
            "t_ref": Parameter(fixed=4 * ms if t_ref is None else t_ref),
        },
        held_for_spikes={"EL": -70 * mV, "R": 100 * Mohm},
        source=f"{_POZZORINI}; {_MENSI}; {_PILLOW}." + (f" {_HARKIN}." if potassium else ""),
        notes=_NOTES,
    )


def _numbers(given: Any) -> range:
    return range(1, len(given) + 1)


def _equations(n_spikes: int, kernels: Sequence[ThresholdKernel], *, potassium: bool) -> str:
    spikes = range(1, n_spikes + 1)
    drive = ["w_0 + w_v*(v - V_0)/mV", *(f"c_{k}*x_{k}" for k in spikes)]
    drive += [f"d_{k}*{_feature(k, kernel)}" for k, kernel in enumerate(kernels, start=1)]
    parts = [
        _MEMBRANE.format(
            potassium=" - i_K" if potassium else "",
            currents=" + ".join(f"b_{k}*x_{k}" for k in spikes),
            drive=" + ".join(drive),
        ),
        *(_AFTER_SPIKE.format(k=k) for k in spikes),
        *(_kernel_equations(k, kernel) for k, kernel in enumerate(kernels, start=1)),
        *([_SOFTNESS] if any(kernel.above is not None for kernel in kernels) else []),
        *([_POTASSIUM] if potassium else []),
    ]
    return "".join(parts)


def _followed(k: int, kernel: ThresholdKernel) -> str:
    """Return what a kernel follows [mV]."""
    if kernel.above is None:
        return "(v - V_0)/mV"
    return f"k_V/mV*(0.5*(z_{k} + abs(z_{k})) + log(1 + exp(-abs(z_{k}))))"


def _feature(k: int, kernel: ThresholdKernel) -> str:
    return _followed(k, kernel) if kernel.tau is None else f"q_{k}"


def _kernel_equations(k: int, kernel: ThresholdKernel) -> str:
    knee = "" if kernel.above is None else _KNEE.format(k=k)
    slow = "" if kernel.tau is None else _SLOW.format(k=k, followed=_followed(k, kernel))
    return f"    d_{k} : 1 (constant)\n{knee}{slow}"


def _starts(kernels: Sequence[ThresholdKernel], *, potassium: bool) -> dict[str, Any]:
    slow = {
        f"q_{k}": _followed(k, kernel)
        .replace(f"z_{k}", f"((EL - V_{k})/k_V)")
        .replace("v -", "EL -")
        for k, kernel in enumerate(kernels, start=1)
        if kernel.tau is not None
    }
    return {"v": "EL", **slow, **(_GATES if potassium else {})}


def _kernel_parameters(
    after_spikes: Any, kernels: Sequence[ThresholdKernel]
) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for k, tau in enumerate(after_spikes, start=1):
        found |= {f"b_{k}": _CURRENT, f"c_{k}": _WEIGHT, f"tau_{k}": Parameter(fixed=tau)}
    for k, kernel in enumerate(kernels, start=1):
        found[f"d_{k}"] = _WEIGHT
        if kernel.tau is not None:
            found[f"tau_q{k}"] = Parameter(fixed=kernel.tau)
        if kernel.above is not None:
            found |= {f"V_{k}": Parameter(fixed=kernel.above), "k_V": Parameter(fixed=2 * mV)}
    return found


GIF_VT = voltage_threshold_gif()
GIF_VT_A = voltage_threshold_gif(potassium=True)

__all__ = [
    "GIF_VT",
    "GIF_VT_A",
    "ThresholdKernel",
    "threshold_kernels",
    "voltage_threshold_gif",
]

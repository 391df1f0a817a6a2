"""Models whose derivatives are tested, and their simulation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from brian2 import Equations, TimedArray, ms, mV, pA

from brianfit.model import Model
from brianfit.model.sensitivities import SensitivityModel
from tests.unit.model.simulated import simulate

HODGKIN_HUXLEY = """
    dv/dt = (g_leak*(E_leak - v) - g_na*m**3*h*(v - E_na) - g_k*n**4*(v - E_k) + I)/C : volt
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dn/dt = alpha_n*(1 - n) - 0.5/ms*exp((10*mV - u)/(40*mV))*n : 1
    dh/dt = 0.128/ms*exp((17*mV - u)/(18*mV))*(1 - h) - 4/(1 + exp((40*mV - u)/(5*mV)))/ms*h : 1
    alpha_m = 0.32*(13*mV - u)/mV/(exp((13*mV - u)/(4*mV)) - 1)/ms : hertz
    alpha_n = 0.032*(15*mV - u)/mV/(exp((15*mV - u)/(5*mV)) - 1)/ms : hertz
    beta_m = 0.28*(u - 40*mV)/mV/(exp((u - 40*mV)/(5*mV)) - 1)/ms : hertz
    u = v - V_T : volt
    I = stimulus(t) : amp
    g_leak : siemens
    g_na : siemens
    g_k : siemens
    C : farad
    E_leak : volt
"""
HODGKIN_HUXLEY_VALUES = MappingProxyType(
    {
        "g_leak": 1e-8,
        "g_na": 2e-5,
        "g_k": 6e-6,
        "C": 2e-10,
        "E_leak": -0.065,
    }
)
ADAPTIVE = """
    dv/dt = (g*(E - v) + g*Delta*exp((v - V_T)/Delta) - w + stimulus(t))/C : volt
    dw/dt = (a*(v - E) - w)/tau_w : amp
    g : siemens
    E : volt
    Delta : volt
    a : siemens
    tau_w : second
    C : farad
"""
ADAPTIVE_VALUES = MappingProxyType(
    {
        "g": 1e-8,
        "E": -0.065,
        "Delta": 2e-3,
        "a": 4e-9,
        "tau_w": 0.03,
        "C": 1e-10,
    }
)
LEAKY = """
    dv/dt = (E - v)/tau : volt
    E : volt
    tau : second
"""
LEAKY_VALUES = MappingProxyType({"E": 0.02, "tau": 0.01})
LEAKY_TIMES = np.arange(300) * 1e-4


def stimulus(amplitude: float = 500.0) -> TimedArray:
    """Return a current that sets in after 1 ms and then varies slowly."""
    times = np.arange(60) * 0.5
    return TimedArray(amplitude * (times >= 1.0) * (1 + 0.2 * np.sin(times)) * pA, dt=0.5 * ms)


def hodgkin_huxley(method: str | None) -> Model:
    namespace = {"E_na": 50 * mV, "E_k": -90 * mV, "V_T": -63 * mV, "stimulus": stimulus(700.0)}
    return Model(
        equations=Equations(HODGKIN_HUXLEY),
        method=method,
        namespace=namespace,
        initial_values={"v": "E_leak", "h": 1.0},
    )


def adaptive(method: str | None) -> Model:
    return Model(
        equations=Equations(ADAPTIVE),
        method=method,
        namespace={"V_T": -50 * mV, "stimulus": stimulus(120.0)},
        initial_values={"v": "E"},
    )


def leaky(**changes: Any) -> Model:
    return Model(**{"equations": Equations(LEAKY), **changes})


def simulated_derivatives(
    sensitivity: SensitivityModel,
    values: Mapping[str, float],
    output: str,
    *,
    n_steps: int,
    dt: float = 1e-5,
) -> dict[str, np.ndarray]:
    """Return the traces of all derivatives of an output, by parameter."""
    names = {p: name for (o, p), name in sensitivity.variables.items() if o == output}
    traces = simulate(
        sensitivity.model, values, sorted(set(names.values())), n_steps=n_steps, dt=dt
    )
    return {parameter: traces[name][0] for parameter, name in names.items()}


def assert_agrees(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    assert np.max(np.abs(found - expected)) <= tolerance * np.max(np.abs(expected))

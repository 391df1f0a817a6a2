"""The models whose simulation is timed: equations, inputs, ranges of the free parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from brian2 import Equations, amp, ms, mV

from brianfit.engines import SimulationTask
from brianfit.model import Accumulator, Model, TimedValues

HODGKIN_HUXLEY = """
dv/dt = (gl*(El-v) - g_na*(m*m*m)*h*(v-ENa) - g_kd*(n*n*n*n)*(v-EK) + I)/Cm : volt
dm/dt = 0.32*(mV**-1)*(13.*mV-v+VT)/(exp((13.*mV-v+VT)/(4.*mV))-1.)/ms*(1-m)
        -0.28*(mV**-1)*(v-VT-40.*mV)/(exp((v-VT-40.*mV)/(5.*mV))-1.)/ms*m : 1
dn/dt = 0.032*(mV**-1)*(15.*mV-v+VT)/(exp((15.*mV-v+VT)/(5.*mV))-1.)/ms*(1.-n)
        -.5*exp((10.*mV-v+VT)/(40.*mV))/ms*n : 1
dh/dt = 0.128*exp((17.*mV-v+VT)/(18.*mV))/ms*(1.-h)-4./(1+exp((40.*mV-v+VT)/(5.*mV)))/ms*h : 1
gl : siemens (constant)
g_na : siemens (constant)
g_kd : siemens (constant)
Cm : farad (constant)
"""

LEAKY = """
dv/dt = (R*I - (v + 65*mV))/tau : volt (unless refractory)
tau : second (constant)
R : ohm (constant)
"""

NOISY_LEAKY = LEAKY.replace("/tau : volt", "/tau + sigma*sqrt(2/tau)*xi : volt") + (
    "sigma : volt (constant)\n"
)

ADEX = """
dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) + I - w)/C : volt
dw/dt = (a*(v - EL) - w)/tau_w : amp
C : farad (constant)
gL : siemens (constant)
a : siemens (constant)
tau_w : second (constant)
b : amp (constant)
"""


@dataclass(frozen=True, kw_only=True)
class TimedModel:
    """A model, its input, and what is timed.

    Attributes
    ----------
    current
        Input of every trace [A], shape (n_traces, n_steps).
    ranges
        Lowest and highest value of the free parameters [SI]; no sample diverges.
    error_of
        The variable whose squared distance from -65 mV is summed in the loop; None: spikes count.
    """

    name: str
    model: Model
    dt: float
    current: np.ndarray
    ranges: Mapping[str, tuple[float, float]]
    error_of: str | None = None

    def task(self) -> SimulationTask:
        """Return the task of an engine."""
        n_traces, n_steps = self.current.shape
        sums = ()
        if self.error_of is not None:
            sums = (
                Accumulator(
                    name="error",
                    expression=f"({self.error_of} - target)**2",
                    variables=(self.error_of,),
                    timed={"target": np.full((n_traces, n_steps), -0.065)},
                ),
            )
        return SimulationTask(
            model=self.model,
            parameter_names=tuple(self.ranges),
            inputs={"I": TimedValues(values=self.current, dt=self.dt, dimensions=amp.dim)},
            n_traces=n_traces,
            n_steps=n_steps,
            dt=self.dt,
            record_spikes=self.error_of is None,
            accumulators=sums,
        )

    def samples(self, n_samples: int) -> np.ndarray:
        """Return parameters spread evenly over their ranges [SI]."""
        generator = np.random.default_rng(1)
        low, high = np.array(list(self.ranges.values())).T
        return generator.uniform(low, high, size=(n_samples, len(low)))


def hodgkin_huxley(*, n_steps: int = 10_000, method: str = "exponential_euler") -> TimedModel:
    """Return the Traub-Miles model of the data in `hh_traces`, with five steps of current."""
    constants = {"El": -65 * mV, "EK": -90 * mV, "ENa": 50 * mV, "VT": -63 * mV}
    current = np.zeros((5, n_steps))
    current[:, n_steps // 10 : -n_steps // 10] = np.arange(1, 6)[:, np.newaxis] * 1e-10
    return TimedModel(
        name=f"Hodgkin-Huxley, {method}",
        model=Model(
            equations=Equations(HODGKIN_HUXLEY),
            method=method,
            initial_values={"v": "VT"},
            namespace=constants,
        ),
        dt=1e-5,
        current=current,
        ranges={
            "gl": (1e-8, 3e-8),
            "g_na": (1e-5, 3e-5),
            "g_kd": (3e-6, 1e-5),
            "Cm": (1.5e-10, 2.5e-10),
        },
        error_of="v",
    )


def leaky(*, n_steps: int = 20_000, noisy: bool = False) -> TimedModel:
    """Return a leaky integrate-and-fire neuron driven by noise current, with or without noise."""
    ranges = {"tau": (5e-3, 50e-3), "R": (50e6, 500e6)}
    if noisy:
        ranges["sigma"] = (1e-3, 5e-3)
    return TimedModel(
        name="noisy leaky integrate-and-fire (xi)" if noisy else "leaky integrate-and-fire",
        model=Model(
            equations=Equations(NOISY_LEAKY if noisy else LEAKY),
            threshold="v > -50*mV",
            reset="v = -65*mV",
            refractory=2 * ms,
            method="euler" if noisy else "exact",
            initial_values={"v": -65 * mV},
        ),
        dt=1e-4,
        current=_noise_current(n_steps),
        ranges=ranges,
    )


def adex(*, n_steps: int = 200_000) -> TimedModel:
    """Return the adaptive exponential model with 20 s of noise current sampled at 10 kHz."""
    return TimedModel(
        name="AdEx, noise current, 20 s",
        model=Model(
            equations=Equations(ADEX),
            threshold="v > 0*mV",
            reset="v = -60*mV; w += b",
            method="euler",
            initial_values={"v": -65 * mV},
            namespace={"EL": -65 * mV, "VT": -50 * mV, "DeltaT": 2 * mV},
        ),
        dt=1e-4,
        current=_noise_current(n_steps),
        ranges={
            "C": (1e-10, 4e-10),
            "gL": (5e-9, 3e-8),
            "a": (0.0, 1e-8),
            "tau_w": (2e-2, 3e-1),
            "b": (0.0, 1e-10),
        },
    )


def _noise_current(n_steps: int, n_traces: int = 5) -> np.ndarray:
    """Return filtered noise around 150 pA [A], shape (n_traces, n_steps)."""
    generator = np.random.default_rng(2)
    white = generator.normal(size=(n_traces, n_steps))
    filtered = np.empty_like(white)
    filtered[:, 0] = white[:, 0]
    for step in range(1, n_steps):
        filtered[:, step] = 0.97 * filtered[:, step - 1] + 0.243 * white[:, step]
    return 150e-12 + 100e-12 * filtered

"""Models that Brian refuses: units, syntax and names that are wrong in every block of code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import Equations, amp, mV

from brianfit.engines import SimulationTask
from brianfit.model import Event, Model, RegularOperation, TimedValues

EQUATIONS = """
dv/dt = (-gl*(v + 70*mV) + I)/(100*pF) : volt
dw/dt = -w/(20*ms) : amp
gl : siemens (constant)
n : integer
flag : boolean
"""

RIGHT: Mapping[str, Any] = {
    "threshold": "v > -50*mV",
    "reset": "v = -70*mV; w += 5*pA",
    "refractory": "2*ms",
    "initial_values": {"v": "-70*mV + 1*mV*n", "w": 0 * amp},
    "events": {"low": Event(condition="v < -80*mV", code="v = -70*mV")},
    "run_regularly": (RegularOperation(code="w += 1*pA"),),
}
"""A model that has every block of code, all of it right."""


def _equations(wrong: str) -> Mapping[str, Any]:
    return {"equations": EQUATIONS + wrong}


def _event(condition: str = "v < -80*mV", code: str = "v = -70*mV") -> Mapping[str, Any]:
    return {"events": {"low": Event(condition=condition, code=code)}}


def _start(**values: str) -> Mapping[str, Any]:
    return {"initial_values": values}


def _regularly(code: str) -> Mapping[str, Any]:
    return {"run_regularly": (RegularOperation(code=code),)}


STATEMENTS = {
    "without a unit": "v = -70",
    "with another unit": "v = 5*pA",
    "that adds another unit": "v += 5*pA",
    "that scales by a unit": "v *= 2*mV",
    "that divides by a unit": "v /= 2*mV",
    "with a power": "v **= 2",
    "of an unknown name": "v = u",
    "of an unknown function": "v = unknown(v)*mV",
    "that sums units": "v = v + w",
    "of a function of a unit": "v = exp(v)*mV",
    "with a wrong power": "v = v**2",
    "that changes time": "t = 5*ms",
    "without an equals sign": "v",
    "with a syntax error": "v = (-70*mV",
    "with a loop": "for i in range(3): v = -70*mV",
    "with an attribute": "v = v.real",
    "with an index": "v = v[0]",
    "with too many arguments": "v = exp(1, 2)*mV",
    "with a wrong clip": "v = clip(v, -70, -50)",
    "with a wrong comparison": "v = int(v > 5*pA)*mV",
    "with a wrong function of time": "v = sin(t)*mV",
}

CONDITIONS = {
    "without a unit": "v > -50",
    "with another unit": "v > 5*pA",
    "that is a number": "v + 50*mV",
    "that is a unit": "-50*mV",
    "of an unknown name": "u > 1",
    "of an unknown function": "unknown(v) > 1",
    "with a syntax error": "v > -50*mV and",
    "that assigns": "v = -50*mV",
    "with half a wrong unit": "v > -50*mV and w > 1",
    "of a function of a unit": "exp(v) > 1",
    "that negates a number": "not v",
    "that chains": "-60*mV < v < -50*mV",
}

EXPRESSIONS = {
    "without a unit": "-70",
    "with another unit": "5*pA",
    "of an unknown name": "u",
    "of an unknown function": "unknown()*mV",
    "that sums units": "v + w",
    "of a function of a unit": "exp(v)*mV",
    "with a syntax error": "(-70*mV",
    "that is a comparison": "v > -70*mV",
}

FEW = ("without a unit", "that adds another unit", "with a power", "of an unknown name")
FEW_CONDITIONS = ("without a unit", "that is a number", "of an unknown name", "that chains")

WRONG: Mapping[str, Mapping[str, Any]] = {
    **{f"a reset {what}": {"reset": code} for what, code in STATEMENTS.items()},
    **{f"an event's code {what}": _event(code=STATEMENTS[what]) for what in FEW},
    **{f"regular code {what}": _regularly(STATEMENTS[what]) for what in FEW},
    **{f"a threshold {what}": {"threshold": code} for what, code in CONDITIONS.items()},
    **{f"an event {what}": _event(condition=CONDITIONS[what]) for what in FEW_CONDITIONS},
    **{f"a start {what}": _start(v=code) for what, code in EXPRESSIONS.items()},
    "a start of an integer with a unit": _start(n="5*mV"),
    "a refractory time of a voltage": {"refractory": "2*mV"},
    "a refractory time without a unit": {"refractory": "2"},
    "a refractory condition of wrong units": {"refractory": "v > 5*pA"},
    "a refractory quantity of a voltage": {"refractory": 2 * mV},
    "a refractory time of an unknown name": {"refractory": "u*ms"},
    "an equation of wrong units": _equations("dx/dt = v : 1"),
    "an equation of an unknown name": _equations("dx/dt = u/ms : 1"),
    "a subexpression of wrong units": _equations("x = v + w : volt"),
    "a subexpression of another unit": _equations("x = w : volt"),
    "a subexpression of a function of a unit": _equations("x = exp(v) : 1"),
    "an integer subexpression of a unit": _equations("x = v : integer"),
    "an equation with a product of calls of randn": _equations("dx/dt = randn()*randn()/ms : 1"),
    "a wrong function of a right unit": _equations("dx/dt = sin(v)/ms : 1"),
}


def task_of(changes: Mapping[str, Any]) -> SimulationTask:
    """Return a task with a model that is right but for `changes`."""
    parts = {**RIGHT, **changes}
    model = Model(equations=Equations(parts.pop("equations", EQUATIONS)), method="euler", **parts)
    return SimulationTask(
        model=model,
        parameter_names=("gl",),
        inputs={"I": TimedValues(values=np.zeros((1, 5)), dt=1e-4, dimensions=amp.dim)},
        n_traces=1,
        n_steps=5,
        dt=1e-4,
        final=("v",),
    )

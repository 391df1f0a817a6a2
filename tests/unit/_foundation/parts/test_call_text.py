"""The text of an object is the call that makes it."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Mohm, cm, ms, mV, nA, nS, second, uF

import brianfit
from brianfit import engines, executors, fitting, library, metrics, optimizers
from brianfit._foundation.parts.call_text import value_text
from brianfit._foundation.parts.same_values import same_value
from brianfit.model import Model, Parameter
from brianfit.model.model import read_equations
from tests.ready_parts import METRICS, OPTIMIZER_NAMES, OPTIMIZERS, highest_value, make_metric

NAMES: dict[str, Any] = {"highest_value": highest_value}
for module in (brian2, fitting, library, engines, executors, metrics, optimizers, brianfit):
    NAMES.update({name: getattr(module, name) for name in dir(module) if not name.startswith("_")})

VALUES = [
    0.1 * ms,
    -70 * mV,
    600 * second,
    1 / 3 * nA,
    0.0 * second,
    3 * uF / cm**2,
    2.5 * mV**2,
    [1, 2.5] * ms,
    np.array([[1.0, 2.0], [3.0, 4.0]]) * mV,
    np.arange(3),
    np.float64(0.1),
    0.1,
    float("inf"),
    True,
    None,
    "it's",
    ["a", 1],
    (1,),
    {"El": -70 * mV},
]
OTHERS = [
    brianfit.MaxEvaluations(100),
    brianfit.TargetError(1 * mV**2),
    brianfit.WallClock(600 * second),
    brianfit.Stagnation(30, relative=1e-2),
    engines.ReferenceEngine(),
    executors.SerialExecutor(),
    executors.ProcessExecutor(workers=2),
    Parameter(1 * nS, 100 * nS, scale="log", value=[2, 3] * nS),
    Parameter(fixed=10 * Mohm),
    Parameter(tied="2*g"),
    library.get("lif"),
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_is_written_as_in_a_script(value: Any) -> None:
    assert same_value(eval(value_text(value), NAMES), value)  # noqa: S307 - of our own making


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_written_as_the_call_that_makes_it(name: str) -> None:
    metric = make_metric(name)

    assert same_value(eval(repr(metric), NAMES), metric)  # noqa: S307 - of our own making


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
def test_an_optimizer_is_written_as_the_call_that_makes_it(name: str) -> None:
    optimizer = OPTIMIZERS[name]()

    assert repr(optimizer) == f"{name}()"


@pytest.mark.parametrize("made", OTHERS, ids=lambda made: type(made).__name__)
def test_other_objects_are_written_as_the_call_that_makes_them(made: Any) -> None:
    assert same_value(eval(repr(made), NAMES), made)  # noqa: S307 - of our own making


def test_a_model_is_written_as_the_call_that_makes_it() -> None:
    made = Model(
        equations=read_equations("dv/dt = -g*v/(1*nF) : volt\ng : siemens (constant)"),
        threshold="v > -50*mV",
        reset="v = -70*mV",
        initial_values={"v": -70 * mV},
    )

    again = eval(repr(made), NAMES)  # noqa: S307 - of our own making

    assert repr(again) == repr(made)
    assert (again.threshold, again.initial_values) == ("v > -50*mV", {"v": -70 * mV})

"""Models that are pulled towards recordings."""

from __future__ import annotations

import pytest
from brian2 import Equations, second

from brianfit.model import Model
from brianfit.model.synchronised import RATE_DIMENSIONS, can_be_pulled, synchronised

EQUATIONS = """
dv/dt = (a - v)/tau : volt
dm/dt = -m/tau : 1
ds/dt = -s/tau : 1 (shared)
current = g*v : amp
a : volt
g : siemens
tau : second
"""
MODEL = Model(equations=Equations(EQUATIONS), method="exponential_euler")


def test_rates_are_per_second() -> None:
    assert (1 / second).dim == RATE_DIMENSIONS


def test_adds_the_pull_to_the_named_variable_alone() -> None:
    pulled = synchronised(MODEL, ["v"])

    pull = "brianfit_pull_v*(brianfit_recorded_v - v)"
    assert pulled.equations["v"].expr.code == f"((a - v)/tau) + {pull}"
    assert pulled.equations["m"].expr.code == "-m/tau"
    assert pulled.undefined_names == {"brianfit_pull_v", "brianfit_recorded_v"}
    assert pulled.method == "exponential_euler"


def test_leaves_the_model_as_it_was() -> None:
    synchronised(MODEL, ["v", "m"])

    assert MODEL.equations["v"].expr.code == "(a - v)/tau"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("v", True), ("m", True), ("s", False), ("current", False), ("a", False), ("other", False)],
)
def test_pulls_variables_with_a_differential_equation_of_each_neuron(
    name: str, expected: bool
) -> None:
    assert can_be_pulled(MODEL, name) is expected

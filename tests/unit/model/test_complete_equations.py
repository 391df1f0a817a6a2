"""The equations with everything that is given over time."""

from __future__ import annotations

import numpy as np
from brian2 import Equations, amp, volt

from brianfit._foundation.units import DIMENSIONLESS, Dimension
from brianfit.model import Model, TimedValues
from brianfit.model.complete_equations import complete_equations

LEAKY = "dv/dt = (I - v/ohm)/farad : volt"


def timed(dimensions: Dimension) -> TimedValues:
    return TimedValues(values=np.zeros((2, 3)), dt=1e-4, dimensions=dimensions)


def test_given_variables_are_defined_in_their_unit() -> None:
    given = {"I": timed(amp.dim), "v_target": timed(volt.dim), "gain": timed(DIMENSIONLESS)}

    found = complete_equations(Model(equations=Equations(LEAKY)), given, trace_index="i % 2")

    assert found["I"].expr.code == "brianfit_timed_I(t, i % 2)"
    assert found["I"].dim is amp.dim
    assert found["v_target"].dim is volt.dim
    assert found["gain"].dim is DIMENSIONLESS


def test_what_the_user_defined_stands() -> None:
    model = Model(equations=Equations(LEAKY + "\nI = 3*amp : amp"))

    found = complete_equations(model, {"I": timed(amp.dim)}, trace_index="i")

    assert found["I"].expr.code == "3*amp"


def test_the_number_of_the_round_is_a_shared_integer() -> None:
    found = complete_equations(Model(equations=Equations(LEAKY)), {}, trace_index="i")

    assert found["iteration"].var_type == "integer"
    assert set(found["iteration"].flags) == {"constant", "shared"}


def test_a_number_of_the_round_that_the_user_declared_stands() -> None:
    model = Model(equations=Equations(LEAKY + "\niteration : 1"))

    found = complete_equations(model, {}, trace_index="i")

    assert found["iteration"].var_type == "float"

"""What a model says about its variables."""

from __future__ import annotations

import pytest
from brian2 import Equations, siemens, volt

from brianfit._foundation.errors import InvalidTypeError, UnknownNameError
from brianfit.model import Model
from brianfit.model.model import read_equations

MODEL = Model(
    equations=Equations("""
        dv/dt = (g*(E - v) + I)/C : volt
        dm/dt = -m/tau : 1
        doubled = 2*v : volt
        g : siemens
        E : volt (shared, constant)
        n : integer
        is_on : boolean
        iteration : integer
    """)
)


def test_names_are_sorted_by_kind() -> None:
    assert MODEL.parameter_names == ("E", "g", "is_on", "n")
    assert MODEL.differential_variables == ("m", "v")
    assert MODEL.subexpressions == ("doubled",)
    assert MODEL.variable_names == ("E", "doubled", "g", "is_on", "iteration", "m", "n", "v")


def test_names_that_are_used_but_not_defined_are_known() -> None:
    assert {"I", "C", "tau"} <= MODEL.undefined_names
    assert not MODEL.undefined_names & set(MODEL.variable_names)


def test_dimensions_are_those_of_the_equations() -> None:
    assert MODEL.dimensions("v") is volt.dim
    assert MODEL.dimensions("g") is siemens.dim


def test_an_unknown_variable_gets_the_nearest_one_proposed() -> None:
    with pytest.raises(UnknownNameError, match="no variable 'double'. Did you mean 'doubled'"):
        MODEL.dimensions("double")
    assert not MODEL.has_variable("double")
    assert MODEL.has_variable("doubled")


def test_integers_and_booleans_take_whole_numbers() -> None:
    assert MODEL.is_integer("n")
    assert MODEL.is_integer("is_on")
    assert not MODEL.is_integer("g")


def test_shared_variables_are_known() -> None:
    assert MODEL.is_shared("E")
    assert not MODEL.is_shared("g")


def test_equations_are_read_from_a_string_or_taken_as_they_are() -> None:
    equations = Equations("dv/dt = -v/second : 1")

    assert read_equations(equations) is equations
    assert read_equations("dv/dt = -v/second : 1").names == {"v"}


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InvalidTypeError, match="is of type int"):
        read_equations(3)

"""Kinks are told from jumps."""

from __future__ import annotations

import pytest

from brianfit.model.derivatives import Language
from brianfit.model.jumps import find_jump

MOVING = frozenset({"v", "w", "t0"})


def jump_in(expression: str) -> str | None:
    language = Language()
    values = {"mV": 1e-3, "ms": 1e-3, "V_T": -0.04, "brianfit_zero_0": 0.0}
    return find_jump(language.read(expression), MOVING, values)


@pytest.mark.parametrize(
    "expression",
    [
        "v*w + exp(v/mV)",
        "int(v > V_T)*(v - V_T)/ms",
        "int(v > -40*mV)*exp((v + 40*mV)/(5*mV)) + int(v <= V_T)*1",  # meet at the same value
        "abs(v)*sqrt(w)",
        "sign(v)*v",
        "clip(v, V_T, 0*mV)",
        "int(v > V_T and w > 3)*(v - V_T)*(w - 3)",
        "int(not (v > V_T))*exprel(v - V_T) + int(v > V_T)",
        "int(v == V_T)*w",
    ],
)
def test_a_kink_is_no_jump(expression: str) -> None:
    assert jump_in(expression) is None


@pytest.mark.parametrize("expression", ["int(t > 3*ms)*v", "floor(t/ms)*v", "int(f(t) > 2)*w"])
def test_a_jump_at_a_given_moment_is_none_of_the_variables(expression: str) -> None:
    assert jump_in(expression) is None


def test_a_condition_that_never_changes_is_no_jump() -> None:
    assert jump_in("int(exp(v) > -1)*w") is None


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("int(v > w)*k", "v > w"),
        ("int(v > -40*mV)*exp((v + 40*mV)/(5*mV)) + int(v <= V_T)*1.1", "V_T >= v"),
        ("exp((v - V_T)/(2*mV)) + int(v > w)", "v > w"),  # a small jump beside a huge term
        ("sign(v)*k", "sign(v)"),
        ("int(t > t0)*k", "t > t0"),
        ("int(v > V_T and w > 3)*(v - V_T)", "w > 3"),
        ("int(v**2 > w)*k", "w < v**2"),
        ("floor(v/V_T)", "floor(v/V_T)"),
        ("ceil(v/V_T)", "ceil(v/V_T)"),
        ("v % w", "((v)%(w))"),
        ("int(v/mV)", "int(v/mV)"),
        ("timestep(t0, t)", "timestep(t0, t)"),
    ],
)
def test_a_jump_is_found_and_named(expression: str, found: str) -> None:
    assert jump_in(expression) == found


def test_pieces_that_meet_to_the_digits_in_print_do_not_jump() -> None:
    # the rate beta_c of Pinsky and Rinzel (1994), whose pieces differ by 0.02 % at 50 mV
    low = "exp((v/mV - 10)/11 - (v/mV - 6.5)/27)/18.975"
    high = "2*exp(-(v/mV - 6.5)/27)"

    found = jump_in(f"int(v/mV <= 50)*{low} + int(v/mV > 50)*{high}")

    assert found is None

"""Parameters that are computed from others by an expression."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import nS, siemens, volt

from brianfit._foundation.errors import (
    BrianfitError,
    InvalidValueError,
    UnitMismatchError,
    UnknownNameError,
)
from brianfit._foundation.units import DIMENSIONLESS
from brianfit.model.tied import compile_tied, tied_names

PARAMETERS = {"g": siemens.dim, "v": volt.dim, "x": DIMENSIONLESS}
COLUMNS = {"g": np.array([1e-9, 2e-9]), "v": np.array([0.01, -0.02]), "x": np.array([0.25, 4.5])}


def compiled(expression: str, dimensions: Any = DIMENSIONLESS, **namespace: Any) -> np.ndarray:
    function = compile_tied(
        "p", expression, dimensions=dimensions, parameters=PARAMETERS, namespace=namespace
    )
    return np.asarray(function(COLUMNS))


@pytest.mark.parametrize(
    ("expression", "dimensions", "expected"),
    [
        ("2*g", siemens.dim, [2e-9, 4e-9]),
        ("g + 3*nS", siemens.dim, [4e-9, 5e-9]),
        ("g*(1 - x)", siemens.dim, [0.75e-9, -7e-9]),
        ("-40*mV", volt.dim, -0.04),
        ("x**2 + sqrt(x)", DIMENSIONLESS, [0.5625, 20.25 + np.sqrt(4.5)]),
        ("exp(v/(10*mV))*pi", DIMENSIONLESS, np.pi * np.exp([1.0, -2.0])),
        ("abs(v)/mV", DIMENSIONLESS, [10, 20]),
        ("clip(x, 1, 3)", DIMENSIONLESS, [1, 3]),
        ("int(x > 1)", DIMENSIONLESS, [0, 1]),
        ("int(x > 1 and v > 0*mV)", DIMENSIONLESS, [0, 0]),
        ("exprel(x)", DIMENSIONLESS, np.expm1([0.25, 4.5]) / np.array([0.25, 4.5])),
        ("floor(x) + ceil(x) + sign(v)", DIMENSIONLESS, [2, 8]),
        ("log10(x) + log1p(x) + expm1(x)", DIMENSIONLESS, None),
        ("arctan(x) + tanh(x) + x % 2", DIMENSIONLESS, None),
    ],
)
def test_every_function_of_the_equations_can_be_used(
    expression: str, dimensions: Any, expected: Any
) -> None:
    if expected is None:
        x = COLUMNS["x"]
        known = {
            "log10(x) + log1p(x) + expm1(x)": np.log10(x) + np.log1p(x) + np.expm1(x),
            "arctan(x) + tanh(x) + x % 2": np.arctan(x) + np.tanh(x) + x % 2,
        }
        expected = known[expression]

    np.testing.assert_allclose(compiled(expression, dimensions), expected, rtol=1e-13)


def test_external_constants_are_used_with_their_unit() -> None:
    np.testing.assert_allclose(
        compiled("g*scale + g0", siemens.dim, scale=3, g0=1 * nS), [4e-9, 7e-9]
    )


def test_a_constant_hides_a_unit_of_the_same_name() -> None:
    np.testing.assert_allclose(compiled("x*mV", mV=2.0), [0.5, 9])


def test_an_overflow_is_infinite_and_no_warning() -> None:
    np.testing.assert_array_equal(compiled("exp(1e6*x)"), np.inf)


def test_a_wrong_unit_is_refused() -> None:
    with pytest.raises(
        UnitMismatchError, match="'p' has the unit S, but the expression '2[*]v' has V"
    ):
        compiled("2*v", siemens.dim)


def test_units_that_cannot_be_added_are_refused() -> None:
    with pytest.raises(BrianfitError, match=r"'g \+ v'.*cannot be used"):
        compiled("g + v", siemens.dim)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="uses 'gg', which is neither"):
        compiled("2*gg", siemens.dim)


@pytest.mark.parametrize(
    "expression", ["2*", "g = 3", "g if x else v", "__import__('os')", "g.real"]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(BrianfitError, match="'p'"):
        compiled(expression, siemens.dim)


def test_random_numbers_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="random"):
        compiled("rand()*x")


def test_names_are_those_that_are_neither_functions_nor_units() -> None:
    # A, C and g are units outside of equations only
    assert tied_names("exp(v/(10*mV))*g + A*C*pi") == {"v", "g", "A", "C"}


def test_nothing_of_brian_is_left_changed() -> None:
    before = brian2.defaultclock.dt

    compiled("2*g", siemens.dim)

    assert brian2.defaultclock.dt == before

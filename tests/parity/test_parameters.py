"""`Parameter`: scales, values to start from, fixed and tied parameters, `params={...}`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import DimensionMismatchError, mV, nS, pF, siemens, volt

from brianfit import Parameter
from tests.parity.leaky import BOUNDS, EL, PASSIVE, membrane, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
THREE = [[0.0], [0.5], [1.0]]
C_TRUE = Parameter(fixed=100 * pF)


@pytest.mark.parametrize(
    ("gl", "middle"),
    [
        (Parameter(1 * nS, 100 * nS, scale="linear"), 50.5),
        (Parameter(1 * nS, 100 * nS, scale="log"), 10.0),
        (Parameter(1 * nS, 100 * nS), 10.0),  # two decades: logarithmic
        (Parameter(1 * nS, 99 * nS), 50.0),  # less than that: linear
        ([1 * nS, 100 * nS], 10.0),
        ([0 * nS, 100 * nS], 50.0),
        ([-100 * nS, 300 * nS], 100.0),
    ],
)
def test_the_scale_says_how_values_are_spread_between_the_bounds(gl: Any, middle: float) -> None:
    fitter = trace_fitter()

    fitter.fit(ScriptedOptimizer(THREE), callback=None, gl=gl, C=C_TRUE)

    values = fitter.result.history.values[:, 0] * 1e9
    low, high = (gl.low, gl.high) if isinstance(gl, Parameter) else gl
    np.testing.assert_allclose(values, [low / nS, middle, high / nS], rtol=1e-9, atol=1e-9)


def test_a_value_to_start_from_is_among_the_samples_of_the_first_round_only() -> None:
    fitter = trace_fitter()

    fitter.fit(
        ScriptedOptimizer(THREE),
        n_rounds=2,
        callback=None,
        gl=Parameter(1 * nS, 100 * nS, value=12.5 * nS),
        C=C_TRUE,
    )

    first, second = fitter.result.history.rounds
    assert first.values.shape == (4, 1)
    assert first.values[3, 0] == pytest.approx(12.5e-9)
    assert second.values.shape == (3, 1)


def test_a_perfect_value_to_start_from_is_the_result() -> None:
    fitter = trace_fitter()

    params, error = fitter.fit(
        callback=None,
        seed=1,
        gl=Parameter(1 * nS, 100 * nS, value=10 * nS),
        C=Parameter(10 * pF, 1000 * pF, value=100 * pF),
    )

    assert float(params["gl"] / nS) == pytest.approx(10)
    assert error < 1e-20 * volt**2


def test_a_fixed_parameter_keeps_its_value_and_is_not_searched() -> None:
    fitter = trace_fitter()

    params, _ = fitter.fit(
        ScriptedOptimizer(THREE), callback=None, gl=BOUNDS["gl"], C=Parameter(fixed=100 * pF)
    )

    assert params == {"gl": params["gl"], "C": 100 * pF}
    assert fitter.result.history.parameter_names == ("gl",)
    assert set(fitter.results()[0]) == {"gl", "error"}


def test_a_tied_parameter_follows_the_others() -> None:
    equations = PASSIVE.replace("gl*(EL - v)", "(gl + g2)*(EL - v)") + "g2 : siemens (constant)"
    fitter = trace_fitter(model=equations)

    params, error = fitter.fit(
        ScriptedOptimizer([[0.0]]),
        callback=None,
        gl=[2 * nS, 20 * nS],
        g2=Parameter(tied="3*gl + 2*nS"),
        C=C_TRUE,
    )

    # gl = 2 nS and g2 = 8 nS make the 10 nS of the recording.
    assert float(params["g2"] / nS) == pytest.approx(8)
    assert error < 1e-20 * volt**2


def test_a_tied_parameter_may_use_names_of_the_script_and_fixed_and_tied_ones() -> None:
    equations = PASSIVE + "g2 : siemens (constant)\ng3 : siemens (constant)"
    extra = 5 * nS  # noqa: F841 - looked up by the fitter
    fitter = trace_fitter(model=equations, namespace=None)

    params, _ = fitter.fit(
        ScriptedOptimizer([[0.5]]),
        callback=None,
        gl=BOUNDS["gl"],
        C=C_TRUE,
        g2=Parameter(tied="gl + extra"),
        g3=Parameter(tied="2*g2*C/(100*pF)"),
    )

    assert float(params["g2"] / nS) == pytest.approx(15)
    assert float(params["g3"] / nS) == pytest.approx(30)


@pytest.mark.parametrize("calc_gradient", [False, True])
def test_refine_respects_fixed_and_tied_parameters(calc_gradient: bool) -> None:
    equations = PASSIVE.replace("gl*(EL - v)", "(gl + g2)*(EL - v)") + "g2 : siemens (constant)"
    fitter = trace_fitter(model=equations, method="exponential_euler")
    fitter.fit(
        ScriptedOptimizer([[0.3]]),
        callback=None,
        gl=[1 * nS, 20 * nS],
        g2=Parameter(tied="4*gl"),
        C=C_TRUE,
    )

    params, _ = fitter.refine(callback=None, calc_gradient=calc_gradient)

    # The membrane was made with 10 nS in all, of which gl has a fifth.
    assert float(params["gl"] / nS) == pytest.approx(2, rel=1e-5)
    assert float(params["g2"] / nS) == pytest.approx(8, rel=1e-5)
    assert params["C"] == 100 * pF
    assert fitter.best_params == params


def test_generate_uses_fixed_and_tied_parameters() -> None:
    fitter = trace_fitter(model=PASSIVE + "g2 : siemens (constant)")
    fitter.fit(
        ScriptedOptimizer([[0.5]]),
        callback=None,
        gl=BOUNDS["gl"],
        g2=Parameter(tied="2*gl"),
        C=C_TRUE,
    )

    found = fitter.generate(["v", "g2"])

    np.testing.assert_allclose(np.asarray(found["v"]), np.asarray(membrane()), atol=1e-12)
    assert float(found["g2"][0, 0] / nS) == pytest.approx(20)


def test_the_initial_value_of_a_variable_may_be_fitted() -> None:
    fitter = trace_fitter(param_init=None)

    params, error = fitter.fit(
        ScriptedOptimizer([[*TRUTH, 0.5]]), callback=None, **BOUNDS, v=[-80 * mV, -60 * mV]
    )

    assert params["v"] == -70 * mV
    assert error < 1e-20 * volt**2


def test_parameters_may_all_be_given_through_params() -> None:
    named, keywords = trace_fitter(), trace_fitter()

    named.fit(ScriptedOptimizer([TRUTH]), callback=None, params=BOUNDS)
    keywords.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert named.best_params == keywords.best_params


def test_bounds_without_units_are_si_values_where_units_are_off() -> None:
    fitter = trace_fitter(use_units=False)

    params, _ = fitter.fit(
        ScriptedOptimizer([[1.0]]), callback=None, gl=[1e-9, 1e-7], C=Parameter(fixed=1e-10)
    )

    assert params == {"gl": pytest.approx(1e-7), "C": 1e-10}


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"gl": Parameter(fixed=1 * mV)}, DimensionMismatchError, "'gl'.*must have the unit S"),
        ({"gl": Parameter(tied="2*C")}, DimensionMismatchError, "'gl'"),
        ({"gl": Parameter(tied="2*unknown")}, NameError, "unknown"),
        ({"gl": Parameter(tied="C*")}, ValueError, "'gl'"),
        ({"gl": Parameter(tied="2*gl")}, Exception, "'gl'"),
        ({"gl": Parameter(0 * nS, 1 * nS, scale="log")}, ValueError, "bounds above zero"),
        ({"gl": Parameter(1 * nS, 2 * nS, value=3 * nS)}, ValueError, "not within its bounds"),
        ({"gl": Parameter(1 * nS, 1 * nS)}, ValueError, "Use Parameter\\(fixed=...\\)"),
        (
            {"gl": Parameter(fixed=1 * nS), "C": Parameter(fixed=1 * pF)},
            ValueError,
            "no parameter is free",
        ),
        (
            {"v": [-80 * mV, -60 * mV]},
            ValueError,
            "both a parameter of the fit and in `param_init`",
        ),
    ],
)
def test_what_cannot_be_used_is_named(given, kind, message) -> None:
    fitter = trace_fitter(param_init={"v": EL})

    with pytest.raises(kind, match=message):
        fitter.fit(callback=None, **{**BOUNDS, **given})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "exactly one of"),
        ({"low": 1 * nS}, "both `low` and `high`"),
        ({"low": 1 * nS, "high": 2 * nS, "fixed": 1 * nS}, "exactly one of"),
        ({"fixed": 1 * nS, "tied": "C"}, "exactly one of"),
        ({"low": 1, "high": 2, "scale": "logarithmic"}, "`scale` must be one of"),
    ],
)
def test_a_parameter_is_free_or_fixed_or_tied(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Parameter(**arguments)


def test_bounds_are_told_with_their_units() -> None:
    fitter = trace_fitter()

    fitter.fit(n_rounds=0, callback=None, gl=BOUNDS["gl"], C=C_TRUE)

    assert fitter.bounds is not None
    assert list(fitter.bounds) == ["gl"]
    assert fitter.bounds["gl"][0].dim is siemens.dim

"""`refine` as users know it: the same error as `fit`, SciPy's options, derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, pF, uS

from brianfit import GammaFactor, MSEMetric, TraceMetric
from tests.parity.leaky import BOUNDS, EL, PASSIVE, membrane, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

NEAR = [0.45, 0.55]
START = {"gl": 6 * nS, "C": 150 * pF}


@pytest.mark.parametrize("calc_gradient", [False, True])
def test_finds_the_parameters_that_made_the_trace(calc_gradient) -> None:
    fitter = trace_fitter(method="exponential_euler")
    fitter.fit(ScriptedOptimizer([NEAR]), callback=None, **BOUNDS)

    params, result = fitter.refine(callback=None, calc_gradient=calc_gradient)

    assert result.success
    # The minimum is zero, so the parameters follow to the precision of SciPy's tolerances (1e-8).
    assert float(params["gl"] / nS) == pytest.approx(10, rel=1e-6)
    assert float(params["C"] / pF) == pytest.approx(100, rel=1e-6)


def test_works_without_a_fit() -> None:
    fitter = trace_fitter()

    params, _ = fitter.refine(START, callback=None, **BOUNDS)

    assert float(params["gl"] / nS) == pytest.approx(10, rel=1e-6)


def test_bounds_given_to_it_replace_those_of_the_fit() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([NEAR]), callback=None, **BOUNDS)

    params, _ = fitter.refine(callback=None, gl=[1 * nS, 8.5 * nS])

    assert params["gl"] <= 8.5 * nS * (1 + 1e-12)


def test_improves_the_best_of_the_fit_and_says_so() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([NEAR]), callback=None, **BOUNDS)
    before = fitter.best_error

    params, _ = fitter.refine(callback=None)

    assert fitter.best_error < 1e-6 * before
    assert fitter.best_params == params
    assert "refined by least squares" in str(fitter.result)


def test_minimises_the_error_of_fit() -> None:
    fitter = trace_fitter(output={"v": membrane() + 2 * mV}, param_init={"v": EL})
    metric = MSEMetric(t_start=8 * ms)
    fitter.fit(ScriptedOptimizer([NEAR]), metric, callback=None, **BOUNDS)

    params, result = fitter.refine(callback=None)
    other = trace_fitter(output={"v": membrane() + 2 * mV})
    where = [np.log(params["gl"] / nS) / np.log(100), np.log(params["C"] / (10 * pF)) / np.log(100)]
    _, error = other.fit(
        ScriptedOptimizer([np.asarray(where, dtype=float)]), metric, callback=None, **BOUNDS
    )

    assert 2 * result.cost == pytest.approx(float(error), rel=1e-9)


def test_a_metric_of_its_own_is_used() -> None:
    target = membrane()
    target[:, :100] += 20 * mV
    fitter = trace_fitter(output={"v": target})

    params, result = fitter.refine(START, MSEMetric(t_start=10 * ms), callback=None, **BOUNDS)

    assert 2 * result.cost < 1e-12
    assert float(params["gl"] / nS) == pytest.approx(10, rel=1e-6)


def test_options_go_to_scipy() -> None:
    fitter = trace_fitter()

    _, result = fitter.refine(START, callback=None, max_nfev=1, **BOUNDS)
    _, alias = fitter.refine(START, callback=None, maxfev=1, **BOUNDS)

    assert result.nfev == 1
    assert alias.nfev == 1


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"params": START, "maxfev": 2, "max_nfev": 2, **BOUNDS}, ValueError, "maxfev"),
        ({"params": None, **BOUNDS}, TypeError, "parameters to start from"),
        ({"params": START}, TypeError, "Bounds must be set for parameter C"),
        (
            {"params": START, "metric": GammaFactor(delta=1 * ms), **BOUNDS},
            TypeError,
            "TraceMetric",
        ),
        ({"params": START, "n_rounds": 3, **BOUNDS}, ValueError, "does not know 'n_rounds'"),
        ({"params": {**START, "gl": 1 * mV}, **BOUNDS}, Exception, "must have the unit S"),
        ({"params": {**START, "gl": 500 * nS}, **BOUNDS}, ValueError, "not within its bounds"),
    ],
)
def test_wrong_arguments_are_named(arguments, kind, message) -> None:
    with pytest.raises(kind, match=message):
        trace_fitter().refine(callback=None, **arguments)


def test_another_metric_than_the_mean_square_is_refused() -> None:
    class Largest(TraceMetric):
        def get_features(self, model, data, dt):
            return np.abs(model - data).max(axis=2)

        def get_errors(self, features):
            return features.max(axis=1)

    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([NEAR]), Largest(), callback=None, **BOUNDS)

    with pytest.raises(TypeError, match="MSEMetric"):
        fitter.refine(callback=None)


def test_string_initial_values_are_differentiated() -> None:
    equations = PASSIVE.replace("EL", "E_L") + "E_L : volt (constant)"
    fitter = trace_fitter(
        model=equations, param_init={"v": "E_L"}, namespace={}, method="exponential_euler"
    )

    params, _ = fitter.refine(
        {**START, "E_L": -66 * mV},
        callback=None,
        calc_gradient=True,
        **BOUNDS,
        E_L=[-80 * mV, -60 * mV],
    )

    assert float(params["E_L"] / mV) == pytest.approx(-70, abs=1e-5)


def test_sensitivities_can_be_had_unoptimized() -> None:
    fitter = trace_fitter(method="exponential_euler")

    params, _ = fitter.refine(START, callback=None, calc_gradient=True, optimize=False, **BOUNDS)

    assert float(params["gl"] / nS) == pytest.approx(10, rel=1e-6)


def test_several_outputs_are_refined_together() -> None:
    fitter = trace_fitter(
        model=PASSIVE + "twice = 2*v : volt",
        output={"v": membrane(), "twice": 2 * membrane()},
        method="exponential_euler",
    )
    fitter.fit(ScriptedOptimizer([NEAR]), callback=None, **BOUNDS)

    for calc_gradient in (False, True):
        params, result = fitter.refine(START, callback=None, calc_gradient=calc_gradient)

        assert 2 * result.cost < 1e-18
        assert float(params["C"] / pF) == pytest.approx(100, rel=1e-6)


def test_the_callback_sees_every_evaluation_and_can_stop() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([NEAR]), callback=None, **BOUNDS)
    seen = []

    def stop_at_once(params, errors, best_params, best_error, index, additional_info) -> bool:
        seen.append((params, errors, best_params, best_error, index, additional_info))
        return len(seen) == 3

    _, result = fitter.refine(callback=stop_at_once)

    assert [entry[4] for entry in seen] == [0, 1, 2]
    assert set(seen[0][0]) == {"gl", "C"}
    assert len(seen[0][1]) == 1
    assert not result.success
    assert "callback" in result.message


def test_the_text_callback_prints(capsys) -> None:
    fitter = trace_fitter()

    fitter.refine(START, **BOUNDS)

    assert "best error" in capsys.readouterr().out


def test_a_residual_in_millivolts_gives_the_same_search_as_one_in_volts() -> None:
    normal = trace_fitter()
    scaled = trace_fitter()

    first, _ = normal.refine(START, MSEMetric(), callback=None, **BOUNDS)
    second, _ = scaled.refine(START, MSEMetric(normalization=1 * mV), callback=None, **BOUNDS)

    assert float(first["gl"] / nS) == pytest.approx(float(second["gl"] / nS), rel=1e-9)


def test_the_iteration_is_large_unless_told() -> None:
    equations = """
    v = E + int(iteration == 3)*5*mV + 0*I*volt/amp : volt
    E : volt (constant)
    dx/dt = -x/ms : 1
    """
    fitter = trace_fitter(
        model=equations, output={"v": np.full((2, 200), 20.0) * mV}, param_init=None
    )
    arguments: dict[str, Any] = {"callback": None, "E": [0 * mV, 30 * mV]}

    usual, _ = fitter.refine({"E": 10 * mV}, **arguments)
    third, _ = fitter.refine({"E": 10 * mV}, iteration=3, **arguments)

    assert float(usual["E"] / mV) == pytest.approx(20)
    assert float(third["E"] / mV) == pytest.approx(15)


def test_weights_and_normalization_of_each_output_are_those_of_the_fit() -> None:
    # v wants E = 10 mV and counts once, w wants 20 mV and counts a quarter: E = 12 mV.
    equations = """
    v = E + 0*I*volt/amp : volt
    w = E + 0*I*volt/amp : volt
    E : volt (constant)
    dx/dt = -x/ms : 1
    """
    late = np.zeros(200)
    late[100:] = 1
    target = np.full((2, 200), 10.0)
    target[:, :100] = 25.0
    fitter = trace_fitter(
        model=equations,
        output={"v": target * mV, "w": np.full((2, 200), 20.0) * mV},
        param_init=None,
    )
    metrics = {"v": MSEMetric(t_weights=late), "w": MSEMetric(normalization=2)}
    fitter.fit(ScriptedOptimizer([[0.9]]), metrics, callback=None, E=[0 * mV, 30 * mV])

    params, result = fitter.refine(callback=None)

    assert float(params["E"] / mV) == pytest.approx(12, abs=1e-6)
    assert 2 * result.cost == pytest.approx((4 + 64 / 4) * 1e-6)


def test_the_result_is_that_of_scipy() -> None:
    params, result = trace_fitter().refine(START, callback=None, **BOUNDS)

    assert set(params) == {"gl", "C"}
    assert result.success
    assert result.nfev > 1
    assert np.all((result.x >= 0) & (result.x <= 1))
    assert isinstance(result.message, str)


SPIKING_MEMBRANE = """
dv/dt = (g_l*(-65*mV - v) + I_na + I_k + I)/(200*pF) : volt
I_na = g_na*m**3*h*(50*mV - v) : amp
I_k = g_k*n**4*(-90*mV - v) : amp
dm/dt = 1.28/ms/exprel((-50*mV - v)/(4*mV))*(1 - m) - 1.4/ms/exprel((v + 23*mV)/(5*mV))*m : 1
dn/dt = 0.16/ms/exprel((-48*mV - v)/(5*mV))*(1 - n) - 0.5/ms*exp((-53*mV - v)/(40*mV))*n : 1
dh/dt = 0.128/ms*exp((-46*mV - v)/(18*mV))*(1 - h) - 4/ms/(1 + exp((-23*mV - v)/(5*mV)))*h : 1
g_l : siemens (constant)
g_na : siemens (constant)
g_k : siemens (constant)
"""
"""The membrane of Hodgkin and Huxley with the rates of Traub and Miles (1991)."""


def test_conductances_of_a_spiking_membrane_are_found_to_many_digits() -> None:
    # Of nano- and microsiemens: unscaled, steps of differences exceed the parameters themselves.
    step = np.where(np.arange(300) < 50, 0, 0.5)[np.newaxis] * nA
    common: dict[str, Any] = {
        "model": SPIKING_MEMBRANE,
        "input": {"I": step},
        "method": "exponential_euler",
        "param_init": {"v": -65 * mV, "h": 1.0},
        "namespace": {},
    }
    truth = {"g_l": 10 * nS, "g_na": 20 * uS, "g_k": 6 * uS}
    target = trace_fitter(**common, output={"v": np.zeros((1, 300)) * mV}).generate(params=truth)
    fitter = trace_fitter(**common, output={"v": target})

    params, _ = fitter.refine(
        {"g_l": 10.5 * nS, "g_na": 20.5 * uS, "g_k": 6.1 * uS},
        callback=None,
        g_l=[1 * nS, 100 * nS],
        g_na=[2 * uS, 200 * uS],
        g_k=[0.6 * uS, 60 * uS],
    )

    assert target.max() > 30 * mV
    for name, value in truth.items():
        assert float(params[name] / value) == pytest.approx(1, rel=1e-6)

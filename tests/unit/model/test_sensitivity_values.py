"""Derivatives of what is simulated have the values of differences and of closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Equations

from brianfit.model import Model
from brianfit.model.sensitivities import sensitivity_model
from tests.unit.model.sensitivity_models import (
    ADAPTIVE_VALUES,
    HODGKIN_HUXLEY_VALUES,
    LEAKY_TIMES,
    LEAKY_VALUES,
    adaptive,
    assert_agrees,
    hodgkin_huxley,
    leaky,
    simulated_derivatives,
)
from tests.unit.model.simulated import differences, simulate

pytestmark = pytest.mark.slow


class TestAgreementWithDifferences:
    """The methods differentiate their own steps: only the error of the differences is left."""

    @pytest.mark.parametrize(
        ("method", "parameters"),
        [
            ("euler", list(HODGKIN_HUXLEY_VALUES)),
            ("exponential_euler", list(HODGKIN_HUXLEY_VALUES)),
            (None, ["C"]),
        ],
    )
    def test_of_a_spiking_hodgkin_huxley_neuron(
        self, method: str | None, parameters: list[str]
    ) -> None:
        model, n_steps, dt = hodgkin_huxley(method), 300, 2.5e-5
        sensitivity = sensitivity_model(model, parameters=parameters, outputs=["v"])

        found = simulated_derivatives(
            sensitivity, HODGKIN_HUXLEY_VALUES, "v", n_steps=n_steps, dt=dt
        )

        expected = differences(model, HODGKIN_HUXLEY_VALUES, "v", n_steps=n_steps, dt=dt)
        trace = simulate(model, HODGKIN_HUXLEY_VALUES, ["v"], n_steps=n_steps, dt=dt)["v"]
        assert trace.max() > 0.02, "the neuron spikes, or the test is too easy"
        assert set(found) == set(parameters)
        for name in parameters:
            assert_agrees(found[name], expected[name], 1e-6)

    def test_of_a_gate_in_its_steady_state(self) -> None:
        # Brian's exponential Euler takes m(v) as constant during a step
        model = Model(
            equations=Equations("""
                dv/dt = (g*(E - v) + g_p*m*(50*mV - v))/C : volt
                m = 1/(1 + exp((-40*mV - v)/(5*mV))) : 1
                g : siemens
                g_p : siemens
                E : volt
                C : farad
            """),
            method="exponential_euler",
            initial_values={"v": "E"},
        )
        values = {"g": 1e-8, "g_p": 2e-8, "E": -0.05, "C": 1e-10}
        sensitivity = sensitivity_model(model, parameters=list(values), outputs=["v"])

        found = simulated_derivatives(sensitivity, values, "v", n_steps=100, dt=1e-4)

        expected = differences(model, values, "v", n_steps=100, dt=1e-4)
        for name in values:
            assert_agrees(found[name], expected[name], 1e-6)

    @pytest.mark.parametrize("method", ["euler", "rk2"])
    @pytest.mark.parametrize("output", ["v", "w"])
    def test_of_an_adaptive_exponential_neuron(self, method: str, output: str) -> None:
        model = adaptive(method)
        sensitivity = sensitivity_model(model, parameters=list(ADAPTIVE_VALUES), outputs=[output])

        found = simulated_derivatives(sensitivity, ADAPTIVE_VALUES, output, n_steps=200, dt=1e-4)

        expected = differences(model, ADAPTIVE_VALUES, output, n_steps=200, dt=1e-4)
        for name in expected:
            assert_agrees(found[name], expected[name], 1e-6)

    @pytest.mark.parametrize(
        "rate",
        [
            "-exprel(x/p)/ms",
            "-x**p/ms",
            "p**x/(10*ms)",
            "-abs(x - p)*x/ms",
            "clip(p - x, 0, 0.3)/ms - x/(5*ms)",
            "clip(0.5, p*x, 3*x)/ms - x/ms",
            "int(x > p)*(p - x)/ms - 0.1/ms",
            "-sign(x - p)*(x - p)**2/ms",
            "-sqrt(x + p**2)/(3*ms)",
            "-log(1 + exp(p*x))*sin(x)/ms",
            "(cos(p*x) - tan(x/4) + sinh(p)*cosh(x) - tanh(x*p))/(10*ms)",
            "(arcsin(x/3) - arccos(p/2) + arctan(p*x))/ms/10",
            "-(log10(x + 2) + log1p(p*x) + expm1(x/4))/ms",
            "-floor(t/ms)*p*x/ms/5",
            "-1/(1 + exp(-x/p))/ms",
        ],
    )
    def test_of_every_function_of_the_language(self, rate: str) -> None:
        model = Model(
            equations=Equations(f"dx/dt = {rate} : 1\np : 1"),
            method="euler",
            initial_values={"x": 1.0},
        )
        values = {"p": 0.7}
        sensitivity = sensitivity_model(model, parameters=["p"], outputs=["x"])

        found = simulated_derivatives(sensitivity, values, "x", n_steps=100)

        assert_agrees(found["p"], differences(model, values, "x", n_steps=100)["p"], 1e-6)

    def test_of_an_exponential_step_whose_exponent_is_zero(self) -> None:
        model = Model(
            equations=Equations("dx/dt = (1 - k*x)/ms : 1\nk : 1"), method="exponential_euler"
        )
        sensitivity = sensitivity_model(model, parameters=["k"], outputs=["x"])

        found = simulated_derivatives(sensitivity, {"k": 0.0}, "x", n_steps=11, dt=1e-4)

        # At k = 0, x_j = j*d with d = 0.1 and E'(0) = 1/2:
        # S_{j+1} = S_j - d*x_j - d**2/2, hence S_j = -(j*d)**2/2.
        np.testing.assert_allclose(found["k"], -((np.arange(11) * 0.1) ** 2) / 2, atol=1e-7)


class TestClosedForms:
    """The leaky integrator: v = E*(1 - exp(-t/tau)) from v = 0."""

    @pytest.mark.parametrize("method", [None, "exact", "linear", "rk4"])
    def test_of_linear_equations_are_met_to_the_fourth_order(self, method: str | None) -> None:
        sensitivity = sensitivity_model(
            leaky(method=method), parameters=["E", "tau"], outputs=["v"]
        )

        found = simulated_derivatives(sensitivity, LEAKY_VALUES, "v", n_steps=300, dt=1e-4)

        assert sensitivity.model.method == "rk4"
        decay = np.exp(-LEAKY_TIMES / 0.01)
        # global error of rk4: about (t/tau)*(dt/tau)**4/120 = 3e-10 of the derivative
        assert_agrees(found["E"], 1 - decay, 1e-9)
        assert_agrees(found["tau"], -0.02 * LEAKY_TIMES / 0.01**2 * decay, 1e-8)

    def test_start_at_one_for_a_variable_whose_start_is_a_parameter(self) -> None:
        sensitivity = sensitivity_model(leaky(method="rk4"), parameters=["v"], outputs=["v"])

        found = simulated_derivatives(sensitivity, LEAKY_VALUES, "v", n_steps=300, dt=1e-4)

        assert_agrees(found["v"], np.exp(-LEAKY_TIMES / 0.01), 1e-9)

    def test_start_with_the_derivative_of_an_initial_value(self) -> None:
        model = leaky(method="rk4", initial_values={"v": "2*E + 5*mV"})
        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        found = simulated_derivatives(sensitivity, LEAKY_VALUES, "v", n_steps=300, dt=1e-4)

        assert_agrees(found["E"], 1 + np.exp(-LEAKY_TIMES / 0.01), 1e-9)

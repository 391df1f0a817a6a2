"""Sensitivity equations give the derivative of what is simulated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from brian2 import Equations, Function, TimedArray, ms, mV, pA

from brianfit._foundation.errors import InvalidValueError, UnknownNameError
from brianfit.model import Event, Model
from brianfit.model.sensitivities import SensitivityModel, sensitivity_model
from tests.unit.model.simulated import differences, simulate

HODGKIN_HUXLEY = """
    dv/dt = (g_leak*(E_leak - v) - g_na*m**3*h*(v - E_na) - g_k*n**4*(v - E_k) + I)/C : volt
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dn/dt = alpha_n*(1 - n) - 0.5/ms*exp((10*mV - u)/(40*mV))*n : 1
    dh/dt = 0.128/ms*exp((17*mV - u)/(18*mV))*(1 - h) - 4/(1 + exp((40*mV - u)/(5*mV)))/ms*h : 1
    alpha_m = 0.32*(13*mV - u)/mV/(exp((13*mV - u)/(4*mV)) - 1)/ms : hertz
    alpha_n = 0.032*(15*mV - u)/mV/(exp((15*mV - u)/(5*mV)) - 1)/ms : hertz
    beta_m = 0.28*(u - 40*mV)/mV/(exp((u - 40*mV)/(5*mV)) - 1)/ms : hertz
    u = v - V_T : volt
    I = stimulus(t) : amp
    g_leak : siemens
    g_na : siemens
    g_k : siemens
    C : farad
    E_leak : volt
"""
HODGKIN_HUXLEY_VALUES = MappingProxyType(
    {
        "g_leak": 1e-8,
        "g_na": 2e-5,
        "g_k": 6e-6,
        "C": 2e-10,
        "E_leak": -0.065,
    }
)
ADAPTIVE = """
    dv/dt = (g*(E - v) + g*Delta*exp((v - V_T)/Delta) - w + stimulus(t))/C : volt
    dw/dt = (a*(v - E) - w)/tau_w : amp
    g : siemens
    E : volt
    Delta : volt
    a : siemens
    tau_w : second
    C : farad
"""
ADAPTIVE_VALUES = MappingProxyType(
    {
        "g": 1e-8,
        "E": -0.065,
        "Delta": 2e-3,
        "a": 4e-9,
        "tau_w": 0.03,
        "C": 1e-10,
    }
)
LEAKY = """
    dv/dt = (E - v)/tau : volt
    E : volt
    tau : second
"""


def stimulus(amplitude: float = 500.0) -> TimedArray:
    """Return a current that sets in after 1 ms and then varies slowly."""
    times = np.arange(60) * 0.5
    return TimedArray(amplitude * (times >= 1.0) * (1 + 0.2 * np.sin(times)) * pA, dt=0.5 * ms)


def hodgkin_huxley(method: str | None) -> Model:
    namespace = {"E_na": 50 * mV, "E_k": -90 * mV, "V_T": -63 * mV, "stimulus": stimulus(700.0)}
    return Model(
        equations=Equations(HODGKIN_HUXLEY),
        method=method,
        namespace=namespace,
        initial_values={"v": "E_leak", "h": 1.0},
    )


def adaptive(method: str | None) -> Model:
    return Model(
        equations=Equations(ADAPTIVE),
        method=method,
        namespace={"V_T": -50 * mV, "stimulus": stimulus(120.0)},
        initial_values={"v": "E"},
    )


def leaky(**changes: Any) -> Model:
    return Model(**{"equations": Equations(LEAKY), **changes})


def simulated_derivatives(
    sensitivity: SensitivityModel,
    values: Mapping[str, float],
    output: str,
    *,
    n_steps: int,
    dt: float = 1e-5,
) -> dict[str, np.ndarray]:
    """Return the traces of all derivatives of an output, by parameter."""
    names = {p: name for (o, p), name in sensitivity.variables.items() if o == output}
    traces = simulate(
        sensitivity.model, values, sorted(set(names.values())), n_steps=n_steps, dt=dt
    )
    return {parameter: traces[name][0] for parameter, name in names.items()}


def assert_agrees(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    assert np.max(np.abs(found - expected)) <= tolerance * np.max(np.abs(expected))


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


LEAKY_VALUES = MappingProxyType({"E": 0.02, "tau": 0.01})
LEAKY_TIMES = np.arange(300) * 1e-4


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


class TestInitialValues:
    def test_are_differentiated_in_the_order_in_which_they_are_set(self) -> None:
        model = Model(
            equations=Equations("dx/dt = -x/ms : 1\ndy/dt = -y/ms : 1\nk : 1"),
            method="euler",
            initial_values={"x": "k**2", "y": "3*x"},
        )
        sensitivity = sensitivity_model(model, parameters=["k"], outputs=["x", "y"])

        x = simulated_derivatives(sensitivity, {"k": 2.0}, "x", n_steps=1)
        y = simulated_derivatives(sensitivity, {"k": 2.0}, "y", n_steps=1)

        assert x["k"][0] == 4.0
        assert y["k"][0] == 12.0

    def test_that_are_set_before_what_they_use_do_not_depend_on_it(self) -> None:
        model = Model(
            equations=Equations("dx/dt = -x/ms : 1\ndy/dt = -y/ms : 1\nk : 1"),
            initial_values={"y": "3*x", "x": "k**2"},
        )

        sensitivity = sensitivity_model(model, parameters=["k"], outputs=["y"])

        assert sensitivity.variables == {}

    def test_of_parameters_carry_derivatives_into_the_equations(self) -> None:
        model = leaky(method="rk4", initial_values={"tau": "E/(2*volt)*second"})
        values = {"E": 0.02, "tau": 0.0}
        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        found = simulated_derivatives(sensitivity, values, "v", n_steps=300, dt=1e-4)

        # tau = E/2 in SI numbers: d/dE [E*(1 - exp(-2t/E))] = 1 - exp(-2t/E)*(1 + 2t/E)
        ratio = np.arange(300) * 1e-4 / 0.01
        assert_agrees(found["E"], 1 - np.exp(-ratio) * (1 + ratio), 1e-8)


class TestOutputs:
    def test_may_be_nested_subexpressions(self) -> None:
        model = leaky(
            equations=Equations(
                LEAKY
                + """
                scaled = 3*shifted : volt
                shifted = v - k*E : volt
                k : 1
                """
            ),
            method="rk4",
        )
        values = {"E": 0.02, "tau": 0.01, "k": 0.5}
        sensitivity = sensitivity_model(model, parameters=["E", "k"], outputs=["scaled"])

        found = simulated_derivatives(sensitivity, values, "scaled", n_steps=300, dt=1e-4)

        decay = np.exp(-np.arange(300) * 1e-4 / 0.01)
        assert_agrees(found["E"], 3 * (1 - decay - 0.5), 1e-9)
        np.testing.assert_allclose(found["k"], -3 * 0.02)

    def test_that_do_not_depend_on_a_parameter_have_no_derivative(self) -> None:
        model = leaky(equations=Equations(LEAKY + "dw/dt = -w/ms : 1\nunused : 1\nz = I*2 : amp"))

        sensitivity = sensitivity_model(
            model, parameters=["E", "unused"], outputs=["w", "v", "z", "I"], inputs=["I"]
        )

        assert set(sensitivity.variables) == {("v", "E")}

    def test_may_be_a_parameter_itself(self) -> None:
        sensitivity = sensitivity_model(leaky(method="rk4"), parameters=["E"], outputs=["E"])

        found = simulated_derivatives(sensitivity, {"E": 0.02, "tau": 0.01}, "E", n_steps=2)

        np.testing.assert_array_equal(found["E"], 1.0)

    def test_with_a_step_have_the_derivative_zero_there(self) -> None:
        model = leaky(equations=Equations(LEAKY + "is_high = int(v > E/2) : 1"))

        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["is_high"])

        assert sensitivity.variables == {}


class TestAddedEquations:
    def test_are_named_after_variable_and_parameter(self) -> None:
        sensitivity = sensitivity_model(leaky(), parameters=["E", "tau"], outputs=["v"])

        assert sensitivity.variables == {("v", "E"): "S_v_E", ("v", "tau"): "S_v_tau"}

    def test_avoid_names_that_the_model_has(self) -> None:
        model = leaky(equations=Equations(LEAKY + "S_v_E : 1"))

        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        assert sensitivity.variables == {("v", "E"): "S_v_E_2"}

    def test_leave_out_what_stays_zero_or_is_not_needed(self) -> None:
        equations = LEAKY + "dw/dt = -w/tau_w : 1\ntau_w : second"

        few = sensitivity_model(
            leaky(equations=Equations(equations)), parameters=["E", "tau_w"], outputs=["v"]
        )
        all_ = sensitivity_model(
            leaky(equations=Equations(equations)),
            parameters=["E", "tau_w"],
            outputs=["v"],
            optimize=False,
        )

        def added(sensitivity: SensitivityModel) -> set[str]:
            return {name for name in sensitivity.model.variable_names if name.startswith("S_")}

        assert {name for name in added(few) if "slope" not in name} == {"S_v_E"}
        assert {"S_v_E", "S_w_E", "S_v_tau_w", "S_w_tau_w"} <= added(all_)

    def test_leave_the_variables_of_the_model_as_they_are(self) -> None:
        model = hodgkin_huxley("exponential_euler")
        sensitivity = sensitivity_model(model, parameters=["g_na"], outputs=["v"])

        found = simulate(sensitivity.model, HODGKIN_HUXLEY_VALUES, ["v"], n_steps=160, dt=5e-5)

        # the same steps, rounded differently; a spike amplifies differences about 1000-fold
        expected = simulate(model, HODGKIN_HUXLEY_VALUES, ["v"], n_steps=160, dt=5e-5)
        np.testing.assert_allclose(found["v"], expected["v"], rtol=0, atol=1e-12)

    def test_compare_quantities_with_a_zero_that_has_a_unit(self) -> None:
        model = leaky(
            equations=Equations("dv/dt = clip(k*v, 0*mV, 30*mV)/ms*int(v > 0*mV) : volt\nk : 1"),
            method="euler",
            initial_values={"v": 0.01},
        )
        sensitivity = sensitivity_model(model, parameters=["k"], outputs=["v"])

        found = simulated_derivatives(sensitivity, {"k": 0.5}, "v", n_steps=100)

        assert_agrees(found["k"], differences(model, {"k": 0.5}, "v", n_steps=100)["k"], 1e-6)

    def test_stay_finite_where_an_exponential_overflows(self) -> None:
        model = Model(
            equations=Equations("dx/dt = (1/(1 + exp(p*800)) - x)/ms : 1\np : 1"), method="euler"
        )
        sensitivity = sensitivity_model(model, parameters=["p"], outputs=["x"])

        with np.errstate(over="ignore"):
            found = simulated_derivatives(sensitivity, {"p": 1.0}, "x", n_steps=3)

        np.testing.assert_array_equal(found["p"], 0.0)


class TestWhatIsAllowed:
    def test_a_threshold_that_only_counts_spikes(self) -> None:
        model = leaky(
            equations=Equations(LEAKY + "n_spikes : integer"),
            threshold="v > 10*mV",
            reset="n_spikes += 1",
            refractory="v > 10*mV",
        )

        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        assert sensitivity.variables == {("v", "E"): "S_v_E"}

    def test_noise_in_a_variable_that_no_output_needs(self) -> None:
        model = leaky(
            equations=Equations(LEAKY + "dw/dt = -w/ms + xi/sqrt(ms) : 1"), method="euler"
        )

        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        assert sensitivity.model.method == "euler"

    def test_a_step_in_time(self) -> None:
        model = leaky(equations=Equations("dv/dt = (E*int(t > 1*ms) - v)/ms : volt\nE : volt"))

        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        assert sensitivity.variables == {("v", "E"): "S_v_E"}

    def test_functions_that_the_parameters_do_not_reach(self) -> None:
        double = Function(lambda x: 2 * x, arg_units=[ms], return_unit=1)
        model = leaky(
            equations=Equations("dv/dt = (E*double(t) - v)/ms : volt\nE : volt"),
            namespace={"double": double},
        )

        sensitivity = sensitivity_model(model, parameters=["E"], outputs=["v"])

        assert sensitivity.variables == {("v", "E"): "S_v_E"}


class TestWhatIsRefused:
    def refused(self, model: Model, *, parameters: tuple[str, ...] = ("E",)) -> str:
        with pytest.raises(InvalidValueError, match="calc_gradient=False") as caught:
            sensitivity_model(model, parameters=parameters, outputs=["v"])
        return str(caught.value)

    def test_a_reset_of_what_the_output_depends_on(self) -> None:
        message = self.refused(leaky(threshold="v > 10*mV", reset="w = 1; v = 0*mV"))

        assert "depend on 'v', which the reset changes" in message

    def test_an_event_that_changes_what_the_output_depends_on(self) -> None:
        event = Event(condition="v > 10*mV", code="tau *= 2")

        message = self.refused(leaky(events={"high": event}))

        assert "depend on 'tau', which the event 'high' changes" in message

    def test_refractoriness_that_stops_the_output(self) -> None:
        equations = Equations("dv/dt = (E - v)/ms : volt (unless refractory)\nE : volt")

        message = self.refused(leaky(equations=equations, threshold="v > E/2", refractory=2 * ms))

        assert "stands still during refractoriness" in message

    @pytest.mark.parametrize(
        "rate", ["(E - v)/ms*int(not_refractory)", "(E - v)/ms*exp(-(t - lastspike)/ms)"]
    )
    def test_variables_that_a_spike_changes(self, rate: str) -> None:
        model = leaky(
            equations=Equations(f"dv/dt = {rate} : volt\nE : volt"),
            threshold="v > E/2",
            refractory=2 * ms,
        )

        assert "changes at a spike" in self.refused(model)

    def test_noise_in_the_output(self) -> None:
        equations = Equations("dv/dt = (E - v)/ms + xi*mV/sqrt(ms) : volt\nE : volt")

        assert "noise 'xi'" in self.refused(leaky(equations=equations))

    def test_random_numbers_in_the_output(self) -> None:
        equations = Equations("dv/dt = (E*rand() - v)/ms : volt\nE : volt")

        assert "random numbers with 'rand'" in self.refused(leaky(equations=equations))

    def test_a_function_with_an_unknown_derivative(self) -> None:
        double = Function(lambda x: 2 * x, arg_units=[mV], return_unit=mV)
        model = leaky(
            equations=Equations("dv/dt = (E - double(v))/ms : volt\nE : volt"),
            namespace={"double": double},
        )

        assert "the function 'double'" in self.refused(model)

    @pytest.mark.parametrize(
        "rate", ["E*int(v > 5*mV)/ms", "sign(v - 5*mV)*E/ms", "floor(v/E)*mV/ms", "int(v/mV)*E/ms"]
    )
    def test_a_jump_that_depends_on_the_parameters(self, rate: str) -> None:
        model = leaky(equations=Equations(f"dv/dt = {rate} : volt\nE : volt"))

        assert "jumps where" in self.refused(model)

    def test_an_integer_as_a_parameter(self) -> None:
        model = leaky(equations=Equations("dv/dt = -n*v/ms : volt\nn : integer"))

        assert "'n' is an integer" in self.refused(model, parameters=("n",))

    def test_an_integer_that_starts_with_a_value_of_the_parameters(self) -> None:
        model = leaky(
            equations=Equations("dv/dt = (E - n*v)/ms : volt\nn : integer\nE : volt"),
            initial_values={"n": "int(E/mV)"},
        )

        assert "'n', an integer" in self.refused(model)

    def test_all_problems_are_listed(self) -> None:
        equations = Equations("dv/dt = (E - v)/ms + xi*mV/sqrt(ms) : volt\nE : volt")

        message = self.refused(leaky(equations=equations, threshold="v > E", reset="v = 0*mV"))

        assert "2 problems were found" in message

    def test_a_parameter_that_is_replaced_by_its_initial_value(self) -> None:
        model = leaky(initial_values={"E": 10 * mV})

        with pytest.raises(InvalidValueError, match="has an initial value as well"):
            sensitivity_model(model, parameters=["E"], outputs=["v"])

    def test_unknown_parameters_and_outputs(self) -> None:
        with pytest.raises(UnknownNameError, match="(?s)'taus' is neither.*'tau'.*no variable 'u'"):
            sensitivity_model(leaky(), parameters=["taus"], outputs=["u"])

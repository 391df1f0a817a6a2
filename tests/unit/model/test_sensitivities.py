"""Sensitivity equations give the derivative of what is simulated."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Equations, Function, ms, mV

from brianfit._foundation.errors import InvalidValueError, UnknownNameError
from brianfit.model import Event, Model
from brianfit.model.sensitivities import SensitivityModel, sensitivity_model
from tests.unit.model.sensitivity_models import (
    HODGKIN_HUXLEY_VALUES,
    LEAKY,
    assert_agrees,
    hodgkin_huxley,
    leaky,
    simulated_derivatives,
)
from tests.unit.model.simulated import differences, simulate


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

    @pytest.mark.parametrize("method", ["euler", "exponential_euler"])
    def test_are_the_same_when_asked_for_again(self, method: str) -> None:
        model = hodgkin_huxley(method)

        first = sensitivity_model(model, parameters=["g_na"], outputs=["v"])
        again = sensitivity_model(model, parameters=["g_na"], outputs=["v"])

        assert str(again.model.equations) == str(first.model.equations)

    def test_of_what_only_starts_differently_are_constant(self) -> None:
        model = Model(equations=Equations("dv/dt = E/second : volt\nE : volt"), method="euler")
        sensitivity = sensitivity_model(model, parameters=["v"], outputs=["v"])

        found = simulated_derivatives(sensitivity, {"E": 2.0}, "v", n_steps=3, dt=0.5)

        np.testing.assert_array_equal(found["v"], 1.0)

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

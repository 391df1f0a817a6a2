"""Arguments of the fitters: what is refused, and with which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Equations, ms, mV, nA, nS, pF, volt

from brianfit import (
    BrianfitError,
    FeatureMetric,
    Fitter,
    GammaFactor,
    MSEMetric,
    OnlineTraceFitter,
    ReferenceEngine,
    TraceFitter,
)
from tests.parity.leaky import (
    BOUNDS,
    DT,
    EL,
    PASSIVE,
    SPIKING,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"model": 3}, TypeError, "`model` must be a string of equations"),
        ({"dt": None}, TypeError, "`dt` is missing"),
        ({"dt": 0.1}, DimensionMismatchError, "`dt` must have the unit s"),
        ({"dt": -1 * ms}, ValueError, "`dt` must be positive"),
        ({"n_samples": 0}, ValueError, "`n_samples` must be at least 1"),
        ({"n_samples": 2.5}, TypeError, "`n_samples` must be a whole number"),
        ({"input": current()}, TypeError, "`input` must be a dictionary"),
        ({"input": {"I current": current()}}, NameError, "not a valid name"),
        ({"input": {"J": current()}}, NameError, "The input 'J' is not used"),
        ({"input": {"C": current()}}, ValueError, "The input 'C' is defined by the equations"),
        ({"input": {"v": current()}}, ValueError, "'v' is both an input and a trace"),
        ({"input_var": "J"}, ValueError, "`input_var` is 'J'"),
        ({"output": membrane()}, TypeError, "`output` must be a dictionary"),
        ({"output": {"w": membrane()}}, NameError, "The output 'w' is not a variable"),
        ({"output": {"v": current()}}, DimensionMismatchError, "The output 'v' has the unit V"),
        ({"output_var": "w"}, ValueError, "`output_var` is 'w'"),
        (
            {"output": {"v": membrane()[:, :100]}},
            ValueError,
            "Input and output must have the same size",
        ),
        ({"output": {"v": membrane(3)}}, ValueError, "same number of traces"),
        ({"param_init": {"w": EL}}, ValueError, "`param_init` names 'w'"),
        ({"param_init": {"v": 3 * nA}}, DimensionMismatchError, "param_init"),
        ({"param_init": 3}, TypeError, "`param_init` must be a dictionary"),
        ({"penalty": "w"}, ValueError, "penalty 'w' is not a variable"),
        ({"engine": "fast"}, TypeError, "`engine` must be an engine"),
        ({"output": {"spikes": [[], []]}}, TypeError, "TraceFitter fits traces"),
    ],
)
def test_a_wrong_argument_of_a_trace_fitter_is_named(
    changes: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        trace_fitter(**changes)

    assert isinstance(caught.value, BrianfitError)


def test_all_problems_are_listed_at_once() -> None:
    with pytest.raises(NameError, match="problems were found") as caught:
        trace_fitter(input={"J": current()}, output={"w": membrane()}, param_init={"u": 3 * mV})

    message = str(caught.value)
    assert message.startswith("3 problems were found")
    assert all(name in message for name in ("'J'", "'w'", "'u'"))


def test_a_model_may_be_a_string_or_equations() -> None:
    assert trace_fitter(model=Equations(PASSIVE)).parameter_names == ("C", "gl")


def test_a_single_sweep_may_have_one_axis() -> None:
    fitter = trace_fitter(input={"I": current(1)[0]}, output={"v": membrane(1)[0]})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert fitter.n_traces == 1
    assert error < 1e-20 * volt**2


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"threshold": None}, TypeError, "needs a `threshold`"),
        ({"output": [[0.01]]}, ValueError, "same number of traces"),
        ({"output": [[8.0], [7.0]]}, ValueError, "were they meant in milliseconds"),
        ({"output": [np.array([8.0]) * mV, []]}, DimensionMismatchError, "must have the unit s"),
        ({"output": [[0.01, np.nan], []]}, ValueError, "not finite"),
        ({"output": {"v": membrane()}}, TypeError, "SpikeFitter fits spike times"),
        ({"input": {"J": current()}}, NameError, "The input 'J' is not used"),
    ],
)
def test_a_wrong_argument_of_a_spike_fitter_is_named(changes, kind, message) -> None:
    with pytest.raises(kind, match=message):
        spike_fitter(**changes)


@pytest.mark.parametrize(
    "output",
    [
        [[0.008, 0.012], [0.007]],
        [np.array([0.008, 0.012]), np.array([0.007])],
        [np.array([8, 12]) * ms, np.array([7]) * ms],
        {"spikes": [np.array([8, 12]) * ms, np.array([7]) * ms]},
    ],
)
def test_spike_times_may_be_lists_arrays_or_quantities(output) -> None:
    fitter = spike_fitter(output=output)

    fitter.fit(callback=None, **BOUNDS)

    assert fitter.output_var == ["spikes"]
    np.testing.assert_allclose(fitter.output_[0][0], [0.008, 0.012])


def test_the_input_of_a_spike_fitter_may_have_any_name() -> None:
    fitter = spike_fitter(model=SPIKING.replace("I)", "J)"), input={"J": current()})
    old = spike_fitter(model=SPIKING.replace("I)", "J)"), input=current(), input_var="J")

    for one in (fitter, old):
        one.fit(callback=None, seed=1, **BOUNDS)

    np.testing.assert_array_equal(fitter.result.history.errors, old.result.history.errors)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"optimizer": "DE"}, TypeError, "`optimizer` must be an Optimizer"),
        ({"metric": GammaFactor(delta=1 * ms)}, TypeError, "metric of 'v'.*TraceMetric"),
        ({"metric": {"w": MSEMetric()}}, ValueError, "unknown: \\['w'\\], missing: \\['v'\\]"),
        ({"metric": [MSEMetric(), MSEMetric()]}, ValueError, "one metric for each of the 1"),
        ({"n_rounds": -1}, ValueError, "`n_rounds` must be at least 0"),
        ({"callback": 5}, TypeError, "`callback` must be 'text'"),
        ({"callback": "loud"}, TypeError, "`callback` must be 'text'"),
        ({"start_iteration": -1}, ValueError, "`start_iteration` must be at least 0"),
        ({"seed": -3}, ValueError, "`seed` must be at least 0"),
        ({"seed": "lucky"}, TypeError, "`seed` must be a whole number"),
        ({"stop": 3}, ValueError, "`stop` must be a stop rule"),
        ({"weights": {"w": 1}}, ValueError, "`weights` names 'w'"),
        ({"weights": {"v": -1}}, ValueError, "finite and not negative"),
        ({"penalty": "w"}, ValueError, "penalty 'w' is not a variable"),
        ({"n_round": 3}, ValueError, "'n_round' is neither.*Did you mean 'n_rounds'"),
        ({"gL": [1 * nS, 2 * nS]}, ValueError, "'gL' is neither.*Did you mean 'gl'"),
        ({"gl": 3 * nS}, TypeError, "must be a pair \\[low, high\\]"),
        ({"gl": [1 * nS]}, TypeError, "pair \\[low, high\\], but 1 values"),
    ],
)
def test_a_wrong_argument_of_fit_is_named(arguments, kind, message) -> None:
    fitter = trace_fitter()

    with pytest.raises(kind, match=message) as caught:
        fitter.fit(**{"callback": None, **BOUNDS, **arguments})

    assert isinstance(caught.value, BrianfitError)
    assert fitter.best_params is None


def test_missing_bounds_name_the_parameter() -> None:
    with pytest.raises(TypeError, match="Bounds must be set for parameter C"):
        trace_fitter().fit(callback=None, gl=BOUNDS["gl"])


def test_errors_of_outputs_in_different_units_cannot_be_added() -> None:
    equations = PASSIVE + "u = v/volt : 1"
    fitter = trace_fitter(model=equations, output={"v": membrane(), "u": np.asarray(membrane())})

    with pytest.raises(DimensionMismatchError, match="different units and cannot be added"):
        fitter.fit(callback=None, **BOUNDS)


def test_weights_with_units_make_errors_comparable() -> None:
    equations = PASSIVE + "u = v/volt : 1"
    fitter = trace_fitter(
        model=equations, output={"v": membrane(), "u": np.asarray(membrane()) + 1}
    )

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), weights={"u": 4 * mV**2}, callback=None, **BOUNDS
    )

    assert float(error / mV**2) == pytest.approx(4)


def test_the_online_fitter_takes_both_spellings() -> None:
    common: dict[str, Any] = {
        "model": PASSIVE,
        "dt": DT,
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
        "engine": ReferenceEngine(),
    }
    new = OnlineTraceFitter(input={"I": current()}, output={"v": membrane()}, **common)
    old = OnlineTraceFitter(
        input_var="I", input=current(), output_var="v", output=membrane(), **common
    )

    for fitter in (new, old):
        fitter.fit(callback=None, seed=1, **BOUNDS)
        fitter.fit(callback=None, **BOUNDS)

    np.testing.assert_array_equal(new.result.history.errors, old.result.history.errors)


def test_a_trace_fitter_sends_spikes_to_the_right_fitter() -> None:
    with pytest.raises(TypeError, match="use SpikeFitter"):
        trace_fitter(output={"spikes": [[0.01], [0.01]]}, threshold="v > 0*mV", reset="v = -70*mV")


def test_traces_and_spikes_are_fitted_together() -> None:
    fitter = Fitter(
        model=SPIKING,
        input={"I": current()},
        output={"v": membrane(), "spikes": [[0.008], [0.007]]},
        dt=DT,
        metric={"v": MSEMetric(normalization=10 * mV), "spikes": GammaFactor(delta=1 * ms)},
        weights={"spikes": 2.0},
        n_samples=10,
        threshold="v > -50*mV",
        reset="v = -70*mV",
        param_init={"v": EL},
        namespace={"EL": EL},
        engine=ReferenceEngine(),
    )

    _, error = fitter.fit(n_rounds=2, callback=None, **BOUNDS)

    parts = fitter.best_objective_errors_normalized
    assert parts is not None
    assert float(error) == pytest.approx(parts["v"] + 2 * parts["spikes"])
    assert set(fitter.generate(["v", "spikes"])) == {"v", "spikes"}


def test_several_inputs_are_given_by_name() -> None:
    equations = PASSIVE.replace("+ I)", "+ I + extra)")
    fitter = TraceFitter(
        model=equations,
        input={"I": 0.5 * current(), "extra": 0.5 * current()},
        output={"v": membrane()},
        dt=DT,
        method="exact",
        param_init={"v": EL},
        namespace={"EL": EL},
        engine=ReferenceEngine(),
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert error < 1e-20 * volt**2
    assert set(fitter.input) == {"I", "extra"}


@pytest.mark.parametrize("name", ["n_traces", "input_var", "N_samples", "output"])
def test_parameters_may_have_names_used_inside(name) -> None:
    equations = PASSIVE.replace("gl", name)
    fitter = trace_fitter(model=equations)

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), callback=None, C=BOUNDS["C"], **{name: BOUNDS["gl"]}
    )

    assert error < 1e-20 * volt**2


@pytest.mark.parametrize("name", ["level", "metric", "penalty", "callback", "seed", "params"])
def test_parameters_named_like_arguments_are_given_through_params(name) -> None:
    equations = PASSIVE.replace("gl", name)
    fitter = trace_fitter(model=equations)

    params, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), callback=None, C=BOUNDS["C"], params={name: BOUNDS["gl"]}
    )

    assert error < 1e-20 * volt**2
    assert abs(params[name] - 10 * nS) < 1e-6 * nS


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="both as keywords and in `params`"):
        trace_fitter().fit(callback=None, params={"gl": BOUNDS["gl"]}, **BOUNDS)


def test_a_feature_metric_is_a_trace_metric() -> None:
    fitter = trace_fitter()
    metric = FeatureMetric([(5 * ms, 20 * ms)], {"highest": lambda trace, dt: float(np.max(trace))})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), metric, callback=None, **BOUNDS)

    assert float(error) == pytest.approx(0, abs=1e-9)


def test_a_capacity_in_the_wrong_unit_is_named_beside_other_problems() -> None:
    with pytest.raises(Exception, match="'C'.*must have the unit F") as caught:
        trace_fitter().fit(callback=None, gl=[5 * nS, 1 * nS], C=[1 * mV, 2 * pF])

    assert "reversed" in str(caught.value)

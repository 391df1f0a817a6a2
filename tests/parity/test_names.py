"""Names: both spellings of inputs and outputs, and where external constants are looked for."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Quantity, check_units, implementation, mV, nS, pF, volt

from brianfit import BrianfitError, MSEMetric, ReferenceEngine, TraceFitter
from tests.parity.leaky import BOUNDS, DT, EL, PASSIVE, TRUE, current, membrane, trace_fitter
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]


def test_both_spellings_mean_the_same() -> None:
    new = trace_fitter()
    old = trace_fitter(input=current(), input_var="I", output=membrane(), output_var="v")
    listed = trace_fitter(input=current(), input_var="I", output=[membrane()], output_var=["v"])

    for fitter in (new, old, listed):
        fitter.fit(n_rounds=1, callback=None, seed=1, **BOUNDS)

    np.testing.assert_array_equal(new.result.history.errors, old.result.history.errors)
    np.testing.assert_array_equal(new.result.history.errors, listed.result.history.errors)


def test_names_come_from_the_calling_script() -> None:
    EL = -70 * mV  # noqa: F841 - looked up by the fitter
    fitter = trace_fitter(namespace=None)

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    traces = fitter.generate_traces()
    refined, _ = fitter.refine(callback=None)

    assert error < 1e-20 * volt**2
    assert traces.shape == (2, 200)
    assert abs(refined["gl"] - 10 * nS) < 1e-6 * nS


def test_level_looks_further_up() -> None:
    def wrapped(fitter: TraceFitter, optimizer: ScriptedOptimizer) -> Quantity:
        return fitter.fit(optimizer, callback=None, level=1, **BOUNDS)[1]

    EL = -70 * mV  # noqa: F841 - looked up by the fitter
    fitter = trace_fitter(namespace=None)

    assert wrapped(fitter, ScriptedOptimizer([TRUTH])) < 1e-20 * volt**2


@pytest.mark.parametrize(
    "simulate",
    [
        lambda fitter: fitter.generate(params=TRUE, level=1),
        lambda fitter: fitter.generate_traces(params=TRUE, level=1),
        lambda fitter: fitter.generate_traces(TRUE, None, 1e9, 1),
        lambda fitter: fitter.refine(TRUE, callback=None, level=1, max_nfev=1, **BOUNDS),
    ],
)
def test_level_looks_further_up_wherever_something_is_simulated(simulate) -> None:
    E_here = -70 * mV  # noqa: F841 - looked up by the fitter, one frame above the lambda
    fitter = trace_fitter(model=PASSIVE.replace("EL", "E_here"), namespace=None)

    assert len(simulate(fitter)) == 2  # two traces; parameters and result of refine


def test_a_name_that_is_nowhere_is_an_error_that_names_it() -> None:
    fitter = trace_fitter(model=PASSIVE.replace("EL", "E_nowhere"), namespace=None)

    with pytest.raises(BrianfitError, match="E_nowhere"):
        fitter.fit(callback=None, **BOUNDS)


def test_string_initial_values_may_use_parameters() -> None:
    equations = PASSIVE.replace("EL", "E_L") + "E_L : volt (constant)"
    fitter = trace_fitter(
        model=equations, param_init={"v": "E_L"}, namespace={}, output={"v": membrane()}
    )

    params, error = fitter.fit(
        ScriptedOptimizer([[0.5, 0.5, 0.5]]), callback=None, **BOUNDS, E_L=[-80 * mV, -60 * mV]
    )

    assert params["E_L"] == -70 * mV
    assert error < 1e-20 * volt**2


def test_what_is_looked_up_is_what_holds_when_fit_is_called() -> None:
    EL = -60 * mV
    fitter = trace_fitter(namespace=None)
    EL = -70 * mV  # noqa: F841 - looked up by the fitter

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert error < 1e-20 * volt**2


def test_names_with_an_underscore_and_other_objects_are_not_taken_from_the_script() -> None:
    _EL = -70 * mV
    hidden = trace_fitter(model=PASSIVE.replace("EL", "_EL"), namespace=None)
    E_text = "-70*mV"  # noqa: F841 - no quantity, number or function
    text = trace_fitter(model=PASSIVE.replace("EL", "E_text"), namespace=None)

    for fitter, name in ((hidden, "_EL"), (text, "E_text")):
        with pytest.raises(BrianfitError, match=name):
            fitter.fit(callback=None, **BOUNDS)


def test_functions_of_the_script_are_found() -> None:
    @implementation("numpy", discard_units=True)
    @check_units(x=volt, result=volt)
    def twice(x):
        return 2 * x

    half = -35 * mV  # noqa: F841 - looked up by the fitter
    fitter = trace_fitter(
        model=PASSIVE.replace("EL", "twice(half)"),
        namespace=None,
        method="exponential_euler",
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert error < 1e-12 * volt**2


def test_a_namespace_given_explicitly_counts_alone() -> None:
    EL = -10 * mV  # noqa: F841 - must not be found
    of_fitter = trace_fitter(namespace={"EL": -70 * mV})
    of_fit = trace_fitter(namespace={"EL": -20 * mV})

    _, first = of_fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    _, second = of_fit.fit(
        ScriptedOptimizer([TRUTH]), callback=None, namespace={"EL": -70 * mV}, **BOUNDS
    )
    traces = of_fit.generate(namespace={"EL": -70 * mV})

    assert first == second < 1e-20 * volt**2
    np.testing.assert_allclose(np.asarray(traces), np.asarray(membrane()), atol=1e-12)


def test_a_name_missing_from_an_explicit_namespace_is_not_looked_for_elsewhere() -> None:
    EL = -70 * mV  # noqa: F841 - must not be found

    with pytest.raises(BrianfitError, match="EL"):
        trace_fitter(namespace={}).fit(callback=None, **BOUNDS)


def test_initial_values_given_as_text_use_names_of_the_script() -> None:
    rest = -70 * mV  # noqa: F841 - looked up by the fitter
    fitter = trace_fitter(
        param_init={"v": "rest + 0*mV"}, model=PASSIVE.replace("EL", "rest"), namespace=None
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert error < 1e-20 * volt**2


def test_a_parameter_may_be_set_by_its_initial_value_instead_of_being_fitted() -> None:
    fitter = trace_fitter(param_init={"v": EL, "C": 100 * pF})

    params, error = fitter.fit(ScriptedOptimizer([[0.5]]), callback=None, gl=BOUNDS["gl"])

    assert set(params) == {"gl"}
    assert error < 1e-20 * volt**2


def test_positions_of_arguments_are_those_of_older_scripts() -> None:
    fitter = TraceFitter(
        PASSIVE, {"I": current()}, {"v": membrane()}, DT, 20, None, None, "exact",
        None, False, None, {"v": EL}, None, True, engine=ReferenceEngine(),
    )  # fmt: skip
    optimizer, metric = ScriptedOptimizer([TRUTH]), MSEMetric()

    _, error = fitter.fit(optimizer, metric, 2, None, False, 5, None, 0, **BOUNDS)
    traces = fitter.generate("v", TRUE, {"v": EL}, 3, 0)
    refined, _ = fitter.refine(TRUE, metric, None, False, True, 3, 0)

    assert error < 1e-20 * volt**2
    assert (fitter.n_samples, fitter.method, fitter.iteration) == (1, "exact", 7)
    assert traces.shape == (2, 200)
    assert set(refined) == {"gl", "C"}

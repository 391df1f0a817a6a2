"""`fit` as users know it: rounds, continuing, restarting, what cannot change."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Quantity, ms, mV, nS, pF, volt

from brianfit import (
    CMAESOptimizer,
    GammaFactor,
    MSEMetric,
    OnlineTraceFitter,
    TraceFitter,
)
from tests.parity.leaky import (
    BOUNDS,
    DT,
    EL,
    PASSIVE,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)
from tests.parity.scripted_optimizer import OldStyleOptimizer, ScriptedOptimizer

TRUTH = [0.5, 0.5]
"""Coordinates of the true parameters: both bounds span two decades around them."""


def test_returns_parameters_and_error_with_units() -> None:
    fitter = trace_fitter()

    params, error = fitter.fit(ScriptedOptimizer([TRUTH]), n_rounds=1, callback=None, **BOUNDS)

    assert set(params) == {"gl", "C"}
    assert abs(params["gl"] - 10 * nS) < 1e-9 * nS
    assert abs(params["C"] - 100 * pF) < 1e-9 * pF
    assert isinstance(error, Quantity)
    assert error.dim is (volt**2).dim
    assert error < 1e-20 * volt**2


def test_returns_numbers_without_units_on_request() -> None:
    fitter = trace_fitter(use_units=False)

    params, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), callback=None, gl=[1e-9, 1e-7], C=[1e-11, 1e-9]
    )

    assert type(params["gl"]) is float
    assert params["gl"] == pytest.approx(1e-8)
    assert type(error) is float


def test_the_error_is_the_mean_square_over_steps_and_traces() -> None:
    shift = 3 * mV
    fitter = trace_fitter(output={"v": membrane() + shift})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(9.0, rel=1e-9)


def test_nothing_is_found_before_the_first_fit() -> None:
    fitter = trace_fitter()

    assert fitter.best_params is None
    assert fitter.best_error is None
    assert fitter.metric is None
    assert fitter.simulator is None
    assert fitter.iteration == 0


def test_attributes_tell_what_was_given() -> None:
    fitter = trace_fitter(threshold="v > 0*mV", reset="v = -70*mV", refractory=2 * ms)

    assert fitter.dt == DT
    assert fitter.duration == 20 * ms
    assert (fitter.n_traces, fitter.n_samples, fitter.n_neurons) == (2, 20, 40)
    assert fitter.parameter_names == ("C", "gl")
    assert fitter.method == "exact"
    assert fitter.threshold == "v > 0*mV"
    assert fitter.reset == "v = -70*mV"
    assert fitter.refractory == 2 * ms
    assert fitter.output_var == ["v"]
    assert fitter.output_dim == [volt.dim]
    np.testing.assert_array_equal(fitter.output_[0], np.asarray(membrane()))
    np.testing.assert_array_equal(np.asarray(fitter.input["I"]), np.asarray(current()))
    assert fitter.input_traces(6 * ms, 1) == current()[1, 60]
    assert fitter.model.parameter_names == {"gl", "C"}


def test_attributes_tell_what_is_in_use_after_a_fit() -> None:
    fitter = trace_fitter()
    optimizer, metric = ScriptedOptimizer([TRUTH]), MSEMetric()

    fitter.fit(optimizer, metric, n_rounds=2, callback=None, **BOUNDS)

    assert fitter.optimizer is optimizer
    assert fitter.metric == [metric]
    assert fitter.iteration == 2
    assert fitter.bounds is not None
    assert fitter.bounds["gl"][1] == 100 * nS


def test_no_rounds_make_everything_ready_and_find_nothing() -> None:
    fitter = trace_fitter()
    optimizer = ScriptedOptimizer([TRUTH])

    found = fitter.fit(optimizer, n_rounds=0, callback=None, **BOUNDS)

    assert found == (None, None)
    assert fitter.optimizer is optimizer
    assert fitter.bounds is not None


@pytest.mark.parametrize("fitter_of", [trace_fitter, spike_fitter])
def test_goes_on_with_default_metric_and_default_optimizer(fitter_of) -> None:
    fitter = fitter_of()

    fitter.fit(n_rounds=2, callback=None, seed=1, **BOUNDS)
    first = fitter.best_error
    fitter.fit(n_rounds=2, callback=None, **BOUNDS)

    assert fitter.iteration == 4
    assert fitter.result.history.n_rounds == 4
    assert fitter.best_error <= first


def test_two_fits_in_turn_equal_one_long_fit() -> None:
    one, two = trace_fitter(), trace_fitter()

    one.fit(CMAESOptimizer(), n_rounds=4, callback=None, seed=3, **BOUNDS)
    optimizer = CMAESOptimizer()
    two.fit(optimizer, n_rounds=1, callback=None, seed=3, **BOUNDS)
    two.generate()
    two.fit(optimizer, n_rounds=3, callback=None, **BOUNDS)

    np.testing.assert_array_equal(one.result.history.values, two.result.history.values)


def test_goes_on_without_repeating_the_bounds() -> None:
    fitter = trace_fitter()
    fitter.fit(n_rounds=1, callback=None, **BOUNDS)

    fitter.fit(n_rounds=1, callback=None)

    assert fitter.iteration == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"optimizer": ScriptedOptimizer([TRUTH])}, "the optimizer"),
        ({"metric": MSEMetric()}, "the metric"),
        ({"gl": [2 * nS, 100 * nS], "C": BOUNDS["C"]}, "the bounds"),
        ({"seed": 8}, "the seed"),
        ({"penalty": "v"}, "the penalty"),
        ({"weights": {"v": 2.0}}, "the weights"),
    ],
)
def test_refuses_a_change_without_restart(change, named) -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), MSEMetric(), callback=None, seed=1, **BOUNDS)

    with pytest.raises(RuntimeError, match=f"{named}.*restart=True"):
        fitter.fit(callback=None, **change)

    assert fitter.result.history.n_rounds == 1


def test_refuses_another_number_of_samples_without_restart() -> None:
    fitter = trace_fitter()
    fitter.fit(callback=None, **BOUNDS)
    fitter.n_samples = 7

    with pytest.raises(RuntimeError, match="n_samples"):
        fitter.fit(callback=None)


def test_restart_forgets_and_may_change_everything() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), n_rounds=2, callback=None, **BOUNDS)
    other = ScriptedOptimizer([[0.0, 0.5]])

    params, error = fitter.fit(
        other,
        MSEMetric(t_start=1 * ms),
        callback=None,
        restart=True,
        gl=[2 * nS, 50 * nS],
        C=BOUNDS["C"],
    )

    assert fitter.optimizer is other
    assert fitter.iteration == 1
    assert fitter.result.history.n_evaluations == 1
    assert params["gl"] == 2 * nS
    assert error > 0


def test_restart_with_the_same_optimizer_starts_its_search_anew() -> None:
    fitter = trace_fitter()
    optimizer = CMAESOptimizer()
    fitter.fit(optimizer, n_rounds=3, callback=None, seed=5, **BOUNDS)
    before = fitter.result.history.values

    fitter.fit(optimizer, n_rounds=3, callback=None, seed=5, restart=True)

    np.testing.assert_array_equal(fitter.result.history.values, before)


def test_a_seed_gives_the_same_numbers_again() -> None:
    runs = []
    for _ in range(2):
        fitter = trace_fitter()
        fitter.fit(n_rounds=3, callback=None, seed=11, **BOUNDS)
        runs.append(fitter.result.history)

    np.testing.assert_array_equal(runs[0].values, runs[1].values)
    np.testing.assert_array_equal(runs[0].errors, runs[1].errors)


def test_an_optimizer_with_a_smallest_number_of_samples_raises_n_samples(caplog) -> None:
    fitter = trace_fitter(n_samples=1)

    fitter.fit(ScriptedOptimizer([TRUTH, TRUTH, TRUTH]), callback=None, **BOUNDS)

    assert fitter.n_samples == 3
    assert fitter.n_neurons == 6
    assert [record for record in caplog.records if "3 samples per round" in record.message]


def test_an_optimizer_of_the_old_kind_works() -> None:
    fitter = trace_fitter()
    optimizer = OldStyleOptimizer()

    _, error = fitter.fit(optimizer, n_rounds=3, callback=None, seed=2, **BOUNDS)

    assert len(optimizer.errors) == 60
    assert error == min(np.asarray(fitter.results("dict")["error"])) * volt**2


def test_iteration_counts_rounds_over_calls_and_can_be_set() -> None:
    equations = PASSIVE.replace("(EL - v)", "(EL - v + iteration*1*mV)")
    fitter = trace_fitter(model=equations, method="exponential_euler")
    optimizer = ScriptedOptimizer([TRUTH])

    fitter.fit(optimizer, n_rounds=2, callback=None, **BOUNDS)
    fitter.fit(optimizer, n_rounds=1, callback=None)
    fitter.fit(optimizer, n_rounds=1, start_iteration=0, callback=None)

    errors = fitter.result.history.errors
    assert errors[0] < errors[1] < errors[2]
    assert errors[3] == errors[0]
    assert fitter.iteration == 1


def test_restart_resets_the_iteration() -> None:
    fitter = trace_fitter()
    fitter.fit(n_rounds=2, callback=None, **BOUNDS)

    fitter.fit(n_rounds=1, restart=True, callback=None)

    assert fitter.iteration == 1


def test_the_recorded_output_can_be_used_in_the_equations() -> None:
    equations = """
    dv/dt = (gl*(EL - v) + I)/C + coupling*(v_target - v) : volt
    gl : siemens (constant)
    C : farad (constant)
    coupling : hertz (constant)
    """
    bounds = {**BOUNDS, "coupling": [0 / ms, 20 / ms]}
    fitter = trace_fitter(model=equations, method="euler", output={"v": membrane() + 5 * mV})

    fitter.fit(ScriptedOptimizer([[0.5, 0.5, 0.0], [0.5, 0.5, 0.2]]), callback=None, **bounds)

    errors = fitter.result.history.errors
    assert errors[1] < 0.2 * errors[0]


def test_a_penalty_is_added_at_the_end() -> None:
    equations = PASSIVE + "cost = (gl/nS)*mV**2 : volt**2"
    fitter = trace_fitter(model=equations, penalty="cost")

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(10.0)
    assert fitter.penalty == "cost"


def test_a_penalty_of_fit_replaces_that_of_the_fitter() -> None:
    equations = PASSIVE + "cost = (gl/nS)*mV**2 : volt**2\nother = 2*cost : volt**2"
    fitter = trace_fitter(model=equations, penalty="cost")

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), penalty="other", callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(20.0)


def test_a_penalty_in_another_unit_is_refused() -> None:
    fitter = trace_fitter(penalty="v")

    with pytest.raises(Exception, match="penalty 'v' has the unit V.*V\\^2"):
        fitter.fit(callback=None, **BOUNDS)


def test_what_happens_before_t_start_does_not_count() -> None:
    target = membrane()
    target[:, :100] += 50 * mV
    fitter = trace_fitter(output={"v": target})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), MSEMetric(t_start=10 * ms), callback=None, **BOUNDS
    )

    assert error < 1e-20 * volt**2


def test_weights_choose_what_counts() -> None:
    target = membrane()
    target[:, 100:] += 2 * mV
    weights = np.ones(200)
    weights[:100] = 3
    fitter = trace_fitter(output={"v": target})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), MSEMetric(t_weights=weights), callback=None, **BOUNDS
    )

    # Half of the steps are 2 mV off, with a quarter of all weight.
    assert float(error / mV**2) == pytest.approx(0.25 * 4)


def test_weights_of_another_length_are_refused() -> None:
    fitter = trace_fitter()

    with pytest.raises(ValueError, match="t_weights.*200"):
        fitter.fit(metric=MSEMetric(t_weights=np.ones(7)), callback=None, **BOUNDS)


def test_normalization_divides_the_error_and_its_unit() -> None:
    fitter = trace_fitter(output={"v": membrane() + 6 * mV})

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), MSEMetric(normalization=2 * mV), callback=None, **BOUNDS
    )

    assert float(error) == pytest.approx(9.0)
    assert (
        not isinstance(error, Quantity) or error.is_dimensionless
        if hasattr(error, "is_dimensionless")
        else True
    )
    assert fitter.best_objective_errors is not None
    assert float(fitter.best_objective_errors["v"] / mV**2) == pytest.approx(36.0)
    assert fitter.best_objective_errors_normalized == {"v": pytest.approx(9.0)}


def test_several_outputs_are_added() -> None:
    equations = PASSIVE + "twice = 2*v : volt"
    fitter = trace_fitter(
        model=equations,
        output={"v": membrane() + 1 * mV, "twice": 2 * membrane() + 4 * mV},
    )
    metrics = {"v": MSEMetric(), "twice": MSEMetric(normalization=2)}

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), metrics, callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(1 + 16 / 4)
    assert fitter.best_objective_errors is not None
    assert float(fitter.best_objective_errors["twice"] / mV**2) == pytest.approx(16)


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


def test_a_name_that_is_nowhere_is_an_error_that_names_it() -> None:
    fitter = trace_fitter(model=PASSIVE.replace("EL", "E_nowhere"), namespace=None)

    with pytest.raises(Exception, match="E_nowhere"):
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


def test_the_online_fitter_finds_the_same_error() -> None:
    target = membrane() + 3 * mV
    online = OnlineTraceFitter(
        model=PASSIVE,
        input_var="I",
        input=current(),
        output_var="v",
        output=target,
        dt=DT,
        n_samples=10,
        method="exact",
        param_init={"v": EL},
        t_start=7 * ms,
        namespace={"EL": EL},
    )
    plain = trace_fitter(output={"v": target}, n_samples=10)

    online.fit(n_rounds=2, callback=None, seed=1, **BOUNDS)
    plain.fit(metric=MSEMetric(t_start=7 * ms), n_rounds=2, callback=None, seed=1, **BOUNDS)

    assert online.t_start == 7 * ms
    np.testing.assert_allclose(online.result.history.errors, plain.result.history.errors, rtol=1e-9)
    assert online.generate_traces().shape == (2, 200)


def test_spikes_are_fitted_and_generated() -> None:
    fitter = spike_fitter()

    _, error = fitter.fit(
        n_rounds=2, metric=GammaFactor(delta=1 * ms, time=20 * ms), callback=None, **BOUNDS
    )
    trains = fitter.generate_spikes()

    assert 0 <= error < 10
    assert len(trains) == 2
    assert trains[0].dim is (1 * ms).dim


def test_the_method_of_a_spike_fitter_is_exponential_euler_unless_told() -> None:
    assert spike_fitter().method == "exponential_euler"
    assert spike_fitter(method="euler").method == "euler"

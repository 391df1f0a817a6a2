"""`fit` as users know it: rounds, continuing, restarting, what cannot change."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Quantity, ms, mV, nS, pF, volt

from brianfit import CMAESOptimizer, MSEMetric, SerialExecutor
from tests.parity.leaky import (
    BOUNDS,
    DT,
    PASSIVE,
    current,
    membrane,
    spike_fitter,
    trace_fitter,
)
from tests.parity.scripted_optimizer import OldStyleOptimizer, ScriptedOptimizer

QUIET = {"callback": None, **BOUNDS}
TRUTH = [0.5, 0.5]
"""Coordinates of the true parameters: both bounds span two decades around them."""


class OtherMSE(MSEMetric):
    """Another metric, made with the same arguments."""


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
    assert fitter.model.parameter_names >= {"gl", "C"}
    assert "v_target" in fitter.model
    assert "I" in fitter.model


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


def test_rounds_follow_after_everything_was_made_ready() -> None:
    fitter = trace_fitter()
    optimizer = ScriptedOptimizer([TRUTH])
    fitter.fit(optimizer, n_rounds=0, callback=None, **BOUNDS)

    _, error = fitter.fit(optimizer, n_rounds=2, callback=None)

    assert error < 1e-20 * volt**2
    assert fitter.iteration == 2


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
        ({"optimizer": ScriptedOptimizer([TRUTH, TRUTH])}, "the optimizer"),
        ({"optimizer": CMAESOptimizer()}, "the optimizer"),
        ({"metric": MSEMetric(t_start=1 * ms)}, "the metric of 'v'"),
        ({"metric": OtherMSE()}, "the metric of 'v'"),
        ({"gl": [2 * nS, 100 * nS], "C": BOUNDS["C"]}, "parameter 'gl'"),
        ({"seed": 8}, "the seed"),
        ({"penalty": "excess"}, "the penalty"),
        ({"weights": {"v": 2.0}}, "the weights"),
        ({"namespace": {"EL": -60 * mV}}, "the external constant 'EL'"),
        ({"namespace": {}}, "the external constant 'EL' is gone"),
        ({"n_repeats": 2}, "n_repeats"),
    ],
)
def test_refuses_a_change_without_restart(change, named) -> None:
    fitter = trace_fitter(model=PASSIVE + "excess = 0*volt**2 : volt**2")
    fitter.fit(ScriptedOptimizer([TRUTH]), MSEMetric(), callback=None, seed=1, **BOUNDS)

    with pytest.raises(RuntimeError, match=f"(?s){named}.*restart=True"):
        fitter.fit(callback=None, **change)

    assert fitter.result.history.n_rounds == 1


def test_goes_on_with_what_is_the_same_by_value() -> None:
    fitter = trace_fitter()
    asked = {"weights": {"v": 1.0}, "seed": 3, "callback": None, **BOUNDS}

    for _ in range(2):  # as when a cell of a notebook is run twice
        fitter.fit(CMAESOptimizer(), MSEMetric(t_start=1 * ms), **asked)

    assert fitter.iteration == 2


def test_another_metric_may_come_with_a_restart_and_all_else_stays() -> None:
    fitter = trace_fitter(model=PASSIVE + "excess = 1e-3*volt**2 : volt**2")
    executor = SerialExecutor()
    fitter.fit(metric=MSEMetric(), penalty="excess", weights={"v": 2.0}, executor=executor, **QUIET)

    fitter.fit(metric=MSEMetric(t_start=1 * ms), restart=True, callback=None)

    search = fitter._session.require_search()
    assert search.task.scoring.penalty == "excess"
    assert search.task.scoring.weights["v"][0] == 2.0
    assert search.executor is executor


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

"""Defects of the older toolbox, by their number in the list; each shown not to be here.

Those of single parts (1, 6, 8, 9 of optimizers; 11 to 14 of metrics) are tested here through whole
fits, and in detail beside the parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import DimensionMismatchError, NeuronGroup, ms, mV, nA, nS, pA, pF, volt

from brianfit import (
    CMAESOptimizer,
    FeatureMetric,
    GammaFactor,
    MSEMetric,
    NevergradOptimizer,
    OnlineTraceFitter,
    Parameter,
    ReferenceEngine,
    SkoptOptimizer,
    TraceFitter,
    get_gamma_factor,
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
from tests.parity.scripted_optimizer import ScriptedOptimizer

TRUTH = [0.5, 0.5]
TRUE_PARAMS: dict[str, Any] = {"gl": 10 * nS, "C": 100 * pF}


@pytest.mark.needs_package("skopt")
def test_01_skopt_works_in_a_fit() -> None:
    fitter = trace_fitter(n_samples=4)

    _, error = fitter.fit(SkoptOptimizer(), n_rounds=3, callback=None, seed=1, **BOUNDS)

    assert np.isfinite(float(error))
    assert fitter.result.history.n_evaluations == 12


@pytest.mark.needs_package("skopt")
def test_01_skopt_takes_a_regressor_of_ones_own() -> None:
    from skopt.learning import ExtraTreesRegressor

    fitter = trace_fitter(n_samples=4)

    fitter.fit(
        SkoptOptimizer(ExtraTreesRegressor(n_estimators=5)), n_rounds=2, callback=None, **BOUNDS
    )

    assert fitter.result.history.n_evaluations == 8


def test_02_refine_makes_progress_on_parameters_in_si_units() -> None:
    equations = "dv/dt = (g*(EL - v) + I)/(100*pF) : volt\ng : siemens (constant)"
    fitter = trace_fitter(model=equations)

    params, result = fitter.refine({"g": 5 * nS}, callback=None, g=[1 * nS, 100 * nS])

    assert result.nfev > 1
    assert float(params["g"] / nS) == pytest.approx(10, rel=1e-6)


def test_02_refine_makes_progress_on_currents() -> None:
    # Residuals of picoamperes: without scaling, every tolerance of SciPy is met at the start.
    equations = "I_out = g*(v_in - EL) : amp\ng : siemens (constant)\ndx/dt = -x/ms : 1"
    steps = np.tile(np.linspace(-80, -60, 50), (1, 1)) * mV
    fitter = trace_fitter(
        model=equations,
        input={"v_in": steps},
        output={"I_out": 10 * nS * (steps - EL)},
        param_init=None,
    )

    params, _ = fitter.refine({"g": 5 * nS}, callback=None, g=[1 * nS, 100 * nS])

    assert float(params["g"] / nS) == pytest.approx(10, rel=1e-6)
    assert float(np.ptp(np.asarray(fitter.output_[0]))) == pytest.approx(float(200 * pA))


def test_03_refine_minimises_the_mean_over_steps_of_each_output() -> None:
    # v wants E = 10 mV, w wants 20 mV. With normalization the mean counts, not the number of steps.
    equations = "v = E : volt\nw = E + 0*I*volt/amp : volt\nE : volt (constant)\ndx/dt = -x/ms : 1"
    target_v, target_w = np.full((1, 200), 10.0) * mV, np.full((1, 200), 20.0) * mV
    gap = np.asarray(target_w).copy()
    gap[:, 50:] = np.nan
    fitter = trace_fitter(
        model=equations,
        input={"I": current(1)},
        output={"v": target_v, "w": gap * volt},
        param_init=None,
    )

    params, _ = fitter.refine({"E": 5 * mV}, callback=None, E=[0 * mV, 30 * mV])

    # Both outputs weigh the same although w was measured in a quarter of the steps only.
    assert float(params["E"] / mV) == pytest.approx(15, abs=1e-6)


def test_04_a_fit_goes_on_with_defaults() -> None:
    fitters = [
        trace_fitter(),
        spike_fitter(),
        OnlineTraceFitter(
            model=PASSIVE,
            input_var="I",
            input=current(),
            output_var="v",
            output=membrane(),
            dt=DT,
            n_samples=5,
            namespace={"EL": EL},
            engine=ReferenceEngine(),
        ),
    ]
    for fitter in fitters:
        fitter.fit(callback=None, **BOUNDS)
        fitter.fit(callback=None, **BOUNDS)

    assert [fitter.iteration for fitter in fitters] == [2, 2, 2]


def test_05_generate_uses_initial_values() -> None:
    fitter = trace_fitter()

    traces = fitter.generate(params=TRUE_PARAMS, param_init={"v": -55 * mV})

    assert traces[0, 0] == -55 * mV


def _diverging(n_rows: int, bad: int) -> tuple[TraceFitter, ScriptedOptimizer]:
    """A fitter where samples with the highest `rate` overflow."""
    equations = "dv/dt = (v - EL)*rate*50 + I*volt/second/nA : volt\nrate : hertz (constant)"
    fitter = TraceFitter(
        model=equations,
        input={"I": current()},
        output={"v": membrane()},
        dt=DT,
        method="euler",
        param_init={"v": -69 * mV},
        namespace={"EL": EL},
        engine=ReferenceEngine(),
    )
    rows = [[1.0]] * bad + [[1e-9 * k] for k in range(n_rows)]
    return fitter, ScriptedOptimizer(rows)


def test_06_samples_that_diverge_have_the_error_inf_and_are_never_the_best() -> None:
    fitter, optimizer = _diverging(3, bad=2)

    _, error = fitter.fit(optimizer, callback=None, rate=[0 / ms, 10000 / ms])

    errors = fitter.result.history.errors
    assert np.isinf(errors[:2]).all()
    assert np.isfinite(float(error))
    assert fitter.result.n_failed == 2
    assert np.isinf(optimizer.told[0][:2]).all()
    assert "2 samples" in str(fitter.result)


def test_06_a_round_in_which_all_samples_diverge_does_not_end_the_fit() -> None:
    fitter, optimizer = _diverging(0, bad=4)

    found = fitter.fit(optimizer, n_rounds=2, callback=None, rate=[0 / ms, 10000 / ms])

    assert found == (None, None)
    assert fitter.result.n_failed == 8
    assert "No sample could be scored" in str(fitter.result)


def test_07_restart_forgets_the_errors_of_the_outputs() -> None:
    fitter = trace_fitter(
        model=PASSIVE + "twice = 2*v : volt",
        output={"v": membrane() + 1 * mV, "twice": 2 * membrane() + 1 * mV},
    )
    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    fitter.fit(ScriptedOptimizer([[0.2, 0.5]] * 3), restart=True, callback=None, **BOUNDS)

    assert len(fitter.results("dataframe")) == 3
    assert fitter.best_objective_errors is not None
    total = sum(float(error) for error in fitter.best_objective_errors.values())
    assert total == pytest.approx(float(fitter.best_error))


@pytest.mark.needs_package("nevergrad")
def test_08_a_later_longer_fit_has_its_own_budget() -> None:
    optimizer = NevergradOptimizer()
    fitter = trace_fitter(n_samples=30)
    fitter.fit(optimizer, n_rounds=1, callback=None, **BOUNDS)

    fitter.fit(optimizer, n_rounds=4, restart=True, callback=None, **BOUNDS)

    assert fitter.result.history.n_evaluations == 120


@pytest.mark.needs_package("nevergrad")
def test_09_nevergrad_takes_an_optimizer_object() -> None:
    import nevergrad

    fitter = trace_fitter(n_samples=30)

    fitter.fit(
        NevergradOptimizer(nevergrad.families.DifferentialEvolution()), callback=None, **BOUNDS
    )

    assert fitter.result.history.n_evaluations == 30


def test_10_a_penalty_may_depend_on_parameters_with_several_traces() -> None:
    fitter = trace_fitter(model=PASSIVE + "cost = (gl/nS)*mV**2 : volt**2", penalty="cost")

    fitter.fit(ScriptedOptimizer([TRUTH, [0.0, 0.5], [1.0, 0.5]]), callback=None, **BOUNDS)

    without = trace_fitter()
    without.fit(ScriptedOptimizer([TRUTH, [0.0, 0.5], [1.0, 0.5]]), callback=None, **BOUNDS)
    added = fitter.result.history.errors - without.result.history.errors
    np.testing.assert_allclose(added, np.array([10, 1, 100]) * 1e-6, rtol=1e-6)


def test_11_normalization_is_applied_once() -> None:
    plain, halved = spike_fitter(), spike_fitter()

    plain.fit(ScriptedOptimizer([TRUTH]), GammaFactor(delta=1 * ms), callback=None, **BOUNDS)
    halved.fit(
        ScriptedOptimizer([TRUTH]),
        GammaFactor(delta=1 * ms, normalization=2),
        callback=None,
        **BOUNDS,
    )

    assert float(halved.best_error) == pytest.approx(float(plain.best_error) / 2)
    assert halved.best_objective_errors == pytest.approx(plain.best_objective_errors)


def test_12_the_times_of_a_stimulus_are_not_changed() -> None:
    times = [(5 * ms, 20 * ms)]
    metric = FeatureMetric(times, {"mean": lambda trace, dt: float(np.mean(trace))}, t_start=2 * ms)
    fitter = trace_fitter()

    fitter.fit(ScriptedOptimizer([TRUTH]), metric, callback=None, **BOUNDS)

    assert times == [(5 * ms, 20 * ms)]


def test_13_an_empty_recorded_train_does_not_end_a_fit() -> None:
    fitter = spike_fitter(output=[[], []])

    _, error = fitter.fit(callback=None, **BOUNDS)

    assert np.isfinite(float(error))


def test_13_a_burst_does_not_match_one_spike_several_times() -> None:
    burst = np.array([0.1, 0.1005, 0.101, 0.1015])

    error = get_gamma_factor(
        burst, np.array([0.1]), delta=2 * ms, time=1 * ms * 1000, dt=DT, rate_correction=False
    )

    # One coincidence. By chance 2 delta rate N_data = 2*0.002*4 = 0.016 are expected, and the
    # norm is 1 - 2*0.002*4 = 0.984: Gamma = (1 - 0.016)/(0.5*5)/0.984 = 0.4.
    assert error == pytest.approx(0.6)


def test_13_a_window_in_which_everything_coincides_is_refused() -> None:
    fitter = spike_fitter()

    with pytest.raises(ValueError, match="delta"):
        fitter.fit(metric=GammaFactor(delta=10 * ms), callback=None, **BOUNDS)


def test_14_spike_metrics_take_times_with_units_and_t_start() -> None:
    fitter = spike_fitter()

    fitter.fit(metric=GammaFactor(delta=1 * ms, t_start=6 * ms), callback=None, **BOUNDS)
    alone = GammaFactor(delta=1 * ms, time=20 * ms, t_start=6 * ms).calc(
        [[np.array([8.0]) * ms]], [np.array([8.0]) * ms], DT
    )

    assert alone == pytest.approx([0.0])


def test_15_the_online_fitter_divides_by_its_own_step() -> None:
    fitter = OnlineTraceFitter(
        model=PASSIVE,
        input={"I": current()},
        output={"v": membrane() + 5 * mV},
        dt=DT,
        n_samples=1,
        method="exact",
        param_init={"v": EL},
        namespace={"EL": EL},
        engine=ReferenceEngine(),
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(25)


def test_15_the_online_fitter_records_no_traces() -> None:
    fitter = OnlineTraceFitter(
        model=PASSIVE,
        input={"I": current()},
        output={"v": membrane()},
        dt=DT,
        namespace={"EL": EL},
        engine=ReferenceEngine(),
    )

    fitter.fit(n_rounds=0, callback=None, **BOUNDS)

    task = fitter._session.require_search().objective.task
    assert task.recorded == ()
    assert len(task.accumulators) == 1


def test_16_units_of_errors_take_normalization_into_account() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([TRUTH]), MSEMetric(normalization=1 * mV), callback=None, **BOUNDS)

    error = fitter.results()[0]["error"]

    assert not hasattr(error, "dim") or error.dim is (volt / volt).dim


def test_17_a_wrong_number_of_spike_trains_is_refused() -> None:
    with pytest.raises(ValueError, match="`I` 2, `spikes` 3"):
        spike_fitter(output=[[0.01], [0.01], [0.01]])


def test_17_milliseconds_without_unit_are_noticed() -> None:
    with pytest.raises(ValueError, match="were they meant in milliseconds"):
        spike_fitter(output=[[8.0], [9.0]])


def test_18_units_of_bounds_are_checked() -> None:
    with pytest.raises(DimensionMismatchError, match="'gl'.*must have the unit S"):
        trace_fitter().fit(callback=None, gl=[0 * mV, 30 * mV], C=BOUNDS["C"])


def test_18_reversed_bounds_are_named() -> None:
    with pytest.raises(ValueError, match="'gl'.*reversed"):
        trace_fitter().fit(callback=None, gl=[30 * nS, 1 * nS], C=BOUNDS["C"])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_18_bounds_that_are_not_finite_are_named(bad: float) -> None:
    with pytest.raises(ValueError, match="'gl' must be finite"):
        trace_fitter().fit(callback=None, gl=[1 * nS, bad * nS], C=BOUNDS["C"])


def test_18_derivatives_that_would_ignore_a_reset_are_refused() -> None:
    fitter = trace_fitter(threshold="v > -55*mV", reset="v = -70*mV", method="exponential_euler")

    with pytest.raises(ValueError, match="calc_gradient=False"):
        fitter.refine(TRUE_PARAMS, callback=None, calc_gradient=True, **BOUNDS)


def test_18_nested_subexpressions_are_differentiated() -> None:
    equations = PASSIVE + "first = 2*v : volt\nsecond_level = first + v : volt"
    fitter = trace_fitter(
        model=equations, output={"second_level": 3 * membrane()}, method="exponential_euler"
    )

    params, _ = fitter.refine(
        {"gl": 6 * nS, "C": 150 * pF}, callback=None, calc_gradient=True, **BOUNDS
    )

    assert float(params["gl"] / nS) == pytest.approx(10, rel=1e-6)


def test_20_the_callback_of_refine_can_stop_it_and_counts_from_zero() -> None:
    seen: list[int] = []

    def callback(*arguments: Any) -> bool:
        seen.append(arguments[4])
        return True

    _, result = trace_fitter().refine({"gl": 6 * nS, "C": 150 * pF}, callback=callback, **BOUNDS)

    assert seen == [0]
    assert not result.success


def test_21_misspelt_arguments_of_metrics_are_refused() -> None:
    with pytest.raises(TypeError, match="tstart"):
        MSEMetric(tstart=5 * ms)


def test_21_a_metric_that_starts_beyond_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="t_start"):
        trace_fitter().fit(metric=MSEMetric(t_start=50 * ms), callback=None, **BOUNDS)


def test_21_one_missing_value_in_a_recording_is_left_out() -> None:
    target = np.asarray(membrane()).copy()
    target[0, 60] = np.nan
    fitter = trace_fitter(output={"v": target * volt})

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error) < 1e-20


def test_21_a_one_dimensional_input_is_one_trace() -> None:
    fitter = trace_fitter(input={"I": current(1)[0]}, output={"v": membrane(1)[0]})

    assert fitter.n_traces == 1


def test_22_parameters_may_be_fixed_logarithmic_and_tied() -> None:
    equations = PASSIVE + "shadow = 2*C : farad\nC2 : farad (constant)"
    fitter = trace_fitter(model=equations)

    params, _ = fitter.fit(
        ScriptedOptimizer([[0.5]]),
        callback=None,
        gl=Parameter(fixed=10 * nS),
        C=Parameter(10 * pF, 1000 * pF, scale="linear"),
        C2=Parameter(tied="2*C"),
    )

    assert params["gl"] == 10 * nS
    assert float(params["C"] / pF) == pytest.approx(505)
    assert float(params["C2"] / pF) == pytest.approx(1010)


def test_22_whole_numbers_stay_whole() -> None:
    equations = "v = n*mV + 0*I*volt/amp : volt\nn : integer (constant)\ndx/dt = -x/ms : 1"
    fitter = trace_fitter(
        model=equations, output={"v": np.full((2, 200), 3.0) * mV}, param_init=None
    )

    params, error = fitter.fit(CMAESOptimizer(), n_rounds=3, callback=None, seed=1, n=[0, 10])

    assert params["n"] == 3
    assert error == 0 * volt**2


def test_22_sweeps_may_differ_in_length_and_step() -> None:
    full, target = np.asarray(current()), np.asarray(membrane())
    fitter = trace_fitter(
        input={"I": [full[0, ::2] * nA / nA, full[1, :120:2] * nA / nA]},
        output={"v": [target[0, ::2] * volt, target[1, :120:2] * volt]},
        recording_dt=0.2 * ms,
        model=PASSIVE.replace("+ I)", "+ I*amp)"),
    )

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error) < 1e-20


def test_nothing_of_the_users_own_network_is_touched() -> None:
    group = NeuronGroup(1, "x : 1")
    group.x = 3

    trace_fitter().fit(callback=None, **BOUNDS)

    assert group.x[0] == 3

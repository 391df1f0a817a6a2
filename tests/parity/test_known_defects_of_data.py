"""Defects 13 to 22 of the older toolbox, of data and arguments; each shown not to be here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import DimensionMismatchError, ms, mV, nA, nS, pF, volt

from brianfit import (
    CMAESOptimizer,
    GammaFactor,
    MSEMetric,
    OnlineTraceFitter,
    Parameter,
    RecordingSet,
    ReferenceEngine,
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


def test_17_no_spelling_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    for spelling in ({"input": {"I": current()}}, {"input": current(), "input_var": "I"}):
        for output in ([[0.01], [0.01]], {"spikes": [[0.01], [0.01]]}):
            spike_fitter(output=output, **spelling)
    trace_fitter(input=current(), input_var="I", output=membrane(), output_var="v")

    assert caplog.records == []


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


def test_22_traces_may_be_held_out() -> None:
    recordings = RecordingSet.from_arrays(
        dt=DT, inputs={"I": current(3)}, traces={"v": membrane(3)}
    )
    fitter = trace_fitter(input=recordings[:2], output=None)
    held_out = trace_fitter(input=recordings[2], output=None)

    params, _ = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    predicted = np.asarray(held_out.generate(params=params))
    error = MSEMetric().calc(predicted[np.newaxis], held_out.output_[0], DT)

    assert fitter.n_traces == 2
    assert error == pytest.approx([0], abs=1e-20)


def test_22_a_refinement_updates_the_best_sample_and_the_result() -> None:
    fitter = trace_fitter()
    fitter.fit(ScriptedOptimizer([[0.45, 0.55]]), callback=None, **BOUNDS)

    params, _ = fitter.refine(callback=None)

    assert fitter.best_params == fitter.result.best_params == params
    assert float(params["gl"] / nS) == pytest.approx(10, rel=1e-6)

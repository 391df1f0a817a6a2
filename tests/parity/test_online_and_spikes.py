"""`OnlineTraceFitter`, `SpikeFitter`, and `Fitter` for traces and spikes together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nS, pF, volt

from brianfit import (
    Fitter,
    GammaFactor,
    MSEMetric,
    OnlineTraceFitter,
    RecordingSet,
    ReferenceEngine,
    SpikeFitter,
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
TRUE_PARAMS: dict[str, Any] = {"gl": 10 * nS, "C": 100 * pF}


def _online(**changes: Any) -> OnlineTraceFitter:
    arguments: dict[str, Any] = {
        "model": PASSIVE,
        "input_var": "I",
        "input": current(),
        "output_var": "v",
        "output": membrane() + 3 * mV,
        "dt": DT,
        "n_samples": 10,
        "method": "exact",
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
        "engine": ReferenceEngine(),
    }
    return OnlineTraceFitter(**{**arguments, **changes})


def _both(**changes: Any) -> Fitter:
    """A fitter of traces and spikes, where the model fires at 8 and at 7 ms."""
    arguments: dict[str, Any] = {
        "model": SPIKING,
        "input": {"I": current()},
        "output": {"v": membrane(), "spikes": [[0.008], [0.007]]},
        "dt": DT,
        "n_samples": 10,
        "method": "exponential_euler",
        "threshold": "v > -50*mV",
        "reset": "v = -70*mV",
        "param_init": {"v": EL},
        "namespace": {"EL": EL},
        "engine": ReferenceEngine(),
    }
    return Fitter(**{**arguments, **changes})


# One variable, summed as the model runs ---------------------------------------------------


def test_the_online_fitter_finds_the_same_error() -> None:
    online = _online(t_start=7 * ms)
    plain = trace_fitter(output={"v": membrane() + 3 * mV}, n_samples=10)

    online.fit(n_rounds=2, callback=None, seed=1, **BOUNDS)
    plain.fit(metric=MSEMetric(t_start=7 * ms), n_rounds=2, callback=None, seed=1, **BOUNDS)

    assert online.t_start == 7 * ms
    np.testing.assert_allclose(online.result.history.errors, plain.result.history.errors, rtol=1e-9)
    assert online.generate_traces().shape == (2, 200)


def test_the_online_fitter_takes_no_metric() -> None:
    with pytest.raises(ValueError, match="'metric' is neither a parameter"):
        _online().fit(metric=MSEMetric(), callback=None, **BOUNDS)


def test_the_online_fitter_takes_arguments_by_position() -> None:
    fitter = OnlineTraceFitter(
        PASSIVE, "I", current(), "v", membrane(), DT, 5, "exact", None, False, None, {"v": EL},
        2 * ms, None, engine=ReferenceEngine(),
    )  # fmt: skip

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), 2, None, False, 4, None, 0, **BOUNDS)

    assert error < 1e-20 * volt**2
    assert fitter.iteration == 6
    assert fitter.t_start == 2 * ms


def test_the_online_fitter_generates_and_restarts() -> None:
    fitter = _online()
    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    traces = fitter.generate_traces(TRUE_PARAMS, {"v": EL}, 0)
    fitter.fit(ScriptedOptimizer([[0.6, 0.5]]), restart=True, callback=None, **BOUNDS)

    np.testing.assert_allclose(np.asarray(traces), np.asarray(membrane()), atol=1e-12)
    assert fitter.iteration == 1
    assert fitter.best_error > 9 * mV**2


def test_a_penalty_is_added_to_the_error_of_the_online_fitter() -> None:
    fitter = _online(model=PASSIVE + "cost = (gl/nS)*mV**2 : volt**2", penalty="cost")

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert float(error / mV**2) == pytest.approx(9 + 10)


# Spikes -----------------------------------------------------------------------------------


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


def test_a_spike_fitter_takes_arguments_by_position() -> None:
    fitter = SpikeFitter(
        SPIKING, current(), [[0.008], [0.007]], DT, "v = -70*mV", "v > -50*mV", "I", 1 * ms, 10,
        None, {"v": EL}, None, True, engine=ReferenceEngine(),
    )  # fmt: skip

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), GammaFactor(1 * ms, 20 * ms), 1, None, False, 0, None, 0,
        **BOUNDS,
    )  # fmt: skip
    trains = fitter.generate_spikes(TRUE_PARAMS, {"v": EL}, 1, 0)

    assert np.isfinite(error)
    assert len(trains) == 2


def test_the_metric_of_spikes_is_the_gamma_factor_with_two_milliseconds_unless_told() -> None:
    fitter, told = spike_fitter(), spike_fitter()

    fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)
    told.fit(ScriptedOptimizer([TRUTH]), GammaFactor(2 * ms, 20 * ms), callback=None, **BOUNDS)

    assert fitter.metric is not None
    assert isinstance(fitter.metric[0], GammaFactor)
    assert fitter.best_error == told.best_error


def test_the_error_of_spikes_is_a_plain_number() -> None:
    fitter = spike_fitter()

    _, error = fitter.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert type(error) is float
    assert type(fitter.results()[0]["error"]) is np.float64


def test_trains_that_the_model_made_have_the_error_zero() -> None:
    trains = spike_fitter().generate_spikes(TRUE_PARAMS)
    fitter = spike_fitter(output=trains)

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH, [0.2, 0.5]]), GammaFactor(0.5 * ms), callback=None, **BOUNDS
    )

    assert error == 0
    assert fitter.result.history.errors[1] > 0


def test_a_penalty_is_added_to_the_error_of_spikes() -> None:
    trains = spike_fitter().generate_spikes(TRUE_PARAMS)
    fitter = spike_fitter(output=trains, model=SPIKING + "cost = gl/nS : 1", penalty="cost")

    _, error = fitter.fit(
        ScriptedOptimizer([TRUTH]), GammaFactor(0.5 * ms), callback=None, **BOUNDS
    )

    assert error == pytest.approx(10)


def test_repeats_of_a_stimulus_are_all_compared_with_the_one_train_of_the_model() -> None:
    own = [np.asarray(train) for train in spike_fitter().generate_spikes(TRUE_PARAMS)]
    metric = GammaFactor(delta=0.5 * ms)
    errors = []
    for other in ([own[0], own[1]], [np.array([0.001]), np.array([0.0012])]):
        fitter = spike_fitter(output=other)
        errors.append(fitter.fit(ScriptedOptimizer([TRUTH]), metric, callback=None, **BOUNDS)[1])

    repeated = spike_fitter(output=[[own[0], np.array([0.001])], [own[1], np.array([0.0012])]])
    _, error = repeated.fit(ScriptedOptimizer([TRUTH]), metric, callback=None, **BOUNDS)

    assert errors[0] == 0
    assert error == pytest.approx(np.mean(errors))
    assert repeated.n_traces == 2
    assert repeated.result.trace_errors["spikes"].shape == (2,)


def test_traces_may_have_different_numbers_of_repeats() -> None:
    own = [np.asarray(train) for train in spike_fitter().generate_spikes(TRUE_PARAMS)]
    wrong = np.array([0.001])
    fitter = spike_fitter(output=[[own[0], own[0], wrong], [own[1]]])

    fitter.fit(ScriptedOptimizer([TRUTH]), GammaFactor(0.5 * ms), callback=None, **BOUNDS)

    per_trace = fitter.result.trace_errors["spikes"]
    assert per_trace[1] == 0
    assert fitter.best_error == pytest.approx(3 * per_trace[0] / 4)  # the mean over four trains


# Traces and spikes ------------------------------------------------------------------------


def test_metric_and_weights_of_the_constructor_serve_every_fit() -> None:
    metrics = {"v": MSEMetric(normalization=10 * mV), "spikes": GammaFactor(delta=1 * ms)}
    fitter = _both(metric=metrics, weights={"spikes": 2.0})

    fitter.fit(ScriptedOptimizer([TRUTH, [0.3, 0.5]]), callback=None, **BOUNDS)
    fitter.fit(n_rounds=1, callback=None)

    parts = fitter.best_objective_errors_normalized
    assert parts is not None
    assert float(fitter.best_error) == pytest.approx(parts["v"] + 2 * parts["spikes"])
    assert fitter.iteration == 2


def test_metric_and_weights_of_fit_replace_those_of_the_constructor() -> None:
    metrics = {"v": MSEMetric(normalization=10 * mV), "spikes": GammaFactor(delta=1 * ms)}
    fitter = _both(metric=metrics, weights={"spikes": 2.0})
    other = {"v": MSEMetric(normalization=20 * mV), "spikes": GammaFactor(delta=1 * ms)}

    fitter.fit(ScriptedOptimizer([TRUTH]), other, weights={"v": 3.0}, callback=None, **BOUNDS)

    parts = fitter.best_objective_errors_normalized
    assert parts is not None
    assert float(fitter.best_error) == pytest.approx(3 * parts["v"] + parts["spikes"])
    assert fitter.metric == [other["v"], other["spikes"]]


def test_errors_in_different_units_need_weights_or_normalization() -> None:
    with pytest.raises(Exception, match="different units and cannot be added.*normalization"):
        _both().fit(callback=None, **BOUNDS)


def test_traces_and_spikes_are_generated_by_their_names() -> None:
    fitter = _both()

    both = fitter.generate(params=TRUE_PARAMS)
    spikes = fitter.generate_spikes(TRUE_PARAMS)

    assert set(both) == {"v", "spikes"}
    assert both["v"].shape == (2, 200)
    np.testing.assert_array_equal(np.asarray(both["spikes"][1]), np.asarray(spikes[1]))


def test_a_recording_set_holds_inputs_and_outputs() -> None:
    recordings = RecordingSet.from_arrays(
        dt=DT,
        inputs={"I": current()},
        traces={"v": membrane()},
        spikes=[[0.008], [0.007]],
        labels=["weak", "strong"],
    )
    metrics = {"v": MSEMetric(normalization=10 * mV), "spikes": GammaFactor(delta=1 * ms)}
    fitter = _both(input=recordings, output=None, metric=metrics)
    plain = _both(metric=metrics)

    for one in (fitter, plain):
        one.fit(ScriptedOptimizer([TRUTH]), callback=None, **BOUNDS)

    assert fitter.best_error == plain.best_error
    assert fitter.result.trace_labels == ("weak", "strong")


def test_a_recording_set_besides_outputs_is_refused() -> None:
    recordings = RecordingSet.from_arrays(dt=DT, inputs={"I": current()}, traces={"v": membrane()})

    with pytest.raises(ValueError, match="leave `output` out"):
        _both(input=recordings)


def test_the_default_engine_gives_the_errors_of_the_reference_engine() -> None:
    metrics = {"v": MSEMetric(normalization=10 * mV), "spikes": GammaFactor(delta=1 * ms)}
    rows = [[0.3, 0.4], TRUTH, [0.2, 0.7]]
    default, reference = _both(metric=metrics, engine=None), _both(metric=metrics)

    for fitter in (default, reference):
        fitter.fit(ScriptedOptimizer(rows), callback=None, **BOUNDS)

    # Spikes fall into the same step, so traces differ by rounding only.
    np.testing.assert_allclose(
        default.result.history.errors, reference.result.history.errors, rtol=1e-9
    )

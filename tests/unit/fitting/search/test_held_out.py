"""Scores on recordings that were not fitted, noise repeats and delays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import Hz, Mohm, ms, mV, nA

from brianfit import (
    DifferentialEvolution,
    EscapeRateLikelihood,
    Fitter,
    GammaFactor,
    MDStar,
    MSEMetric,
    RecordingSet,
    SpikeFitter,
    TraceFitter,
    VanRossum,
    cross_validate,
    split,
    with_spike_rate,
)
from brianfit._foundation.errors import FitStateError, InvalidValueError, UnitMismatchError

pytestmark = pytest.mark.slow  # several models are compiled

LEAKY = "dv/dt = (R*I - v)/(10*ms) : volt\nR : ohm (constant)"
NOISY = f"""{LEAKY}
hazard = l0*exp(clip((v - 10*mV)/(2*mV), -60, 20)) : Hz
l0 : Hz (constant)"""
TRUE = {"R": 20 * Mohm}
BOUNDS = {"R": [5 * Mohm, 60 * Mohm]}


def _currents(n: int = 3) -> Any:
    steps = np.repeat(np.random.default_rng(2).normal(0.9, 0.8, (n, 60)), 50, axis=1)
    return steps * nA


def _spiking(recordings: RecordingSet, equations: str = LEAKY, **more: Any) -> SpikeFitter:
    given = {"threshold": "v > 10*mV", "reset": "v = 0*mV", "dt": 0.1 * ms, **more}
    return SpikeFitter(equations, input=recordings, n_samples=8, **given)


def _recorded(equations: str = LEAKY, n: int = 3, true: Any = None, **more: Any) -> RecordingSet:
    current = _currents(n)
    silent = RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": current}, spikes=[[0.01]] * n)
    trains = _spiking(silent, equations, **more).generate_spikes(true or TRUE)
    return RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": current}, spikes=trains)


def test_evaluates_on_the_recordings_of_the_fit() -> None:
    fitter = _spiking(_recorded())
    fitter.fit(metric=VanRossum(10 * ms), n_rounds=2, seed=1, callback=None, **BOUNDS)

    score = fitter.evaluate()

    assert score.error == pytest.approx(fitter.best_error, rel=1e-12)
    np.testing.assert_allclose(score.trace_errors["spikes"], fitter.result.trace_errors["spikes"])
    assert "sweep 2" in str(score)


def test_evaluates_given_parameters_on_other_recordings_by_another_metric() -> None:
    train, test = split(_recorded(), by="sweep", test=[2])

    score = _spiking(train).evaluate(test, TRUE, metric=VanRossum(5 * ms))

    assert score.error == 0
    assert score.trace_labels == ("sweep 2",)


def test_asks_for_parameters_before_the_first_fit() -> None:
    with pytest.raises(FitStateError, match="no best parameters yet"):
        _spiking(_recorded()).evaluate()


def test_refuses_recordings_without_what_is_compared() -> None:
    other = RecordingSet.from_arrays(dt=0.1 * ms, inputs={"J": _currents(1)}, spikes=[[0.01]])

    with pytest.raises(InvalidValueError, match="`recordings` must have the inputs .* lacks I"):
        _spiking(_recorded()).evaluate(other, TRUE)


def test_a_fit_is_watched_on_what_is_held_out() -> None:
    train, test = split(_recorded(), by="sweep", test=[1])
    fitter = _spiking(train)
    told: list[float] = []

    def note(*arguments: Any) -> None:
        told.append(arguments[5]["validation_error"])

    options = {"metric": VanRossum(10 * ms), "callback": note}
    fitter.fit(n_rounds=3, seed=1, held_out=test, **options, **BOUNDS)
    fitter.fit(n_rounds=2, **options)

    course = fitter.result.held_out
    assert course is not None
    assert course.test.tolist() == told
    np.testing.assert_array_equal(course.train, fitter.result.history.best_per_round)
    assert course.test[-1] == pytest.approx(fitter.evaluate(test).error, rel=1e-12)
    np.testing.assert_allclose(course.gap, course.test - course.train)
    assert "held out: error" in str(fitter.result)


def test_a_fit_that_is_not_watched_says_nothing_about_it() -> None:
    fitter = _spiking(_recorded())

    fitter.fit(metric=VanRossum(10 * ms), seed=1, callback=None, **BOUNDS)

    assert fitter.result.held_out is None
    assert "held out" not in str(fitter.result)


def test_every_sweep_is_held_out_once() -> None:
    fitter = _spiking(_recorded())

    found = cross_validate(
        fitter, by="sweep", n_rounds=3, metric=VanRossum(10 * ms), seed=1, **BOUNDS
    )

    assert [fold.test.trace_labels for fold in found.folds] == [(f"sweep {k}",) for k in range(3)]
    assert found.error == pytest.approx(found.test_errors.mean())
    assert found.train_errors.shape == (3,)
    assert str(found).count("\n") == 4
    with pytest.raises(FitStateError, match="no result yet"):
        _ = fitter.result


def test_trace_fits_are_cross_validated_by_time() -> None:
    current = _currents(1)
    first = TraceFitter(
        LEAKY, input={"I": current}, output={"v": current * 0 * Mohm}, dt=0.1 * ms, n_samples=5
    )
    voltage = first.generate_traces(TRUE)
    fitter = TraceFitter(
        LEAKY, input={"I": current}, output={"v": voltage}, dt=0.1 * ms, n_samples=5
    )

    found = cross_validate(
        fitter, by="time", n_folds=3, metric=MSEMetric(t_start=60 * ms), seed=1,
        optimizer=DifferentialEvolution(), **BOUNDS,
    )  # fmt: skip

    assert len(found.folds) == 3


def test_a_delay_moves_the_spikes_of_the_model_sample_by_sample() -> None:
    recordings = _recorded()
    late = recordings.changed(
        [
            type(sweep)(
                dt=sweep.dt,
                inputs=sweep.inputs,
                duration=sweep.duration,
                spike_trains=tuple(train + 2e-3 for train in sweep.spike_trains),
                label=sweep.label,
            )
            for sweep in recordings
        ],
        "spikes were detected 2 ms late",
    )
    fitter = _spiking(late, f"{LEAKY}\nspike_delay : second (constant)")
    metric = GammaFactor(1 * ms)

    errors = [
        fitter.evaluate(params={**TRUE, "spike_delay": delay * ms}, metric=metric).error
        for delay in (0, 2)
    ]

    # Late spikes of the recording may pass its end; the rest coincide.
    assert errors[1] < 0.1 < errors[0]


def test_a_delay_is_fitted() -> None:
    fitter = _spiking(_recorded(), f"{LEAKY}\nspike_delay : second (constant)")

    fitter.fit(
        metric=VanRossum(5 * ms), n_rounds=12, seed=1, callback=None,
        R=[19.9 * Mohm, 20.1 * Mohm], spike_delay=[-5 * ms, 5 * ms],
    )  # fmt: skip

    assert abs(fitter.best_params["spike_delay"] / ms) < 0.5


def test_a_delay_must_be_a_time() -> None:
    fitter = _spiking(_recorded(), f"{LEAKY}\nspike_delay : volt (constant)")

    with pytest.raises(UnitMismatchError, match="'spike_delay' delays the spikes"):
        fitter.fit(metric=VanRossum(5 * ms), spike_delay=[0 * mV, 1 * mV], **BOUNDS)


def test_an_initial_state_is_fitted_by_its_name() -> None:
    recordings = _recorded(param_init={"v": 7 * mV})
    fitter = _spiking(recordings)

    fitter.fit(
        metric=VanRossum(1 * ms), n_rounds=20, seed=1, callback=None,
        R=[19.99 * Mohm, 20.01 * Mohm], v=[0 * mV, 9 * mV],
    )  # fmt: skip

    assert fitter.evaluate(params={**TRUE, "v": 7 * mV}).error < 1e-9
    assert fitter.best_error <= fitter.evaluate(params={**TRUE, "v": 0 * mV}).error


ESCAPE = {"threshold": "rand() < 1 - exp(-hazard*dt)"}
RATE = {**TRUE, "l0": 100 * Hz}


def test_a_metric_of_sets_sees_all_repeats_of_a_stochastic_model() -> None:
    # The same stimulus ten times: ten trains of the model against one of them.
    current = np.repeat(_currents(1), 10, axis=0)
    silent = RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": current}, spikes=[[0.01]] * 10)
    trains = _spiking(silent, NOISY, **ESCAPE).generate_spikes(RATE)
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": current[:1]}, spikes=[list(trains)]
    )
    fitter = _spiking(recordings, NOISY, **ESCAPE)
    options = {"metric": MDStar(4 * ms), "callback": None, "seed": 1}
    bounds = {"R": [19 * Mohm, 21 * Mohm], "l0": [90 * Hz, 110 * Hz]}

    fitter.fit(n_repeats=10, **options, **bounds)
    fitter.fit(callback=None)

    assert abs(fitter.evaluate(params=RATE).error) < 0.15
    assert fitter.result.problem.n_repeats == 10
    assert fitter.result.trace_errors["spikes"].shape == (1,)
    with pytest.raises(FitStateError, match="n_repeats"):
        fitter.fit(n_repeats=3)


def test_repeats_of_traces_are_averaged() -> None:
    equations = "dv/dt = -v/(10*ms) + s*xi*(10*ms)**-0.5 : volt\ns : volt (constant)\nI2 = I : amp"
    current = _currents(2)
    fitter = TraceFitter(
        equations, input={"I": current}, output={"v": np.zeros(current.shape) * mV}, dt=0.1 * ms,
        n_samples=4, method="euler",
    )  # fmt: skip

    fitter.fit(n_repeats=6, metric=MSEMetric(), seed=1, callback=None, s=[1 * mV, 2 * mV])

    assert fitter.result.trace_errors["v"].shape == (2,)
    assert fitter.result.error == pytest.approx(fitter.result.trace_errors["v"].mean())


def test_the_likelihood_is_best_near_the_true_escape_rate() -> None:
    recordings = _recorded(NOISY, true=RATE, **ESCAPE)
    rates = with_spike_rate(recordings, 0.1 * ms)
    fitter = Fitter(
        NOISY, input=rates, dt=0.1 * ms, threshold="hazard_target*dt > 0.5", reset="v = 0*mV",
        n_samples=8, method="exponential_euler",
    )  # fmt: skip
    metric = EscapeRateLikelihood()

    errors = [
        fitter.evaluate(params={**TRUE, "l0": rate * Hz}, metric=metric).error
        for rate in (25, 100, 400)
    ]

    assert int(np.argmin(errors)) == 1
    assert errors[1] < 0  # it knows more than the mean rate

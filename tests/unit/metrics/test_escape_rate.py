"""The likelihood of spikes under a hazard, against the formula and a known process."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from brian2 import ms

from brianfit._foundation.errors import InvalidValueError
from brianfit.metrics import EscapeRateLikelihood

DT = 1e-3


def _rates(*spikes: list[int], n: int = 100) -> np.ndarray:
    data = np.zeros((len(spikes), n))
    for row, steps in zip(data, spikes, strict=True):
        row[steps] = 1 / DT
    return data


def _minus_log_likelihood(hazard: np.ndarray, spikes: np.ndarray) -> float:
    return float(np.sum(hazard * DT) - np.sum(np.log(hazard[spikes] * DT)))


def test_is_minus_the_gain_in_log_likelihood_per_spike_over_the_mean_rate() -> None:
    steps = [10, 40, 41]
    hazard = np.random.default_rng(1).exponential(30.0, 100) + 1.0

    error = EscapeRateLikelihood().calc(hazard[None, None], _rates(steps), DT)[0]

    mean_rate = np.full(100, 3 / 0.1)
    gain = _minus_log_likelihood(mean_rate, np.array(steps)) - _minus_log_likelihood(
        hazard, np.array(steps)
    )
    assert error == pytest.approx(-gain / 3, rel=1e-12)


def test_the_mean_rate_has_the_error_zero() -> None:
    error = EscapeRateLikelihood().calc(np.full((1, 1, 100), 20.0), _rates([3, 70]), DT)[0]

    assert error == pytest.approx(0, abs=1e-12)


def test_a_silent_recording_costs_what_the_hazard_would_have_fired() -> None:
    error = EscapeRateLikelihood().calc(np.full((1, 1, 100), 20.0), _rates([]), DT)[0]

    assert error == pytest.approx(20.0 * 0.1, rel=1e-12)


def test_is_least_at_the_rate_of_a_poisson_process() -> None:
    generator = np.random.default_rng(2)
    true = 20 * (1 + np.sin(np.arange(20_000) / 300))
    spikes = (generator.random(true.size) < true * DT) / DT
    factors = np.array([0.5, 0.8, 1.0, 1.25, 2.0])

    errors = EscapeRateLikelihood().calc(
        factors[:, None, None] * true + 1e-3, spikes[np.newaxis], DT
    )

    # About 400 spikes: the best factor is known to 1/sqrt(400) = 5 %.
    assert int(np.argmin(errors)) == 2


def test_a_hazard_of_zero_at_a_spike_is_bad_but_finite() -> None:
    errors = EscapeRateLikelihood().calc(np.zeros((1, 1, 100)), _rates([5]), DT)

    assert np.isfinite(errors[0])
    assert errors[0] > 50


def test_a_hazard_that_diverged_is_not_scored() -> None:
    hazard = np.full((1, 1, 100), 20.0)
    hazard[0, 0, 50:] = np.nan

    assert np.isnan(EscapeRateLikelihood().calc(hazard, _rates([5]), DT)[0])


@pytest.mark.parametrize("t_start", [0 * ms, 30 * ms])
def test_its_running_sum_equals_its_features(t_start: object) -> None:
    metric = EscapeRateLikelihood(t_start=t_start, normalization=3.0)
    data = _rates([10, 40], [50, 60, 70])
    data[0, 80:] = np.nan
    hazard = np.random.default_rng(3).exponential(30.0, (4, 2, 100))

    accumulator = metric.accumulator("hazard", data, DT)

    names = ["hazard", *accumulator.timed]
    clip = {"clip": np.clip}
    sums = sympy.lambdify(names, accumulator.expression, [clip, "numpy"])(
        hazard, *accumulator.timed.values()
    ).sum(axis=-1)
    np.testing.assert_allclose(sums, metric.features_of(hazard, data, DT), rtol=1e-9)
    assert all(np.all(np.isfinite(values)) for values in accumulator.timed.values())


def test_what_comes_before_t_start_does_not_count() -> None:
    hazard = np.full((1, 1, 100), 20.0)
    changed = hazard.copy()
    changed[..., :30] = 500.0
    metric = EscapeRateLikelihood(t_start=30 * ms)

    errors = [metric.calc(each, _rates([10, 50]), DT)[0] for each in (hazard, changed)]

    assert errors[0] == errors[1]


def test_refuses_a_recording_that_is_no_rate() -> None:
    with pytest.raises(InvalidValueError, match="values down to -0.07 Hz"):
        EscapeRateLikelihood().check_data(np.full((1, 100), -0.07), DT)


def test_refuses_a_recording_without_a_value() -> None:
    with pytest.raises(InvalidValueError, match="Nothing was measured"):
        EscapeRateLikelihood().check_data(np.full((1, 100), np.nan), DT)


def test_accepts_a_rate() -> None:
    EscapeRateLikelihood().check_data(_rates([1]), DT)

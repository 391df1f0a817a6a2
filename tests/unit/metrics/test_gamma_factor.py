"""The coincidence factor, against hand calculation and a slow independent count."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from brian2 import Hz, ms, mV, second
from hypothesis import given
from hypothesis import strategies as st

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit.metrics import GammaFactor, firing_rate, get_gamma_factor
from brianfit.metrics._trains.coincidences import coincidences

DT = 1e-4

# Times on a grid of 1 ms, so that no distance is close to a window of 2.5 ms.
trains = st.lists(st.integers(0, 25), max_size=5).map(
    lambda steps: np.sort(np.array(steps, dtype=np.float64)) * 1e-3
)


def _count_by_trying_all(model: np.ndarray, data: np.ndarray, window: float) -> int:
    """Return the largest number of pairs among all ways of pairing spikes."""
    shorter, longer = sorted((model, data), key=len)
    for size in range(len(shorter), 0, -1):
        for chosen in combinations(shorter, size):
            for partners in permutations(longer, size):
                pairs = zip(chosen, partners, strict=True)
                if all(abs(x - y) <= window for x, y in pairs):
                    return size
    return 0


def _gamma_error(model: np.ndarray, data: np.ndarray, delta: float, time: float) -> float:
    """Return the error with rate correction from its definition, for recordings with spikes."""
    rate = len(data) / time
    surplus = _count_by_trying_all(model, data, delta) - 2 * rate * delta * len(data)
    gamma = surplus / ((len(data) + len(model)) / 2) / (1 - 2 * rate * delta)
    return 1 + 2 * abs(len(model) / time - rate) / rate - gamma


@given(model=trains, data=trains)
def test_counts_as_many_pairs_as_the_best_of_all_pairings(
    model: np.ndarray, data: np.ndarray
) -> None:
    assert coincidences(model, data, 2.5e-3) == _count_by_trying_all(model, data, 2.5e-3)


@given(model=trains, data=trains)
def test_counting_is_symmetric_and_no_spike_is_used_twice(
    model: np.ndarray, data: np.ndarray
) -> None:
    count = coincidences(model, data, 2.5e-3)

    assert count == coincidences(data, model, 2.5e-3)
    assert count <= min(model.size, data.size)


@given(model=trains, data=trains.filter(len))
def test_equals_its_definition(model: np.ndarray, data: np.ndarray) -> None:
    error = get_gamma_factor(model, data, delta=2.5e-3, time=1.0, dt=DT)

    np.testing.assert_allclose(error, _gamma_error(model, data, 2.5e-3, 1.0), atol=1e-12)


@given(model=trains, data=trains)
def test_only_a_train_that_coincides_is_perfect(model: np.ndarray, data: np.ndarray) -> None:
    error = get_gamma_factor(model, data, delta=2.5e-3, time=1.0, dt=DT)

    perfect = model.size == data.size == _count_by_trying_all(model, data, 2.5e-3)
    assert np.isfinite(error)
    assert (error == 0.0) == perfect


def test_one_spike_does_not_match_a_burst() -> None:
    burst = [100, 102, 104, 106] * ms

    error = get_gamma_factor(
        [103] * ms, burst, delta=10 * ms, time=1 * second, dt=0.1 * ms, rate_correction=False
    )

    # r = 4/s, chance 2 r delta = 0.08; one pair: (1 - 0.08 * 4) / 2.5 / 0.92
    np.testing.assert_allclose(error, 1 - 0.68 / 2.3)


def test_the_difference_of_rates_adds_to_the_error() -> None:
    model, data = [100, 200, 300] * ms, [100, 200] * ms

    error = get_gamma_factor(model, data, delta=5 * ms, time=1 * second, dt=0.1 * ms)

    # chance 0.02; two pairs: gamma = (2 - 0.04) / 2.5 / 0.98 = 0.8; rates 3/s and 2/s
    np.testing.assert_allclose(error, 1 + 2 * 0.5 - 0.8)


@pytest.mark.parametrize(
    ("model", "data", "with_rates", "without_rates"),
    [
        ([], [], 0.0, 0.0),
        ([0.1], [], 3.0, 1.0),  # gamma 0; one spike too many, against a denominator of 1
        ([0.1, 0.2], [], 5.0, 1.0),
        # silent: chance 2 * 2 * 0.005 = 0.02, gamma = -0.04 / 1 / 0.98
        ([], [0.1, 0.2], 3 + 2 / 49, 1 + 2 / 49),
        ([0.1], [0.1], 0.0, 0.0),
        ([0.1], [0.5], 1 + 1 / 99, 1 + 1 / 99),  # chance 0.01, gamma = -0.01 / 1 / 0.99
    ],
)
def test_every_combination_of_silent_trains_has_a_value(
    model: list[float], data: list[float], with_rates: float, without_rates: float
) -> None:
    arguments: dict[str, Any] = {"delta": 5 * ms, "time": 1 * second, "dt": DT}

    errors = [
        get_gamma_factor(model, data, rate_correction=on, **arguments) for on in (True, False)
    ]

    np.testing.assert_allclose(errors, [with_rates, without_rates], atol=1e-12)


def test_spikes_exactly_delta_apart_coincide_whatever_the_rounding() -> None:
    steps = np.arange(1, 40) * 23

    error = get_gamma_factor((steps + 20) * DT, steps * DT, delta=20 * DT, time=1000.0, dt=DT)

    assert error == 0.0


def test_t_start_shortens_the_time_and_drops_spikes() -> None:
    whole = GammaFactor(5 * ms, 1 * second, t_start=500 * ms)
    half = GammaFactor(5 * ms, 500 * ms)

    errors = whole.calc([[[0.1, 0.6, 0.7]]], [[0.2, 0.6, 0.8]], DT)

    np.testing.assert_allclose(errors, half.calc([[[0.1, 0.2]]], [[0.1, 0.3]], DT))


def test_spike_times_may_have_units_together_with_t_start() -> None:
    metric = GammaFactor(5 * ms, 1 * second, t_start=50 * ms)

    errors = metric.calc([[[10, 100] * ms]], [[100] * ms], 0.1 * ms)

    np.testing.assert_allclose(errors, [0.0], atol=1e-12)


def test_normalization_divides_the_error_once() -> None:
    model, data = [[[0.1]]], [[0.5]]

    plain = GammaFactor(5 * ms, 1 * second).calc(model, data, DT)
    normalized = GammaFactor(5 * ms, 1 * second, normalization=2.0).calc(model, data, DT)

    np.testing.assert_allclose(normalized, plain / 2)


def test_every_trace_may_have_its_duration() -> None:
    metric = GammaFactor(5 * ms, [1, 2] * second, rate_correction=False)

    features = metric.get_features([[np.array([]), np.array([])]], [np.array([0.1])] * 2, DT)

    # chance 0.01 and 0.005
    np.testing.assert_allclose(features, [[1 + 2 * 0.01 / 0.99, 1 + 2 * 0.005 / 0.995]])


def test_durations_are_filled_in_unless_given() -> None:
    durations = np.array([1.0, 2.0])

    filled_in = GammaFactor(5 * ms).with_durations(durations)
    given_by_user = GammaFactor(5 * ms, time=3 * second).with_durations(durations)

    np.testing.assert_array_equal(filled_in.time, [1.0, 2.0])
    assert float(given_by_user.time) == 3.0


def test_a_selection_of_traces_keeps_their_durations() -> None:
    metric = GammaFactor(5 * ms, time=[1, 2, 3] * second)

    np.testing.assert_array_equal(metric.select_traces([2, 0, 0]).time, [3.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"delta": 0 * ms}, "`delta` must be a positive time"),
        ({"delta": 1 * ms, "time": 0 * ms}, "`time` must be later than `t_start`"),
        ({"delta": 1 * ms, "time": 5 * ms, "t_start": 5 * ms}, "`time` must be later"),
        ({"delta": 1 * ms, "time": np.inf}, "`time` must be one finite duration"),
    ],
)
def test_refuses_times_that_cannot_be_used(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidValueError, match=complaint):
        GammaFactor(**arguments)


@pytest.mark.parametrize("arguments", [{"delta": 1 * mV}, {"delta": 1 * ms, "time": 1 * mV}])
def test_refuses_other_units(arguments: dict[str, Any]) -> None:
    with pytest.raises(UnitMismatchError, match="must have the unit s, but has V"):
        GammaFactor(**arguments)


def test_refuses_a_window_in_which_chance_matches_everything() -> None:
    metric = GammaFactor(delta=50 * ms, time=1 * second)
    data = [np.array([0.5]), np.arange(10) / 10]  # 2 * 10/s * 50 ms = 1 on the second

    with pytest.raises(InvalidValueError, match=r"= 0\.05 s is too large: trace 1 has 10"):
        metric.check_data(data, DT)


def test_refuses_to_guess_the_duration() -> None:
    with pytest.raises(InvalidValueError, match="`time`, the duration of the traces, is not known"):
        GammaFactor(5 * ms).check_data([np.array([0.1])], DT)


def test_refuses_durations_of_another_number_of_traces() -> None:
    with pytest.raises(InvalidValueError, match=r"`time` to have shape \(n_traces\) = \(1,\)"):
        GammaFactor(5 * ms, time=[1, 2] * second).check_data([np.array([0.1])], DT)


@pytest.mark.parametrize("trains", [([0.3, 0.1], [0.1, 0.3]), ([0.1, 0.3], [0.3, 0.1])])
def test_refuses_unsorted_trains(trains: tuple[list[float], list[float]]) -> None:
    with pytest.raises(InvalidValueError, match="must rise"):
        get_gamma_factor(*trains, delta=5 * ms, time=1 * second, dt=DT)


def test_firing_rate_counts_intervals() -> None:
    assert firing_rate([0.1, 0.2, 0.5]) == pytest.approx(5.0)  # 2 intervals in 0.4 s
    assert firing_rate([100, 200, 500] * ms) / Hz == pytest.approx(5.0)


@pytest.mark.parametrize("spikes", [[], [0.1], [0.1, 0.1]])
def test_firing_rate_without_an_interval_is_nan(spikes: list[float]) -> None:
    assert np.isnan(firing_rate(spikes))

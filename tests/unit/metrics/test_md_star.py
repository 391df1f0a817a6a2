"""MD*, against pair counts without sorting or windows that slide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from brian2 import ms, mV

from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.spike_trains import spike_trains_from_nested
from brianfit.metrics import MDStar
from tests.unit.metrics.train_pairs import DT, train_pairs

DELTA = 4e-3


def _product(first: np.ndarray, second: np.ndarray) -> int:
    return int(np.sum(np.abs(first[:, np.newaxis] - second) <= DELTA + 1e-6 * DT))


def _norm(trains: Sequence[np.ndarray]) -> float:
    if len(trains) == 1:
        return _product(trains[0], trains[0])
    return float(np.mean([_product(one, other) for one, other in combinations(trains, 2)]))


def _expected(model: Sequence[np.ndarray], data: Sequence[np.ndarray]) -> float:
    total = _norm(model) + _norm(data)
    if total == 0:
        return 0.0 if all(train.size == 0 for train in (*model, *data)) else 1.0
    cross = np.mean([_product(one, other) for one in model for other in data])
    return float(1 - 2 * cross / total)


def test_one_train_against_one_is_the_plain_similarity() -> None:
    metric = MDStar(DELTA)

    errors = [metric.calc([[model]], [data], DT)[0] for model, data in train_pairs()]

    expected = [_expected([model], [data]) for model, data in train_pairs()]
    np.testing.assert_allclose(errors, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("n_simulated", [1, 2, 5])
@pytest.mark.parametrize("n_recorded", [1, 2, 4])
def test_sets_of_any_size_agree_with_counted_pairs(n_simulated: int, n_recorded: int) -> None:
    trains = [train for pair in train_pairs() for train in pair]
    cases = [
        (trains[start : start + n_simulated], trains[start + 9 : start + 9 + n_recorded])
        for start in range(0, 380, 7)
    ]

    errors = [MDStar(DELTA).calc([[model]], [data], DT)[0] for model, data in cases]

    np.testing.assert_allclose(errors, [_expected(*case) for case in cases], rtol=0, atol=1e-9)


def test_is_unbiased_for_small_sets_of_one_distribution() -> None:
    generator = np.random.default_rng(3)
    rate = np.repeat(generator.exponential(40.0, 50), 20)  # Hz, for 1 s in steps of 1 ms

    def draw(n: int) -> list[np.ndarray]:
        return [np.flatnonzero(generator.random(1000) < rate * 1e-3) * 1e-3 for _ in range(n)]

    similarities = [1 - MDStar(DELTA).calc([[draw(3)]], [draw(2)], DT)[0] for _ in range(400)]

    standard_error = np.std(similarities) / np.sqrt(len(similarities))
    assert abs(np.mean(similarities) - 1) < 4 * standard_error + 0.01  # a ratio: small bias left


def test_a_silent_pair_agrees_and_a_silent_model_does_not() -> None:
    silent, train = np.empty(0), np.array([0.1, 0.5])

    errors = MDStar(DELTA).calc([[silent, silent], [train, train]], [silent, train], DT)

    np.testing.assert_allclose(errors, [(0 + 1) / 2, (1 + 0) / 2])


def test_takes_the_mean_over_traces_of_different_numbers_of_repeats() -> None:
    first, second = np.array([0.1, 0.5]), np.array([0.1, 0.6])

    error = MDStar(DELTA).calc([[first, second]], [[first, second], second], DT)[0]

    # Trace 0: cross (2 + 1)/2, norms 2 and 1. Trace 1: the same train.
    assert error == pytest.approx((1 - 2 * 1.5 / 3 + 0) / 2, abs=1e-12)


def test_spikes_before_t_start_do_not_count() -> None:
    early = np.array([0.01, 0.02, 0.3])

    error = MDStar(DELTA, t_start=100 * ms).calc([[early]], [[np.array([0.3])] * 2], DT)[0]

    assert error == pytest.approx(0, abs=1e-12)


def test_its_similarity_has_no_normalization() -> None:
    metric = MDStar(DELTA, normalization=5.0)

    assert metric.similarity().normalization == 1.0
    assert metric.normalization == pytest.approx(0.2)


def test_refuses_unsorted_trains() -> None:
    with pytest.raises(InvalidValueError, match="must rise"):
        MDStar(DELTA).calc([[np.array([0.3, 0.1])]], [np.array([0.1])], DT)
    with pytest.raises(InvalidValueError, match="must rise"):
        MDStar(DELTA).calc([[np.array([0.1])]], [np.array([0.3, 0.1])], DT)


def test_refuses_numbers_of_trains_that_cannot_be_shared_out() -> None:
    trains = spike_trains_from_nested([[np.empty(0)] * 3], n_traces=3)

    with pytest.raises(InvalidValueError, match="same number of trains"):
        MDStar(DELTA).features_of_trains(trains, [[np.empty(0)]] * 2, DT)


def test_refuses_different_numbers_of_simulated_repeats() -> None:
    train = np.array([0.1])

    with pytest.raises(InvalidValueError, match="from 1 to 2"):
        MDStar(DELTA).calc([[[train, train], train]], [train, train], DT)


@pytest.mark.parametrize("delta", [0 * ms, -1 * ms, np.inf])
def test_refuses_a_delta_that_is_no_distance(delta: object) -> None:
    with pytest.raises(InvalidValueError, match="`delta` must be a positive time"):
        MDStar(delta)


def test_refuses_a_delta_of_another_unit() -> None:
    with pytest.raises(UnitMismatchError, match="delta"):
        MDStar(4 * mV)

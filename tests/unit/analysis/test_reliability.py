"""The reliability of repeats, against means over all pairs and known distributions."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV, nA, second, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit.analysis import reliability
from brianfit.data import RecordingSet
from brianfit.metrics import GammaFactor, MDStar, MSEMetric

DT = 1e-4


def _trains(n: int, seed: int = 1) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    common = np.sort(generator.uniform(0, 1, 20))
    return [np.sort(common + generator.normal(0, 2e-3, 20)).clip(0, 0.999) for _ in range(n)]


def _recordings(trains: Any, n_sweeps: int = 1, **more: Any) -> RecordingSet:
    current = np.ones((n_sweeps, 10_000)) * nA
    return RecordingSet.from_arrays(dt=0.1 * ms, inputs={"I": current}, spikes=trains, **more)


def test_of_a_metric_of_pairs_is_the_mean_over_ordered_pairs() -> None:
    trains = _trains(4)
    metric = GammaFactor(2 * ms, time=1 * second, rate_correction=False)

    found = reliability(_recordings([trains]), metric)

    errors = [metric.calc([[one]], [other], DT)[0] for one, other in permutations(trains, 2)]
    assert found.error == pytest.approx(np.mean(errors), rel=1e-12)
    assert found.similarity == pytest.approx(1 - np.mean(errors), rel=1e-12)


def test_leaves_the_rate_correction_out() -> None:
    recordings = _recordings([[np.array([0.1]), np.array([0.1, 0.5])]])

    found = reliability(recordings, GammaFactor(2 * ms, rate_correction=True))

    assert found.error == reliability(recordings, GammaFactor(2 * ms, rate_correction=False)).error


def test_of_a_metric_of_sets_compares_each_repeat_with_the_others() -> None:
    trains = _trains(3)

    found = reliability(_recordings([trains]), MDStar(2 * ms))

    errors = [
        MDStar(2 * ms).calc([[trains[k]]], [[*trains[:k], *trains[k + 1 :]]], DT)[0]
        for k in range(3)
    ]
    assert found.error == pytest.approx(np.mean(errors), rel=1e-12)


def test_weighs_stimuli_by_their_repeats_and_leaves_single_ones_out() -> None:
    first, second_ = _trains(2, seed=1), _trains(3, seed=2)
    inputs = {"I": np.arange(3)[:, np.newaxis] * np.ones(10_000) * nA}
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs=inputs, spikes=[first, [first[0]], second_]
    )

    found = reliability(recordings, GammaFactor(2 * ms))

    assert found.n_repeats == (2, 3)
    assert found.error == pytest.approx(np.average(found.stimulus_errors, weights=(2, 3)))


def test_sweeps_with_equal_inputs_are_repeats() -> None:
    trains = _trains(4)

    apart = reliability(_recordings(trains, n_sweeps=4), GammaFactor(2 * ms))

    assert apart == reliability(_recordings([trains]), GammaFactor(2 * ms))


@pytest.mark.slow
def test_the_bootstrap_finds_the_standard_error_of_the_mean_over_pairs() -> None:
    # Trains of one spike, at 0.1 s or at 0.5 s: the error of a pair is 0 or a constant, that of
    # n trains has a known spread, which many draws of n = 12 show.
    metric = GammaFactor(1 * ms, time=1 * second)
    generator = np.random.default_rng(5)

    def draw() -> RecordingSet:
        return _recordings(
            [[np.array([t]) for t in generator.choice([0.1, 0.5], 12, p=[0.8, 0.2])]]
        )

    found = [reliability(draw(), metric, n_bootstrap=200) for _ in range(60)]

    true = np.std([each.error for each in found], ddof=1)
    mean = np.mean([each.standard_error for each in found])
    # The true spread is known to 1/sqrt(2*60) = 9 %; the bootstrap has a bias of order 1/12.
    assert mean == pytest.approx(true, rel=0.35)


def test_of_traces_compares_repeats_of_the_voltage() -> None:
    traces = np.array([0.0, 1.0, 3.0])[:, np.newaxis] * np.ones(10_000) * mV

    found = reliability(_recordings(None, n_sweeps=3, traces={"v": traces}), MSEMetric())

    assert found.error == pytest.approx(np.mean([1, 9, 4]) * 1e-6)
    assert not found.is_similarity
    with pytest.raises(InvalidValueError, match="not a similarity"):
        _ = found.similarity


def test_a_score_is_relative_to_the_reliability() -> None:
    trains = _trains(5)
    found = reliability(_recordings([trains]), GammaFactor(2 * ms))

    assert found.relative(found.error) == pytest.approx(1.0)
    assert found.relative(1.0) == 0.0


def test_an_error_is_relative_to_that_between_repeats() -> None:
    traces = np.array([0.0, 1.0])[:, np.newaxis] * np.ones(10_000) * volt

    found = reliability(_recordings(None, n_sweeps=2, traces={"v": traces}), MSEMetric())

    assert found.relative(2.0) == pytest.approx(2.0)


def test_says_what_it_found() -> None:
    text = str(reliability(_recordings([_trains(3)]), GammaFactor(2 * ms)))

    assert text.startswith("Reliability R = 0.")
    assert text.endswith("(3 repeats)")


def test_refuses_a_recording_without_repeats() -> None:
    with pytest.raises(InvalidValueError, match="more than once"):
        reliability(_recordings([_trains(1)]), GammaFactor(2 * ms))


def test_asks_which_trace_is_meant() -> None:
    traces = {"v": np.zeros((1, 10_000)) * volt, "w": np.zeros((1, 10_000)) * nA}

    with pytest.raises(InvalidValueError, match="one of v, w"):
        reliability(_recordings(None, traces=traces), MSEMetric())

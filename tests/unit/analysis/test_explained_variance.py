"""Explained variance of rates and voltages, against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA

from brianfit import RecordingSet
from brianfit.analysis.explained_variance import (
    explained_rate,
    reliability_of_rate,
    reliability_of_voltage,
    smoothed,
)

TRAIN = np.array([0.1, 0.35, 0.36, 0.7])


def test_a_rate_has_one_count_for_every_spike() -> None:
    rate = smoothed(TRAIN, 1.0)

    assert rate.sum() == pytest.approx(4.0)
    assert np.argmax(smoothed(np.array([0.5]), 1.0)) == 500


def test_the_same_train_explains_everything_and_a_silent_one_nothing() -> None:
    assert explained_rate(TRAIN, [TRAIN, TRAIN], 1.0) == pytest.approx(1.0)
    assert explained_rate(np.empty(0), [TRAIN], 1.0) == pytest.approx(0.0)
    assert np.isnan(explained_rate(np.empty(0), [np.empty(0)], 1.0))


def test_what_repeats_explain_of_each_other_is_the_mean_over_pairs() -> None:
    trains = [TRAIN, TRAIN, np.array([0.5, 0.9])]
    recordings = RecordingSet.from_arrays(
        dt=1 * ms, inputs={"I": np.zeros((1, 1000)) * nA}, spikes=[trains]
    )

    found = reliability_of_rate(recordings)

    other = explained_rate(trains[2], [TRAIN], 1.0)
    assert found == pytest.approx((1 + 2 * other) / 3)


def test_noise_that_repeats_do_not_share_cannot_be_explained() -> None:
    generator = np.random.default_rng(1)
    signal = 2.0 * np.sin(np.arange(20_000) / 300)
    noisy = signal + generator.normal(0.0, 1.0, (2, 20_000))
    recordings = RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": np.ones((2, 20_000)) * nA}, traces={"v": noisy * mV}
    )

    found = reliability_of_voltage(recordings, "v")

    # The variance of the signal is 2, that of the noise 1; both are known to about 1 %.
    assert found == pytest.approx(2 / 3, abs=0.01)

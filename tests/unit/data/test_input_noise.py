"""Copies of recordings whose inputs differ by noise."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, nA

from brianfit import RecordingSet
from brianfit._foundation.errors import InvalidValueError
from brianfit.data import with_input_noise


def recordings() -> RecordingSet:
    current = np.sin(np.arange(20_000) / 500) * nA
    return RecordingSet.from_arrays(
        dt=0.1 * ms, inputs={"I": current}, spikes=[np.array([0.1, 0.4])]
    )


def test_every_copy_has_noise_of_its_own_and_the_same_spikes() -> None:
    noisy = with_input_noise(recordings(), 0.2, copies=3, seed=1)

    inputs = [recording.inputs["I"] for recording in noisy]
    assert len(noisy) == 3
    assert not np.array_equal(inputs[0], inputs[1])
    assert all(recording.spike_trains[0].tolist() == [0.1, 0.4] for recording in noisy)


def test_the_noise_has_the_size_and_the_time_constant_asked_for() -> None:
    clean = recordings().recordings[0].inputs["I"]

    noisy = with_input_noise(recordings(), 0.2, copies=20, seed=1, tau=5 * ms)

    noise = np.array([recording.inputs["I"] - clean for recording in noisy]) / clean.std()
    # 20 x 2 s of noise that forgets in 5 ms: 4000 independent pairs, a few per cent of error.
    assert noise.std() == pytest.approx(0.2, rel=0.05)
    lagged = np.mean(noise[:, :-50] * noise[:, 50:]) / noise.var()
    assert lagged == pytest.approx(np.exp(-1), abs=0.06)


def test_one_seed_gives_the_same_noise() -> None:
    first, second = (with_input_noise(recordings(), 0.1, seed=4) for _ in range(2))

    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.inputs["I"], other.inputs["I"])


def test_a_negative_fraction_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="0 or more"):
        with_input_noise(recordings(), -0.1, seed=1)


def test_an_unknown_input_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="no input 'J'; there are I"):
        with_input_noise(recordings(), 0.1, seed=1, input="J")


def test_remembers_what_was_done_to_the_recordings_before() -> None:
    before = recordings().changed(recordings().recordings, "read from a drawer")

    noisy = with_input_noise(before, 0.2, copies=3, seed=1)

    assert noisy.history == (
        "read from a drawer",
        "noise of 0.2 of its standard deviation added to 'I', 3 times",
    )

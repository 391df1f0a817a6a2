"""Stimuli from a protocol."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import Hz, ms, mV, pA, second

from brianfit._foundation.errors import BrianfitError
from brianfit.data import AbstractStimulus, OrnsteinUhlenbeck, Ramp, Sine, Steps


def values(stimulus: AbstractStimulus, n_values: int = 10, sweep: int = 0) -> np.ndarray:
    """Return values in pA at 0, 1 ms, 2 ms, ..."""
    return 1e12 * stimulus.values(sweep=sweep, dt=1e-3, n_values=n_values)


def test_a_step_begins_at_its_start_and_ends_before_its_stop() -> None:
    stimulus = Steps([5, 7] * pA, start=2 * ms, stop=4 * ms, holding=-1 * pA)

    np.testing.assert_allclose(values(stimulus, 6, sweep=1), [-1, -1, 6, 6, -1, -1])
    assert stimulus.n_sweeps == 2


def test_a_step_is_exact_where_times_are_no_binary_numbers() -> None:
    stimulus = Steps(1 * pA, start=100 * ms, stop=300 * ms)

    found = stimulus.values(sweep=0, dt=0.1e-3, n_values=5000)

    assert np.flatnonzero(found).tolist() == list(range(1000, 3000))


def test_a_ramp_goes_from_one_level_to_the_other() -> None:
    found = values(Ramp(0 * pA, 4 * pA, start=2 * ms, stop=6 * ms), 9)

    np.testing.assert_allclose(found, [0, 0, 0, 1, 2, 3, 4, 4, 4])


def test_a_sine_begins_at_phase_zero() -> None:
    found = values(Sine(2 * pA, frequency=250 * Hz, start=1 * ms, stop=5 * ms, holding=1 * pA), 7)

    np.testing.assert_allclose(found, [1, 1, 3, 1, -1, 1, 1], atol=1e-12)


def test_noise_has_its_moments_and_its_time_constant() -> None:
    noise = OrnsteinUhlenbeck(10 * pA, 5 * pA, tau=4 * ms, seed=1)

    found = values(noise, 400_000)

    # 400 s with a time constant of 4 ms are 50,000 independent values: the standard error of the
    # mean is 5/sqrt(50,000) = 0.022, that of the deviation 0.016; five of them are allowed.
    centred = found - found.mean()
    correlation = np.mean(centred[4:] * centred[:-4]) / np.mean(centred**2)
    assert found.mean() == pytest.approx(10, abs=0.11)
    assert found.std() == pytest.approx(5, abs=0.08)
    assert correlation == pytest.approx(np.exp(-1), abs=0.02)


def test_noise_follows_from_its_seed_and_differs_between_sweeps() -> None:
    def noise(seed: int, *, is_frozen: bool = False) -> AbstractStimulus:
        return OrnsteinUhlenbeck(0 * pA, 5 * pA, tau=4 * ms, seed=seed, is_frozen=is_frozen)

    np.testing.assert_array_equal(values(noise(1)), values(noise(1)))
    assert not np.allclose(values(noise(1)), values(noise(2)))
    assert not np.allclose(values(noise(1), sweep=0), values(noise(1), sweep=1))
    frozen = noise(1, is_frozen=True)
    np.testing.assert_array_equal(values(frozen, sweep=0), values(frozen, sweep=1))


def test_stimuli_can_be_added() -> None:
    both = Steps([1, 2] * pA, start=2 * ms, stop=8 * ms) + Ramp(
        0 * pA, 4 * pA, start=0 * ms, stop=4 * ms
    )

    np.testing.assert_allclose(values(both, 6, sweep=1), [0, 1, 4, 5, 6, 6])
    assert both.n_sweeps == 2
    assert "plus" in str(both)


def test_an_array_has_a_row_for_every_sweep() -> None:
    found = Steps([1, 2] * pA, start=0 * ms, stop=1 * second).array(dt=1 * ms, duration=5 * ms)

    np.testing.assert_allclose(found / pA, [[1] * 5, [2] * 5])


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Steps(1 * pA, start=2 * ms, stop=1 * ms), "before `stop`"),
        (lambda: Steps(1 * pA, start=-1 * ms, stop=1 * ms), "not be below 0"),
        (lambda: Steps(1 * pA, start=0 * ms, stop=1 * ms, holding=1 * mV), "`holding` must have"),
        (lambda: Sine(1 * pA, frequency=0 * Hz, start=0 * ms, stop=1 * ms), "above zero"),
        (lambda: OrnsteinUhlenbeck(0 * pA, 1 * pA, tau=0 * ms, seed=1), "`tau`"),
        (lambda: Ramp(0 * pA, 1 * mV, start=0 * ms, stop=1 * ms), "`first` must have"),
        (
            lambda: (
                Ramp(0 * pA, 1 * pA, start=0 * ms, stop=1 * ms)
                + Ramp(0 * mV, 1 * mV, start=0 * ms, stop=1 * ms)
            ),
            "cannot be added",
        ),
        (
            lambda: (
                Steps([1, 2] * pA, start=0 * ms, stop=1 * ms)
                + Steps([1, 2, 3] * pA, start=0 * ms, stop=1 * ms)
            ),
            "different numbers of sweeps",
        ),
    ],
)
def test_rejects_what_is_no_stimulus(make: Any, complaint: str) -> None:
    with pytest.raises(BrianfitError, match=complaint):
        make()

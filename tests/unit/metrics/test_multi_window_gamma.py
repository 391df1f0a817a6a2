"""The mean over windows, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms

from brianfit import GammaFactor, MultiWindowGamma
from brianfit._foundation.errors import InvalidValueError

RECORDED = np.array([0.1, 0.2, 0.3, 0.4])
MODEL = RECORDED + np.array([0.001, 0.003, 0.006, 0.012])


def test_the_error_is_the_mean_over_the_windows() -> None:
    deltas = [2, 4, 8, 16] * ms
    metric = MultiWindowGamma(deltas, time=1.0)

    error = metric.calc([[MODEL]], [RECORDED], 1e-4)

    # Coincident spikes: 1, 2, 3, 4 of 4; chance 2 * 4 Hz * delta of each.
    chance = 2 * 4 * np.asarray(deltas)
    gamma = (np.array([1, 2, 3, 4]) - 4 * chance) / 4 / (1 - chance)
    assert error == pytest.approx(np.mean(1 - gamma))


def test_one_window_is_the_gamma_factor() -> None:
    one = MultiWindowGamma([4 * ms], time=1.0).calc([[MODEL]], [RECORDED], 1e-4)

    assert one == GammaFactor(4 * ms, time=1.0).calc([[MODEL]], [RECORDED], 1e-4)


def test_a_spike_that_comes_nearer_lowers_the_error_outside_of_the_narrow_window() -> None:
    metric = MultiWindowGamma(time=1.0)

    far, near = metric.calc([[RECORDED + 0.015], [RECORDED + 0.006]], [RECORDED], 1e-4)

    assert near < far


def test_no_window_at_all_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at least one window"):
        MultiWindowGamma([])


def test_a_window_that_chance_fills_is_refused_with_its_width() -> None:
    metric = MultiWindowGamma([2 * ms, 200 * ms], time=1.0)

    with pytest.raises(InvalidValueError, match=r"`delta` = 0\.2 s is too large"):
        metric.check_data([RECORDED], 1e-4)

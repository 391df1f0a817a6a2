"""Figures of sets of trials show the numbers that they are given."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms

from brianfit.plots import plot_rates, plot_time_rescaling, plot_trials
from brianfit.results import Trials


@pytest.fixture
def trials() -> Trials:
    return Trials(
        recorded=((np.array([0.1, 0.3]), np.array([0.1])),),
        simulated=((np.array([0.1]), np.array([0.2]), np.array([0.3])),),
        durations=np.array([0.5]),
        dt=1e-4,
    )


def test_rates_of_recording_and_model_are_drawn(trials: Trials) -> None:
    axes = plot_rates(trials, width=100 * ms)

    recorded, simulated = (line.get_ydata() for line in axes.get_lines())
    np.testing.assert_allclose(np.sum(recorded) * 0.1, 1.5)
    np.testing.assert_allclose(np.sum(simulated) * 0.1, 1.0)


def test_every_repeat_and_trial_has_a_row(trials: Trials) -> None:
    axes = plot_trials(trials)

    assert len(axes.collections) == 5


def test_evenly_spread_intervals_lie_on_the_diagonal() -> None:
    even = (np.arange(50) + 0.5) / 50

    axes = plot_time_rescaling(even)

    drawn = axes.get_lines()[-1]
    np.testing.assert_allclose(drawn.get_xdata(), drawn.get_ydata())

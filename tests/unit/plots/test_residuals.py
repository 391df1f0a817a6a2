"""What the model misses."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import mV

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.plots import plot_residuals
from tests.unit.plots.fitted import prediction, recordings


def test_draws_model_minus_recording_at_the_times_of_the_recording() -> None:
    axes = plot_residuals(prediction())

    _, course = axes[0, 0].get_lines()
    np.testing.assert_allclose(course.get_xdata(), np.arange(50))
    np.testing.assert_allclose(course.get_ydata(), -60 - np.linspace(-70, -50, 100)[:50])
    assert axes[0, 0].get_ylabel() == "Δv [mV]"
    assert axes[1, 0].get_xlabel() == "time [ms]"


def test_counts_are_shares_of_all_steps() -> None:
    axes = plot_residuals(prediction())

    widths = [bar.get_width() for bar in axes[0, 1].patches]
    np.testing.assert_allclose(sum(widths), 100)
    assert axes[1, 1].get_xlabel() == "share of steps [%]"


def test_the_title_gives_the_root_mean_square_and_whether_it_was_fitted() -> None:
    values = np.full((2, 50), -60.0) + np.array([[3.0], [-4.0]])
    shown = prediction(recordings=recordings(traces={"v": values * mV}))

    axes = plot_residuals(shown)

    titles = [panel.get_title(loc="left") for panel in axes[:, 0]]
    assert titles[0] == "first  ·  root mean square 3 mV"
    assert titles[1] == "second  ·  held out, predicted  ·  root mean square 4 mV"


def test_leaves_gaps_of_the_recording_out() -> None:
    values = np.full((2, 50), -60.0)
    values[0, 10:] = np.nan

    axes = plot_residuals(prediction(recordings=recordings(traces={"v": values * mV})))

    assert len(axes[0, 0].get_lines()[1].get_xdata()) == 10


def test_refuses_a_prediction_without_a_recorded_trace() -> None:
    with pytest.raises(InvalidTypeError, match="recorded and simulated"):
        plot_residuals(prediction(recordings=recordings(traces={})))


def test_refuses_an_unknown_variable() -> None:
    with pytest.raises(InvalidValueError, match="'v'"):
        plot_residuals(prediction(), variable="w")

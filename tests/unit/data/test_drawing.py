"""Recordings draw themselves through what is installed."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from brianfit import example_recording
from brianfit._foundation.errors import MissingPackageError
from brianfit._foundation.shown.drawing import figure_of


def test_recordings_draw_every_sweep_with_its_input() -> None:
    figure = Figure()

    axes = example_recording("B6")[[0, 1]].plot(figure=figure)

    assert axes.shape == (2, 2)
    assert axes[0, 0].figure is figure


def test_what_nobody_draws_is_told() -> None:
    with pytest.raises(MissingPackageError, match="draws nonsense"):
        figure_of("nonsense")

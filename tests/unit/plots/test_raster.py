"""Spike times of recording and model."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import EventCollection

from brianfit._foundation.errors import InvalidTypeError
from brianfit.plots import plot_spike_raster
from tests.unit.plots.fitted import prediction, recordings


def test_every_sweep_shows_its_recorded_trains_and_that_of_the_model() -> None:
    axes = plot_spike_raster(prediction())

    rows = [row for row in axes.collections if isinstance(row, EventCollection)]
    times = [row.get_positions() for row in rows]
    np.testing.assert_allclose(times[0], [10, 20])
    np.testing.assert_allclose(times[1], [11])
    assert len(times[2]) == 0
    np.testing.assert_allclose(times[3], [30, 40])
    assert axes.get_xlabel() == "time [ms]"


def test_sweeps_that_were_left_out_say_so() -> None:
    axes = plot_spike_raster(prediction())

    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["first", "second\n(held out)"]


def test_a_model_without_threshold_shows_the_recorded_spikes_alone() -> None:
    axes = plot_spike_raster(prediction(spikes=None))

    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["recorded"]


def test_refuses_recordings_and_a_model_without_spikes() -> None:
    with pytest.raises(InvalidTypeError, match="needs spikes"):
        plot_spike_raster(prediction(recordings=recordings(spikes=None), spikes=None))

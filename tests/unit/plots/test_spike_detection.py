"""Detected spikes, marked and laid over each other."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, nA

from brianfit._foundation.errors import InvalidValueError
from brianfit.data import RecordingSet, with_spikes
from brianfit.plots import plot_spike_detection


def _recordings() -> RecordingSet:
    trace = np.full((2, 100), -70.0)
    trace[1, [20, 60]] = 30.0
    return RecordingSet.from_arrays(
        dt=1 * ms, inputs={"I": np.zeros((2, 100)) * nA}, traces={"v": trace * mV}
    )


def test_every_detected_spike_has_a_mark_and_a_curve() -> None:
    whole, close = plot_spike_detection(with_spikes(_recordings(), 0 * mV), sweep=1)

    marks = whole.get_lines()[1]
    np.testing.assert_allclose(marks.get_xdata(), [19.7, 59.7])
    assert len(close.get_lines()) == 2 + 1  # and the line at time zero
    assert whole.get_legend().get_texts()[0].get_text() == "2 spikes detected"


def test_curves_are_aligned_at_the_time_of_detection() -> None:
    _, close = plot_spike_detection(
        with_spikes(_recordings(), 0 * mV), sweep=1, before=2 * ms, after=3 * ms
    )

    curve = close.get_lines()[0]
    np.testing.assert_allclose(curve.get_xdata(), [-1.7, -0.7, 0.3, 1.3, 2.3], atol=1e-9)
    np.testing.assert_allclose(curve.get_ydata(), [-70, -70, 30, -70, -70])


def test_a_sweep_without_spikes_is_drawn_too() -> None:
    whole, _ = plot_spike_detection(with_spikes(_recordings(), 0 * mV), sweep=0)

    assert whole.get_legend().get_texts()[0].get_text() == "0 spikes detected"


def test_asks_for_spikes() -> None:
    with pytest.raises(InvalidValueError, match="Detect them first"):
        plot_spike_detection(_recordings())


def test_refuses_a_sweep_that_does_not_exist() -> None:
    with pytest.raises(InvalidValueError, match="`sweep` must be one of"):
        plot_spike_detection(with_spikes(_recordings(), 0 * mV), sweep=2)

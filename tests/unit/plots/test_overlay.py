"""Recorded against simulated, sweep by sweep."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV, pA, volt
from matplotlib import pyplot as plt

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit.data import RecordingSet
from brianfit.plots import plot_overlay
from tests.unit.plots.fitted import prediction


def _recordings(**changes: object) -> RecordingSet:
    given: dict[str, object] = {
        "dt": 1 * ms,
        "inputs": {"I": np.array([[0.0] * 50, [0.0] * 25 + [120.0] * 25]) * pA},
        "traces": {"v": np.linspace(-70, -50, 100).reshape(2, 50) * mV},
        "spikes": [np.array([10.0, 20.0]) * ms, np.array([]) * ms],
        "labels": ["first", "second"],
    }
    return RecordingSet.from_arrays(**{**given, **changes})  # type: ignore[arg-type]


def test_every_sweep_has_a_panel_for_its_trace_and_one_for_its_input() -> None:
    axes = plot_overlay(_recordings())

    assert axes.shape == (2, 2)


def test_axes_carry_units_that_suit_the_numbers() -> None:
    axes = plot_overlay(_recordings())

    assert axes[0, 0].get_ylabel() == "v [mV]"
    assert axes[0, 1].get_ylabel() == "I [pA]"
    assert axes[1, 1].get_xlabel() == "time [ms]"


def test_draws_recorded_and_simulated_values_at_their_times() -> None:
    simulated = np.full((2, 100), -0.060) * volt

    axes = plot_overlay(_recordings(), trace=simulated, dt=0.5 * ms)

    recorded, model = axes[1, 0].get_lines()[:2]
    np.testing.assert_allclose(recorded.get_ydata()[-1], -50)
    np.testing.assert_allclose(recorded.get_xdata()[-1], 49)
    np.testing.assert_allclose(model.get_ydata(), -60)
    np.testing.assert_allclose(model.get_xdata()[-1], 49.5)


def test_marks_the_spikes_of_recording_and_model() -> None:
    spikes = [np.array([11.0]) * ms, np.array([30.0, 40.0]) * ms]

    axes = plot_overlay(_recordings(), spikes=spikes)

    marks = [line.get_xdata() for line in axes[0, 0].get_lines()[1:]]
    np.testing.assert_allclose(marks[0], [10, 20])
    np.testing.assert_allclose(marks[1], [11])


def test_titles_name_the_sweep_its_spikes_and_whether_it_was_left_out() -> None:
    spikes = [np.array([11.0]) * ms, np.array([30.0, 40.0]) * ms]

    axes = plot_overlay(_recordings(), spikes=spikes, left_out=[1])  # its older name

    first, second = (panel.get_title(loc="left") for panel in axes[:, 0])
    assert first == "first  ·  2 spikes recorded, 1 in the model"
    assert second == "second  ·  held out, predicted  ·  0 spikes recorded, 2 in the model"


def test_all_traces_share_one_range() -> None:
    axes = plot_overlay(_recordings())

    assert axes[0, 0].get_ylim() == axes[1, 0].get_ylim()
    assert axes[0, 1].get_ylim() == axes[1, 1].get_ylim()


def test_draws_into_a_given_figure() -> None:
    figure = plt.figure()

    axes = plot_overlay(_recordings(), figure=figure)

    assert axes[0, 0].figure is figure


def test_can_draw_recordings_alone_without_spikes_and_with_gaps() -> None:
    voltage = np.full((2, 50), -70.0)
    voltage[0, 10:] = np.nan

    axes = plot_overlay(_recordings(spikes=None, traces={"v": voltage * mV}))

    assert axes[0, 0].get_title(loc="left") == "first"


def test_a_prediction_holds_all_that_is_drawn() -> None:
    axes = plot_overlay(prediction())

    _, model = axes[1, 0].get_lines()[:2]
    np.testing.assert_allclose(model.get_ydata(), -60)
    np.testing.assert_allclose(model.get_xdata()[-1], 49.5)
    assert "held out, predicted" in axes[1, 0].get_title(loc="left")


def test_refuses_a_variable_that_was_not_recorded() -> None:
    with pytest.raises(InvalidValueError, match="'v'"):
        plot_overlay(_recordings(), variable="w")


def test_refuses_a_simulation_of_another_number_of_sweeps() -> None:
    with pytest.raises(InvalidValueError, match="`trace` must have one row for each of the 2"):
        plot_overlay(_recordings(), trace=np.zeros((3, 50)) * volt)


def test_refuses_recordings_without_a_trace() -> None:
    with pytest.raises(InvalidTypeError, match="recorded trace"):
        plot_overlay(_recordings(traces={}))


def _spiking(model_peak: float) -> np.ndarray:
    recorded = np.full((1, 60), -60.0)
    recorded[0, [20, 40]] = 10.0
    model = np.full((1, 60), -60.0)
    model[0, [24, 44]] = model_peak
    recordings = _recordings(
        inputs={"I": np.zeros((1, 60)) * pA},
        traces={"v": recorded * mV},
        spikes=[np.array([20.0, 40.0]) * ms],
        labels=["only"],
    )
    spikes = [np.array([24.0, 44.0]) * ms]
    return plot_overlay(recordings, trace=model * mV, spikes=spikes, dt=1 * ms)


def test_spikes_without_a_shape_are_drawn_up_to_the_recorded_peaks() -> None:
    (lines,) = _spiking(-45.0)[0, 0].collections

    tops = [segment[1, 1] for segment in lines.get_segments()]

    assert tops == pytest.approx([10.0, 10.0])


def test_a_model_with_a_shape_of_spikes_is_drawn_as_it_is() -> None:
    assert not _spiking(8.0)[0, 0].collections


def test_what_was_not_measured_is_shaded() -> None:
    traces = np.linspace(-70, -50, 100).reshape(2, 50)
    traces[0, 20:] = np.nan

    axes = plot_overlay(_recordings(traces={"v": traces * mV}))

    assert [len(panel.patches) for panel in axes[:, 0]] == [1, 0]

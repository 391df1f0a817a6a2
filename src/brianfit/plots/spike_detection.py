"""Which spikes were detected in a recorded trace."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from brianfit._foundation.arguments import check_choice
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.strangers.escaping import in_figure
from brianfit._foundation.types import TimeLike
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.data import Recording, RecordingSet
from brianfit.plots._style import MODEL, RECORDED, Scale, scale_for, tidy

_MOST_DRAWN = 300  # spikes laid over each other; more only make the file large


def plot_spike_detection(
    recordings: RecordingSet,
    *,
    sweep: int = 0,
    trace: str = "v",
    before: TimeLike = 2e-3,
    after: TimeLike = 4e-3,
) -> tuple[Axes, Axes]:
    """Draw a trace with its detected spikes marked, and these spikes laid over each other.

    A missed spike has no mark; a false one stands out from the bundle. Spikes are aligned at the
    time at which they were detected.

    Parameters
    ----------
    recordings
        With spikes: from `with_spikes`, or `RecordingSet.from_arrays(spikes=...)`.
    sweep, trace
        What is drawn.
    before, after
        How much around each spike is laid over the others [s].

    Returns
    -------
    trace_axes, spike_axes : Axes

    Raises
    ------
    InvalidValueError
        If there is no such sweep or trace, or the spikes are not known.
    """
    check_choice("trace", trace, recordings.trace_names)
    check_choice("sweep", str(sweep), [str(number) for number in range(len(recordings))])
    if not recordings.has_spikes:
        raise InvalidValueError(
            "The spikes of the recordings are not known. Detect them first: with_spikes(recordings,"
            " threshold=...)."
        )
    recording = recordings.recordings[sweep]
    voltage = scale_for([recording.traces[trace]], recordings.dimensions[trace])
    figure, (whole, close) = plt.subplots(
        1, 2, figsize=(10, 3.2), width_ratios=(3, 1), layout="constrained", sharey=True
    )
    figure.suptitle(in_figure(recording.label), fontsize="medium")
    _draw_trace(whole, recording, trace, voltage)
    span = scalar_si("before", before, SECOND), scalar_si("after", after, SECOND)
    _draw_spikes(close, recording, trace, voltage, span)
    for axes in (whole, close):
        tidy(axes)
    return whole, close


def _draw_trace(axes: Axes, recording: Recording, trace: str, voltage: Scale) -> None:
    values, spikes = recording.traces[trace], recording.spike_trains[0]
    time = scale_for([np.array([recording.duration])], SECOND)
    steps = np.arange(values.size) * recording.dt
    axes.plot(steps * time.factor, values * voltage.factor, color=RECORDED, linewidth=0.6)
    top = np.nanmax(values) * voltage.factor
    height = top + 0.06 * (top - np.nanmin(values) * voltage.factor)
    axes.plot(
        spikes * time.factor,
        np.full(spikes.size, height),
        "v",
        color=MODEL,
        markersize=4,
        label=f"{spikes.size} spikes detected",
    )
    axes.set_xlim(0, recording.duration * time.factor)
    axes.set_xlabel(time.label("time"))
    axes.set_ylabel(voltage.label(trace))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), fontsize="small", frameon=False)


def _draw_spikes(
    axes: Axes, recording: Recording, trace: str, voltage: Scale, span: tuple[float, float]
) -> None:
    values, spikes = recording.traces[trace], recording.spike_trains[0]
    steps = np.arange(values.size) * recording.dt
    for spike in spikes[:_MOST_DRAWN]:
        shown = (steps >= spike - span[0]) & (steps <= spike + span[1])
        axes.plot(
            1e3 * (steps[shown] - spike),
            values[shown] * voltage.factor,
            color=RECORDED,
            linewidth=0.6,
            alpha=0.4,
        )
    axes.axvline(0, color=MODEL, linewidth=1)
    axes.set_xlim(-1e3 * span[0], 1e3 * span[1])
    axes.set_xlabel("time from detection [ms]")

"""Recorded against simulated, sweep by sweep, with the input below."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brianfit._foundation.arguments import also_called, check_choice
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.strangers.escaping import in_figure
from brianfit._foundation.types import QuantityLike, SpikeTimes, TimeLike
from brianfit._foundation.units import SECOND, from_si, scalar_si, si_array
from brianfit.data import Recording, RecordingSet
from brianfit.plots._style import INPUT, LEFT_OUT, MODEL, RECORDED, Scale, scale_for, tidy
from brianfit.results import Prediction

PEAK_WITHIN = 0.002
"""So soon [s] after a spike is detected it has its peak."""

SHAPELESS = 0.25
"""A model has no shape of spikes if its own are lower by more than this part of recorded ones."""

SHADED_GAP = 0.01
"""Gaps longer than this part of a sweep are shaded."""

# Height of the panels of one sweep [inch], and their proportion.
_SWEEP_HEIGHT = 2.1
_TRACE_TO_INPUT = (4, 1)


@also_called(left_out="held_out")
def plot_overlay(
    recordings: RecordingSet | Prediction,
    *,
    variable: str | None = None,
    trace: QuantityLike | None = None,
    spikes: SpikeTimes | None = None,
    dt: TimeLike | None = None,
    held_out: Collection[int] = (),
    figure: Figure | None = None,
) -> np.ndarray:
    """Draw every sweep: recorded and simulated trace, spike times above, the input below.

    Parameters
    ----------
    recordings
        What was measured; or a `Prediction`, which holds all but `variable` and `figure`.
    variable
        The recorded variable that is drawn; the first one unless told.
    trace
        What the model yields for it, shape (n_traces, n_steps), as returned by ``generate``; None:
        only what was recorded.
    spikes
        Spike times of the model, one array per sweep [s].
    dt
        Simulation step of `trace`; that of the recording unless told.
    held_out
        Numbers of the sweeps that were not fitted; they are marked as predicted.
    figure
        Where to draw; a new figure unless told.

    Returns
    -------
    array of Axes, shape (n_traces, 2)
        Trace and input of every sweep.

    Raises
    ------
    BrianfitError
        If `variable` was not recorded, or `trace` or `spikes` do not have one row per sweep.
    """
    if isinstance(recordings, Prediction):
        return _draw_prediction(recordings, variable, figure)
    drawn = _read(recordings, variable, trace, spikes, dt)
    n_traces = len(recordings)
    if figure is None:
        figure = plt.figure(figsize=(9, _SWEEP_HEIGHT * n_traces + 0.6), layout="constrained")
    axes = figure.subplots(
        2 * n_traces,
        1,
        sharex=True,
        squeeze=False,
        gridspec_kw={"height_ratios": _TRACE_TO_INPUT * n_traces},
    ).reshape(n_traces, 2)
    time = scale_for([recordings.durations], SECOND)
    for number, (recording, (above, below)) in enumerate(zip(recordings, axes, strict=True)):
        _draw_trace(above, drawn, number, recording, time)
        _draw_input(below, drawn, recording, time)
        _draw_title(above, recording, drawn, number, is_held_out=number in held_out)
    _share_limits(axes)
    axes[-1, 1].set_xlabel(time.label("time"))
    axes[0, 0].legend(
        loc="lower right", bbox_to_anchor=(1, 1.1), fontsize="small", frameon=False, ncols=3
    )
    axes[0, 0].margins(x=0.01)
    figure.align_ylabels(list(axes.flat))
    return np.asarray(axes)


def _draw_prediction(
    prediction: Prediction, variable: str | None, figure: Figure | None
) -> np.ndarray:
    names = prediction.recordings.trace_names
    name = names[0] if variable is None and names else variable
    return plot_overlay(
        prediction.recordings,
        variable=variable,
        trace=None if name is None else prediction.traces.get(name),
        spikes=prediction.spikes,
        dt=from_si(prediction.dt, SECOND),
        held_out=prediction.held_out,
        figure=figure,
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """What is drawn, in SI numbers, and the units of the axes."""

    variable: str
    trace: Float[np.ndarray, "n_traces n_steps"] | None
    spikes: tuple[np.ndarray, ...] | None  # of different lengths
    dt: float | None
    unit: Scale
    input_name: str
    input_unit: Scale


def _read(
    recordings: RecordingSet, variable: str | None, trace: Any, spikes: Any, dt: Any
) -> _Drawn:
    if not recordings.trace_names or not recordings.input_names:
        raise InvalidTypeError("An overlay needs recordings with an input and a recorded trace.")
    name = recordings.trace_names[0] if variable is None else variable
    check_choice("variable", name, recordings.trace_names)
    dimensions = recordings.dimensions[name]
    input_name = recordings.input_names[0]
    simulated = None if trace is None else np.atleast_2d(si_array("trace", trace, dimensions))
    trains = None if spikes is None else tuple(si_array("spikes", s, SECOND) for s in spikes)
    for what, rows in (("trace", simulated), ("spikes", trains)):
        if rows is not None and len(rows) != len(recordings):
            raise InvalidValueError(
                f"`{what}` must have one row for each of the {len(recordings)} sweeps, but has "
                f"{len(rows)}."
            )
    return _Drawn(
        variable=name,
        trace=simulated,
        spikes=trains,
        dt=None if dt is None else scalar_si("dt", dt, SECOND, plain_is_si=False),
        unit=scale_for([recording.traces[name] for recording in recordings], dimensions),
        input_name=input_name,
        input_unit=scale_for(
            [recording.inputs[input_name] for recording in recordings],
            recordings.dimensions[input_name],
        ),
    )


def _draw_trace(axes: Axes, drawn: _Drawn, number: int, recording: Recording, time: Scale) -> None:
    recorded = recording.traces[drawn.variable]
    t = np.arange(recorded.size) * recording.dt * time.factor
    axes.plot(t, recorded * drawn.unit.factor, color=RECORDED, linewidth=0.7, label="recorded")
    if drawn.trace is not None:
        step = recording.dt if drawn.dt is None else drawn.dt
        simulated = drawn.trace[number]
        t = np.arange(simulated.size) * step * time.factor
        axes.plot(t, simulated * drawn.unit.factor, color=MODEL, linewidth=0.7, label="model")
        _complete_spikes(axes, drawn, number, recording, time)
    _shade_gaps(axes, recorded, recording.dt * time.factor)
    _draw_spikes(axes, drawn, number, recording, time)
    axes.set_ylabel(drawn.unit.label(drawn.variable), fontsize="small")
    axes.tick_params(labelbottom=False, bottom=False)
    axes.spines["bottom"].set_visible(False)
    tidy(axes)


def _complete_spikes(
    axes: Axes, drawn: _Drawn, number: int, recording: Recording, time: Scale
) -> None:
    """Draw spikes that a model has no shape for up to the recorded peaks, in a lighter line."""
    if drawn.trace is None or drawn.spikes is None or not recording.spike_trains:
        return
    recorded, step = recording.traces[drawn.variable], drawn.dt or recording.dt
    simulated, train = drawn.trace[number], drawn.spikes[number]
    peak = peak_of_spikes(recorded, recording.spike_trains[0], recording.dt)
    missing = peak - peak_of_spikes(simulated, train, step)
    if not missing > SHAPELESS * (peak - np.nanmedian(recorded)):
        return
    places = np.minimum(np.rint(train / step).astype(int), simulated.size - 1)
    axes.vlines(
        train * time.factor,
        simulated[places] * drawn.unit.factor,
        peak * drawn.unit.factor,
        color=MODEL,
        alpha=0.4,
        linewidth=0.7,
        label="its spikes, up to the recorded peaks" if number == 0 else "_",
    )


def peak_of_spikes(
    recorded: Float[np.ndarray, " n_steps"], spikes: Float[np.ndarray, " n_spikes"], dt: float
) -> float:
    """Return the median height of recorded spikes; nan if there is none to be seen."""
    width = max(1, round(PEAK_WITHIN / dt))
    places = (spikes / dt).astype(int)
    peaks = [
        np.nanmax(piece) for k in places if np.isfinite(piece := recorded[k : k + width]).any()
    ]
    return float(np.median(peaks)) if peaks else float("nan")


def _shade_gaps(axes: Axes, recorded: Float[np.ndarray, " n_steps"], step: float) -> None:
    """Shade what was not measured, or not compared."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.isnan(recorded).astype(int), [0]])))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if (last - first) > SHADED_GAP * recorded.size:
            axes.axvspan(first * step, last * step, color="0.5", alpha=0.15, linewidth=0)


def _draw_spikes(axes: Axes, drawn: _Drawn, number: int, recording: Recording, time: Scale) -> None:
    """Mark spikes above the traces: recorded ones in the upper row, those of the model below."""
    rows = [(1.08, train, RECORDED) for train in recording.spike_trains[:1]]
    if drawn.spikes is not None:
        rows.append((1.0, drawn.spikes[number], MODEL))
    for height, train, colour in rows:
        axes.plot(
            train * time.factor,
            np.full(train.size, height),
            transform=axes.get_xaxis_transform(),
            color=colour,
            marker="|",
            markersize=5,
            linestyle="none",
            clip_on=False,
        )


def _draw_input(axes: Axes, drawn: _Drawn, recording: Recording, time: Scale) -> None:
    values = recording.inputs[drawn.input_name]
    t = np.arange(values.size) * recording.dt * time.factor
    axes.plot(t, values * drawn.input_unit.factor, color=INPUT, linewidth=0.7)
    axes.set_ylabel(drawn.input_unit.label(drawn.input_name), fontsize="small")
    tidy(axes)


def _draw_title(
    axes: Axes, recording: Recording, drawn: _Drawn, number: int, *, is_held_out: bool
) -> None:
    label = in_figure(recording.label)
    parts = [label, "held out, predicted"] if is_held_out else [label]
    if recording.spike_trains:
        counts = f"{recording.spike_trains[0].size} spikes recorded"
        if drawn.spikes is not None:
            counts += f", {drawn.spikes[number].size} in the model"
        parts.append(counts)
    title = axes.set_title("  ·  ".join(parts), loc="left", fontsize="small", pad=15)
    if is_held_out:
        axes.set_facecolor((LEFT_OUT, 0.12))
        title.set_fontweight("bold")


def _share_limits(axes: np.ndarray) -> None:
    """Give all traces one range and all inputs one range, so that sweeps can be compared."""
    for column in axes.T:
        limits = np.array([panel.get_ylim() for panel in column])
        for panel in column:
            panel.set_ylim(limits[:, 0].min(), limits[:, 1].max())

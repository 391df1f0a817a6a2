"""Recorded and fitted traces of every sweep, which the reader can zoom."""

from __future__ import annotations

from brianfit._foundation.shown.markup import Markup, embedded_json, join, tag
from brianfit.data import Recording
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.trace_data import sweeps_json
from brianfit.results import Prediction

_ZOOM = (("in", "Zoom in"), ("out", "Zoom out"), ("left", "Earlier"), ("right", "Later"))


def sweeps(contents: ReportContents) -> Markup | None:
    """Return a drawing of every sweep, and its data."""
    prediction = contents.prediction
    if prediction is None:
        return None
    return join(
        sweep_drawings(prediction),
        tag(
            "noscript",
            tag(
                "p",
                "The drawings need JavaScript, which is part of this page; allow it to see them.",
            ),
        ),
        tag(
            "script",
            embedded_json(sweeps_json(prediction)),
            type="application/json",
            id="sweeps-data",
        ),
    )


def sweep_drawings(prediction: Prediction) -> Markup:
    """Return the places for the drawings of all sweeps, which the script of the page fills."""
    drawings = [
        _sweep(prediction, number, recording)
        for number, recording in enumerate(prediction.recordings)
    ]
    return join(_legend(prediction), _tools(), *drawings)


def _sweep(prediction: Prediction, number: int, recording: Recording) -> Markup:
    is_held_out = number in prediction.held_out
    notes = ["held out, predicted"] if is_held_out else []
    notes += _spike_note(prediction, number, recording)
    name = recording.label or f"sweep {number}"
    heading = tag(
        "h3", name, tag("span", "".join(f"  ·  {note}" for note in notes), class_="quiet")
    )
    holder = tag(
        "div",
        class_="sweep-holder",
        data_sweep=number,
        data_label=", ".join([f"Recorded and fitted course of {name}", *notes]),
    )
    return tag("div", heading, holder, class_="sweep left-out" if is_held_out else "sweep")


def _spike_note(prediction: Prediction, number: int, recording: Recording) -> list[str]:
    if not recording.spike_trains:
        return []
    counts = ", ".join(str(train.size) for train in recording.spike_trains)
    note = f"{counts} spikes recorded"
    if prediction.spikes is not None:
        note += f", {prediction.spikes[number].size} in the model"
    return [note]


def _legend(prediction: Prediction) -> Markup:
    shown = [("recorded", "recorded"), ("model", "model")]
    if prediction.recordings.input_names:
        shown.append(("input", "input"))
    return tag("div", *(tag("span", text, class_=role) for role, text in shown), class_="legend")


def _tools() -> Markup:
    linked = tag(
        "label",
        tag("input", type="checkbox", id="sweeps-linked", checked="checked"),
        " same times in all sweeps",
    )
    buttons = [tag("button", text, type="button", data_zoom=what) for what, text in _ZOOM]
    return join(
        tag(
            "div",
            *buttons,
            tag("button", "Show all", type="button", data_zoom="all"),
            linked,
            class_="tools",
        ),
        tag(
            "p",
            "Drag across a sweep to zoom into it; double-click to see all of it. "
            "On a touch screen use two fingers; with the keyboard +, −, arrows and 0.",
            class_="quiet no-print",
        ),
    )

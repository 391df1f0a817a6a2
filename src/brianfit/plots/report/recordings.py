"""The table of what was recorded."""

from __future__ import annotations

import numpy as np

from brianfit._foundation.shown.markup import Markup, tag
from brianfit._foundation.units import SECOND, readable
from brianfit.data import Recording, RecordingSet
from brianfit.plots._style import scale_for
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.tables import Column, Row, table


def recordings(contents: ReportContents) -> Markup | None:
    """Return a row for every sweep, and where they come from."""
    result, prediction = contents.result, contents.prediction
    if prediction is not None:
        shown, held_out = prediction.recordings, prediction.held_out
    elif result.problem is not None:
        shown, held_out = result.problem.recordings, frozenset[int]()
    else:
        return None
    names = [*shown.input_names, *shown.trace_names]
    heads = ["sweep", "length", "a value every", *(f"range of {name}" for name in names)]
    heads += ["spikes"] if shown.has_spikes else []
    heads += ["used"]
    rows = [
        _row(shown, recording, is_held_out=number in held_out)
        for number, recording in enumerate(shown)
    ]
    return tag("div", table([Column(head=head) for head in heads], rows), _origin(shown))


def _origin(shown: RecordingSet) -> Markup | None:
    """Return what the file says about the recordings, and what was done to them since."""
    lines = [f"{name.replace('_', ' ')}: {text}" for name, text in shown.metadata.items()]
    lines += shown.history
    return tag("ul", *(tag("li", line) for line in lines)) if lines else None


def _row(shown: RecordingSet, recording: Recording, *, is_held_out: bool) -> Row:
    texts = [recording.label, readable(recording.duration, SECOND), readable(recording.dt, SECOND)]
    texts += [_range(shown, name, recording) for name in (*shown.input_names, *shown.trace_names)]
    if shown.has_spikes:
        texts.append(", ".join(str(train.size) for train in recording.spike_trains))
    texts.append("held out, predicted" if is_held_out else "fitted")
    return Row(cells=texts, class_="left-out" if is_held_out else None)


def _range(shown: RecordingSet, name: str, recording: Recording) -> str:
    values = {**recording.inputs, **recording.traces}[name]
    known = values[np.isfinite(values)]
    if known.size == 0:
        return "not measured"
    scale = scale_for([known], shown.dimensions[name])
    low, high = (float(value) * scale.factor for value in (known.min(), known.max()))
    return f"{low:.4g} to {high:.4g} {scale.unit}".replace("-", "−")

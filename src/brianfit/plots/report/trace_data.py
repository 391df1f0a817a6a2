"""Sweeps as the script of a page reads them: numbers of 16 bits, units in words."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, Dimension
from brianfit.plots._style import Scale, scale_for
from brianfit.results import Prediction

MAX_VALUES = 3_000_000
"""Of all curves of a page together; more are thinned out, keeping lowest and highest values."""

_LEVELS = 32767  # of a signed number of 16 bits; one more marks what is missing
_MISSING = -32768


@final
@dataclass(frozen=True, kw_only=True)
class Curve:
    """One curve of a panel, SI numbers."""

    role: str
    name: str
    dt: float
    values: Float[np.ndarray, " n"]


def sweeps_json(prediction: Prediction, *, max_values: int | None = None) -> str:
    """Return all sweeps with their panels, curves and spikes as JSON.

    Parameters
    ----------
    max_values
        Of all curves together; more are thinned out. None: `MAX_VALUES`.
    """
    recordings = prediction.recordings
    time = scale_for([recordings.durations], SECOND)
    panels = list(panels_of(prediction))
    scales = [_scale_of(dimensions, rows) for _, _, dimensions, rows in panels]
    n_values = sum(curve.values.size for *_, rows in panels for row in rows for curve in row)
    thinning = max(1, int(np.ceil(n_values / (max_values or MAX_VALUES))))
    sweeps = [
        {
            "label": recording.label,
            "duration": recording.duration * time.factor,
            "spikes": _spikes(prediction, number, time),
            "panels": [
                {
                    "kind": kind,
                    "label": scale.label(name),
                    "unit": scale.unit,
                    "lines": [_line(curve, scale, time, thinning) for curve in rows[number]],
                }
                for (kind, name, _, rows), scale in zip(panels, scales, strict=True)
            ],
        }
        for number, recording in enumerate(recordings)
    ]
    return json.dumps(
        {
            "time": time.label("time"),
            "timeName": "t =",
            "timeUnit": time.unit,
            "sweeps": sweeps,
        }
    )


def panels_of(
    prediction: Prediction,
) -> Iterator[tuple[str, str, Dimension, list[list[Curve]]]]:
    """Yield kind, name, dimensions and the curves of every sweep for each panel."""
    recordings = prediction.recordings
    recorded = recordings.trace_names
    simulated = [name for name in prediction.traces if name not in recorded]
    dimensions = {**prediction.dimensions, **recordings.dimensions}
    for name in (*recorded, *simulated):
        rows = [list(_trace_curves(prediction, name, k)) for k in range(len(recordings))]
        yield "trace", name, dimensions[name], rows
    for name in recordings.input_names:
        rows = [
            [Curve(role="input", name=name, dt=recording.dt, values=recording.inputs[name])]
            for recording in recordings
        ]
        yield "input", name, dimensions[name], rows


def _trace_curves(prediction: Prediction, name: str, number: int) -> Iterator[Curve]:
    recording = prediction.recordings.recordings[number]
    if name in recording.traces:
        yield Curve(
            role="recorded", name="recorded", dt=recording.dt, values=recording.traces[name]
        )
    if name in prediction.traces:
        n_steps = round(recording.duration / prediction.dt)
        values = prediction.traces[name][number, :n_steps]
        yield Curve(role="model", name="model", dt=prediction.dt, values=values)


def _scale_of(dimensions: Dimension, rows: Sequence[Sequence[Curve]]) -> Scale:
    return scale_for([curve.values for row in rows for curve in row], dimensions)


def _spikes(prediction: Prediction, number: int, time: Scale) -> list[dict[str, Any]]:
    recording = prediction.recordings.recordings[number]
    trains = [("recorded", train) for train in recording.spike_trains]
    if prediction.spikes is not None:
        trains.append(("model", prediction.spikes[number]))
    return [
        {"role": role, "times": [round(float(t) * time.factor, 7) for t in train]}
        for role, train in trains
    ]


def _line(curve: Curve, scale: Scale, time: Scale, thinning: int) -> Mapping[str, Any]:
    values, dt = thinned(curve.values * scale.factor, thinning), curve.dt * time.factor
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    middle, step = (low + high) / 2, (high - low) / (2 * _LEVELS) or 1.0
    levels = np.where(np.isfinite(values), np.round((values - middle) / step), _MISSING)
    packed = levels.astype("<i2").tobytes()
    return {
        "role": curve.role,
        "name": curve.name,
        "dt": dt * curve.values.size / max(1, values.size),
        "middle": middle,
        "step": step,
        "values": base64.b64encode(packed).decode("ascii"),
    }


def thinned(values: Float[np.ndarray, " n"], factor: int) -> Float[np.ndarray, " m"]:
    """Return values of which `factor` become one, lowest and highest in the order they came.

    Two values stand for every ``2 * factor``, so that no spike is lost.
    """
    if factor <= 1 or values.size < 4 * factor:
        return values
    size = values.size // (2 * factor)
    bins = values[: size * 2 * factor].reshape(size, 2 * factor)
    filled_low = np.where(np.isnan(bins), np.inf, bins)
    filled_high = np.where(np.isnan(bins), -np.inf, bins)
    lowest, highest = filled_low.argmin(axis=1), filled_high.argmax(axis=1)
    places = np.sort(np.stack([lowest, highest], axis=1), axis=1)
    return np.asarray(np.take_along_axis(bins, places, axis=1).ravel())

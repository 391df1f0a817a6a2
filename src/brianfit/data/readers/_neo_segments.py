"""Segments of neo to sweeps of signals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import dimensions_of
from brianfit.data.readers._base import ReadRequest, Role, Signal, Sweep, without_nan_tail


def sweep_of(segment: Any, number: int, request: ReadRequest) -> Sweep:
    """Return the signals of a segment; channels that were recorded together are told apart."""
    signals = tuple(
        signal
        for analog in segment.analogsignals
        for signal in signals_of(analog, request, Role.UNKNOWN)
    )
    trains = tuple(
        np.sort(np.asarray(train.rescale("s").magnitude, dtype=np.float64))
        for train in segment.spiketrains
    )
    return Sweep(label=f"sweep {number}", signals=signals, spike_trains=trains)


def signals_of(analog: Any, request: ReadRequest, role: Role) -> Iterator[Signal]:
    """Yield every channel of one analog signal of neo."""
    values = np.asarray(analog.magnitude, dtype=np.float64)
    values = values.reshape(values.shape[0], -1)
    names = analog.array_annotations.get("channel_names", ())
    if len(names) != values.shape[1]:
        several = values.shape[1] > 1
        names = [
            f"{analog.name} {k}" if several else str(analog.name) for k in range(len(values.T))
        ]
    for name, column in zip(names, values.T, strict=True):
        unit = request.units.get(str(name))
        if unit is None:
            unit = unit_from_text(analog.units.dimensionality.string)
        yield Signal(
            name=str(name),
            values=without_nan_tail(column) * float(unit),
            dimensions=dimensions_of(unit),
            dt=float(analog.sampling_period.rescale("s").magnitude),
            role=role,
        )

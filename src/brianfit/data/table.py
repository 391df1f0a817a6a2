"""Recordings as a table of text, one line per sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, Dimension, readable, unit_name


@runtime_checkable
class _Sweep(Protocol):
    """What the table needs to know of a recording."""

    @property
    def label(self) -> str: ...
    @property
    def dt(self) -> float: ...
    @property
    def duration(self) -> float: ...
    @property
    def inputs(self) -> Mapping[str, Float[np.ndarray, " _"]]: ...
    @property
    def traces(self) -> Mapping[str, Float[np.ndarray, " _"]]: ...
    @property
    def spike_trains(self) -> tuple[Float[np.ndarray, " _"], ...]: ...


def table_of(
    sweeps: Sequence[_Sweep], dimensions: Mapping[str, Dimension]
) -> tuple[str, list[str], list[list[str]]]:
    """Return a headline with the units, the header, and a row per sweep.

    The columns are label, length, step, ranges and numbers of spikes.
    """
    units = ", ".join(f"{name} [{unit_name(dim)}]" for name, dim in dimensions.items())
    counted = "1 sweep" if len(sweeps) == 1 else f"{len(sweeps)} sweeps"
    has_spikes = bool(sweeps[0].spike_trains)
    header = ["sweep", "duration", "step", *dimensions, *(["spikes"] if has_spikes else [])]
    return f"{counted} of {units}", header, [_row(sweep, dimensions) for sweep in sweeps]


def _row(sweep: _Sweep, dimensions: Mapping[str, Dimension]) -> list[str]:
    values = {**sweep.inputs, **sweep.traces}
    cells = [sweep.label, readable(sweep.duration, SECOND), readable(sweep.dt, SECOND)]
    cells += [range_text(values[name], dim) for name, dim in dimensions.items()]
    if sweep.spike_trains:
        cells.append(", ".join(str(train.size) for train in sweep.spike_trains))
    return cells


def range_text(values: Float[np.ndarray, " _"], dimensions: Dimension) -> str:
    """Return the lowest and highest value, four digits each, such as ``-72.1 mV ... 19.22 mV``."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return "not measured"
    low, high = (
        readable(float(f"{value:.4g}"), dimensions) for value in (known.min(), known.max())
    )
    return low if low == high else f"{low} ... {high}"

"""Files of Neurodata Without Borders of all kinds, whose values tell where and when they belong.

A signal is a straight line over the time of the file, ``level + slope*t``, and each has a level of
its own: whatever is interpolated or shifted, a value says of which signal it is, and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hypothesis import strategies as st

V_SLOPE, I_SLOPE = 1e-5, 1e-13  # per second; levels are far apart beside them
RATES = (5_000.0, 10_000.0, 12_500.0, 20_000.0)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A signal: when it begins, its rate, its values' level, and the values that are lost."""

    name: str
    electrode: str
    sweep: int
    level: float
    start: float
    rate: float
    n_values: int
    lost: tuple[int, ...] = ()
    is_voltage: bool = True

    @property
    def times(self) -> np.ndarray:
        """Times of its values; none is lost yet."""
        return self.start + np.arange(self.n_values) / self.rate

    def at(self, times: np.ndarray) -> np.ndarray:
        """Return its values [SI]."""
        return self.level + (V_SLOPE if self.is_voltage else I_SLOPE) * times


@dataclass(frozen=True, kw_only=True)
class File:
    """Responses and stimuli, and how they are written."""

    responses: tuple[Line, ...]
    stimuli: tuple[Line, ...]
    order: tuple[int, ...] = field(default=())
    has_numbers: bool = True
    has_table: bool = False
    is_integer: bool = False
    is_packed: bool = False

    @property
    def electrodes(self) -> list[str]:
        """Names of the electrodes."""
        return list(dict.fromkeys(line.electrode for line in self.responses))

    @property
    def is_clear(self) -> bool:
        """Whether the file says which stimulus belongs to which response."""
        return self.has_table or self.has_numbers


@st.composite
def files(draw: Any) -> File:
    """Draw files of one to three sweeps of one or two electrodes."""
    n_sweeps = draw(st.integers(1, 3))
    electrodes = draw(st.sampled_from([("e0",), ("e0", "e1")]))
    rate = draw(st.sampled_from(RATES))
    stimulus_rate = draw(st.sampled_from([rate, rate, *RATES]))
    n_values = draw(st.integers(30, 80))
    responses, stimuli = [], []
    for sweep in range(n_sweeps):
        start = draw(st.sampled_from([0.0, 1.5, 10.0])) + 2.0 * sweep
        offset = draw(st.sampled_from([0.0, 0.0, 10.0, -10.0, 0.5, 3.0])) / rate
        for k, electrode in enumerate(electrodes):
            number = sweep + 7 * k
            shared = {"electrode": electrode, "sweep": sweep}
            lost = tuple(draw(st.sets(st.integers(3, n_values - 3), max_size=3)))
            responses.append(
                Line(
                    name=f"r_{number}", level=-0.07 - 0.001 * number, start=start, rate=rate,
                    n_values=n_values, lost=lost, **shared,
                )
            )  # fmt: skip
            stimuli.append(
                Line(
                    name=f"s_{number}", level=1e-10 * (1 + number), start=start + offset,
                    rate=stimulus_rate, n_values=max(4, round(n_values * stimulus_rate / rate)),
                    is_voltage=False, **shared,
                )
            )  # fmt: skip
    order = tuple(draw(st.permutations(range(len(responses)))))
    return File(
        responses=tuple(responses),
        stimuli=tuple(stimuli),
        order=order,
        has_numbers=draw(st.booleans()),
        has_table=draw(st.booleans()),
        is_integer=draw(st.booleans()),
        is_packed=draw(st.booleans()),
    )


def write(path: Path, content: File) -> Path:
    """Write a file."""
    with h5py.File(path, "w") as file:
        file.attrs["nwb_version"] = "2.6.0"
        for electrode in content.electrodes:
            file.create_group(f"general/intracellular_ephys/{electrode}")
        for k in content.order:
            _write_line(file, "acquisition", content.responses[k], content)
        for k in reversed(content.order):
            _write_line(file, "stimulus/presentation", content.stimuli[k], content)
        if content.has_table:
            _write_table(file, content)
    return path


def _write_line(file: Any, folder: str, line: Line, content: File) -> None:
    group = file.create_group(f"{folder}/{line.name}")
    kind = "CurrentClampSeries" if line.is_voltage else "CurrentClampStimulusSeries"
    group.attrs["neurodata_type"] = kind
    if content.has_numbers:
        group.attrs["sweep_number"] = np.uint32(line.sweep)
    kept = np.setdiff1d(np.arange(line.n_values), line.lost)
    values = line.at(line.times)[kept]
    conversion, offset = 1.0, 0.0
    if content.is_integer:
        offset, conversion = float(values.mean()), float(np.ptp(values)) / 40_000
        values = np.round((values - offset) / conversion).astype(np.int16)
    packed = {"chunks": (4,), "compression": "gzip"} if content.is_packed else {}
    group.create_dataset("data", data=values, **packed)
    unit = "volts" if line.is_voltage else "amperes"
    group["data"].attrs.update(unit=unit, conversion=conversion, offset=offset)
    if line.lost:
        group["timestamps"] = line.times[kept]
    else:
        group["starting_time"] = line.start
        group["starting_time"].attrs.update(rate=line.rate, unit="seconds")
    group["electrode"] = h5py.SoftLink(f"/general/intracellular_ephys/{line.electrode}")


def _write_table(file: Any, content: File) -> None:
    table = file.create_group("general/intracellular_ephys/intracellular_recordings")
    kind = np.dtype([("idx_start", "i4"), ("count", "i4"), ("timeseries", h5py.ref_dtype)])
    for name, folder, lines in (
        ("responses/response", "acquisition", content.responses),
        ("stimuli/stimulus", "stimulus/presentation", content.stimuli),
    ):
        rows = [
            (0, line.n_values - len(line.lost), file[f"{folder}/{line.name}"].ref)
            for line in _in_order(lines, content.order)
        ]
        table[name] = np.array(rows, dtype=kind)


def _in_order(lines: Sequence[Line], order: Sequence[int]) -> list[Line]:
    return [lines[k] for k in order]

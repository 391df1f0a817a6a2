"""Axon binary files to sweeps: what was recorded, and what every output commanded."""

from __future__ import annotations

import struct
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path, PureWindowsPath
from typing import Any, final

import numpy as np
from brian2 import amp, volt

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.units import Dimension
from brianfit.data.readers._base import (
    AbstractReader,
    ChannelUnit,
    Clamp,
    FileContent,
    PlayedFile,
    ReadRequest,
    Role,
    Samples,
    Signal,
    Sweep,
    channel_unit,
    parsing,
)
from brianfit.data.readers._signals import AbstractSource
from brianfit.data.readers.abf.drawing import waveform
from brianfit.data.readers.abf.header1 import read_header_1
from brianfit.data.readers.abf.header2 import read_header_2
from brianfit.data.readers.abf.protocol import EPISODIC, Header, Output

_CLAMPS = {amp.dim: Clamp.CURRENT, volt.dim: Clamp.VOLTAGE}
"""What is kept as commanded, by the unit of the command."""
_OPPOSITE = {amp.dim: volt.dim, volt.dim: amp.dim}


@final
class AxonReader(AbstractReader):
    """Reads ``.abf`` files of either version.

    The stimulus is drawn from the protocol in the header. An output that follows a protocol is a
    stimulus; one that only holds a level can be named. What the unit of the commands is not, was
    the response.
    """

    @property
    def name(self) -> str:
        return "an Axon binary file"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".abf",)

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        with parsing(path, self.name):
            header = read_header(path)
        return _Content(path, header, request).content()


def read_header(path: Path) -> Header:
    """Return the header of a file of either version.

    Raises
    ------
    UnreadableFileError
        If it is broken, or the file is no Axon file.
    """
    with path.open("rb") as file:
        signature = file.read(4)
    if signature not in {b"ABF ", b"ABF2"}:
        raise UnreadableFileError(
            f"{path.name} cannot be read as an Axon binary file: it is something else, although "
            "its name says so."
        )
    read = read_header_1 if signature == b"ABF " else read_header_2
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            return read(path, content)
    except (struct.error, ZeroDivisionError, IndexError, ValueError, OverflowError) as error:
        raise UnreadableFileError(
            f"{path.name} cannot be read as an Axon binary file: its header is truncated or broken "
            f"({error})."
        ) from error


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Source(AbstractSource):
    """Keys are (kind, sweep, number): kind 0 is a recorded channel, kind 1 an output."""

    path: Path
    header: Header
    units: tuple[tuple[ChannelUnit, ...], tuple[ChannelUnit, ...]]
    dt: float

    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        counts = np.memmap(
            self.path, dtype=self.header.data_type, mode="r", offset=self.header.data_start
        )
        return [self._samples(counts, key) for key in keys]

    def _samples(self, counts: np.ndarray, key: Any) -> Samples:
        kind, sweep, number = key
        unit = self.units[kind][number]
        if kind == 1:
            output = self.header.outputs[number]
            factor = unit.factor_of(self.path, output.name)
            return Samples(values=self._commanded(output, sweep) * factor, dt=self.dt)
        channel, extent = self.header.channels[number], self.header.sweeps[sweep]
        n_channels = len(self.header.channels)
        factor = unit.factor_of(self.path, channel.name)
        first = extent.first * n_channels
        rows = counts[first + number : first + extent.n_rows * n_channels : n_channels]
        values = rows.astype(np.float64)
        values *= channel.gain
        values += channel.offset
        return Samples(values=values * factor, dt=self.dt)

    def _commanded(self, output: Output, sweep: int) -> np.ndarray:
        if output.plays_file and self.header.mode == EPISODIC:
            played = "" if output.played is None else output.played.name
            raise InvalidValueError(
                f"{self.path.name}: '{output.name}' played the file {played!r}, which is not part "
                f"of the recording. Give that file (ATF, or any that is read): stimulus="
                f"{PureWindowsPath(played).name!r} (on the command line --stimulus FILE)."
            )
        n_rows = self.header.sweeps[sweep].n_rows
        if self.header.mode != EPISODIC:
            return np.full(n_rows, output.holding)
        return waveform(
            self.header.outputs,
            output,
            sweep=sweep,
            n_rows=n_rows,
            alternates=self.header.alternates,
        )


@final
class _Content:
    """The signals of a file, described from its header."""

    def __init__(self, path: Path, header: Header, request: ReadRequest) -> None:
        self._header = header
        self._dt = header.dt if request.dt is None else request.dt
        units = request.units
        self._recorded = tuple(channel_unit(c.unit, units.get(c.name)) for c in header.channels)
        self._commanded = tuple(channel_unit(o.unit, units.get(o.name)) for o in header.outputs)
        self._source = _Source(
            path=path, header=header, units=(self._recorded, self._commanded), dt=self._dt
        )
        self._clamp_unit = self._unit_of_commands()

    def content(self) -> FileContent:
        header = self._header
        return FileContent(
            sweeps=tuple(
                Sweep(
                    label=f"sweep {k}",
                    number=k,
                    signals=(*self._channels(k), *self._outputs(k)),
                )
                for k in range(len(header.sweeps))
            ),
            metadata={"format": f"Axon binary file {header.version}", **header.metadata},
        )

    def _unit_of_commands(self) -> Dimension | None:
        """Return the dimensions of what was commanded; None where it is not clear."""
        active = [k for k, output in enumerate(self._header.outputs) if self._is_active(output)]
        for chosen in (active, range(min(1, len(self._header.outputs)))):
            found = {self._commanded[k].dimensions for k in chosen} & set(_OPPOSITE)
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def _is_active(self, output: Output) -> bool:
        return self._header.mode == EPISODIC and (output.follows_table or output.plays_file)

    def _channels(self, sweep: int) -> Iterator[Signal]:
        responding = _OPPOSITE.get(self._clamp_unit)
        for number, channel in enumerate(self._header.channels):
            unit = self._recorded[number]
            is_response = responding is not None and unit.dimensions == responding
            yield Signal(
                name=channel.name,
                source=self._source,
                key=(0, sweep, number),
                dimensions=unit.dimensions,
                unit=unit.text,
                dt=self._dt,
                n_values=self._header.sweeps[sweep].n_rows,
                role=Role.RESPONSE if is_response else Role.UNKNOWN,
                clamp=_CLAMPS.get(self._clamp_unit) if is_response else None,
            )

    def _outputs(self, sweep: int) -> Iterator[Signal]:
        for number, output in enumerate(self._header.outputs):
            unit = self._commanded[number]
            yield Signal(
                name=output.name,
                source=self._source,
                key=(1, sweep, number),
                dimensions=unit.dimensions,
                unit=unit.text,
                dt=self._dt,
                n_values=self._header.sweeps[sweep].n_rows,
                role=Role.STIMULUS if self._is_active(output) else Role.HELD,
                played=self._played(output, unit),
            )

    def _played(self, output: Output, unit: ChannelUnit) -> PlayedFile | None:
        if not output.plays_file or output.played is None or self._header.mode != EPISODIC:
            return None
        return PlayedFile(
            name=output.played.name,
            unit=unit.text,
            scale=output.played.scale,
            offset=output.played.offset * (unit.factor or 1.0),
        )

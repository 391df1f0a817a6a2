"""Archives of NumPy arrays, and single arrays."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, same_dimensions
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    Samples,
    Signal,
    Sweep,
    without_nan_tail,
)
from brianfit.data.readers._headings import Column, read_heading
from brianfit.data.readers._signals import AbstractSource
from brianfit.data.readers._times import step_of_times
from brianfit.data.readers.columns import AbstractColumns, sweeps_of_columns

_SPIKES = re.compile(r"^spikes[\s_]*(?P<sweep>\d+)(?P<rest>.*)$")


@final
class NumpyReader(AbstractReader):
    """Reads ``.npz`` archives whose arrays are called ``name [unit]`` or ``name_unit``.

    An array is one sweep, or a row per sweep, shape (n_traces, n_values); nan fills up short ones.
    An array of one row, or of one axis, beside arrays of several rows belongs to every sweep. The
    sampling step is called ``dt [ms]``; it may have a value per sweep, as times may have a row.
    Spike times of sweep 0 are called ``spikes 0 [s]``. An array alone (``.npy``) is called like its
    file.
    """

    @property
    def name(self) -> str:
        return "a NumPy archive"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".npz", ".npy")

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        return _Content(_Archive(path=path), request).content()


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Archive:
    """An archive whose arrays are read one by one."""

    path: Path

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of all arrays of numbers, from their headers.

        Raises
        ------
        UnreadableFileError
            If there are none, or the file is broken.
        """
        with self._reading():
            headers = self._headers()
        found = {name: shape for name, (shape, kind) in headers.items() if kind in "biuf"}
        if not found:
            raise UnreadableFileError(
                f"{self.path.name} cannot be read as a NumPy archive: it holds no arrays of "
                "numbers."
            )
        return found

    def array(self, name: str) -> np.ndarray:
        """Return one array.

        Raises
        ------
        UnreadableFileError
            If the file is broken.
        """
        with self._reading():
            if self.path.suffix.lower() == ".npy":
                return np.array(np.load(self.path, allow_pickle=False), dtype=np.float64)
            with np.load(self.path, allow_pickle=False) as archive:
                return np.array(archive[name], dtype=np.float64)

    def _headers(self) -> dict[str, tuple[tuple[int, ...], str]]:
        if self.path.suffix.lower() == ".npy":
            with self.path.open("rb") as file:
                return {self.path.stem: _header(file)}
        found = {}
        with zipfile.ZipFile(self.path) as archive:
            for entry in archive.namelist():
                with archive.open(entry) as file:
                    found[entry.removesuffix(".npy")] = _header(file)
        return found

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, KeyError, zlib.error) as error:
            raise UnreadableFileError(
                f"{self.path.name} cannot be read as a NumPy archive: {error}"
            ) from error


def _header(file: Any) -> tuple[tuple[int, ...], str]:
    form: Any = np.lib.format  # has no types
    version = form.read_magic(file)
    read = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"its version {version} of the format is not known")
    shape, _, dtype = read(file)
    return shape, dtype.kind


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Columns(AbstractColumns):
    archive: _Archive
    names: tuple[str, ...]

    def read(self, places: Sequence[int]) -> dict[int, Float[np.ndarray, " _"]]:
        return {place: self.archive.array(self.names[place]) for place in places}


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _RowSource(AbstractSource):
    """Rows of arrays; a key is (name, row, sweep)."""

    archive: _Archive
    columns: Mapping[str, Column]
    steps: Sequence[float]
    times: str | None
    notes: dict[str, None] = field(default_factory=dict)

    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        wanted: list[Any] = list(keys)
        arrays = {name: np.atleast_2d(self.archive.array(name)) for name, *_ in wanted}
        times = None if self.times is None else np.atleast_2d(self.archive.array(self.times))
        found = []
        for name, row, sweep in wanted:
            column = self.columns[name]
            factor = column.unit.factor_of(self.archive.path, column.name)
            values = without_nan_tail(arrays[name][row]) * factor
            found.append(Samples(values=values, dt=self._step(times, sweep)))
        return found

    def _step(self, times: np.ndarray | None, sweep: int) -> float:
        if self.steps:
            return self.steps[sweep % len(self.steps)]
        if times is None or self.times is None:
            raise InvalidValueError(
                f"{self.archive.path.name} does not tell the sampling step: store it as 'dt [ms]', "
                "or give dt=0.1*ms."
            )
        column = self.columns[self.times]
        factor = column.unit.factor_of(self.archive.path, column.name)
        row = without_nan_tail(times[sweep if len(times) > 1 else 0]) * factor
        step, note = step_of_times(self.archive.path, column.heading, row)
        if note:
            self.notes[note] = None
        return step


@final
class _Content:
    """The arrays of an archive that has a row per sweep, or spike times, or a sampling step."""

    def __init__(self, archive: _Archive, request: ReadRequest) -> None:
        self._archive = archive
        self._request = request
        shapes = archive.shapes()
        self._spikes = {name: shapes.pop(name) for name in list(shapes) if _SPIKES.match(name)}
        self._columns = {name: read_heading(name, request.units) for name in shapes}
        step = next((n for n, one in self._columns.items() if one.name.lower() == "dt"), None)
        self._steps = self._steps_of(step)
        if step is not None:
            del shapes[step]
        self._shapes = shapes

    def content(self) -> FileContent:
        path = self._archive.path
        if all(len(shape) == 1 for shape in self._shapes.values()) and not self._spikes:
            request = replace(self._request, dt=next(iter(self._steps), self._request.dt))
            names = tuple(self._shapes)
            columns = _Columns(archive=self._archive, names=names)
            return sweeps_of_columns(path, names, columns, request)
        times = next((name for name in self._shapes if self._columns[name].is_time), None)
        self._check_shapes(times)
        source = _RowSource(
            archive=self._archive, columns=self._columns, steps=self._steps, times=times
        )
        trains = self._trains()
        n_sweeps = max(_n_rows(shape) for shape in self._shapes.values())
        names = tuple(name for name in self._shapes if name != times)
        return FileContent(
            sweeps=tuple(
                Sweep(
                    label=f"sweep {k}",
                    number=k,
                    signals=tuple(self._signal(name, k, source) for name in names),
                    spike_trains=trains.get(k, (np.empty(0),) if trains else ()),
                )
                for k in range(n_sweeps)
            ),
            late_warnings=source.notes,
        )

    def _steps_of(self, name: str | None) -> list[float]:
        if self._request.dt is not None:
            return [self._request.dt]
        if name is None:
            return []
        column, path = self._columns[name], self._archive.path
        if column.unit.dimensions is None or not same_dimensions(column.unit.dimensions, SECOND):
            raise InvalidValueError(
                f"{path.name}: the sampling step must be stored with its unit, such as 'dt [ms]', "
                f"but is called {column.heading!r}."
            )
        steps = self._archive.array(name).ravel() * column.unit.factor_of(path, name)
        if not (steps.size and np.all(np.isfinite(steps)) and np.all(steps > 0)):
            raise InvalidValueError(f"{path.name}: {name!r} must be positive and finite.")
        return [float(step) for step in steps]

    def _check_shapes(self, times: str | None) -> None:
        path, shapes = self._archive.path, self._shapes
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        counts = {_n_rows(shape) for shape in shapes.values()} - {1}
        n_steps = len(self._steps)
        is_odd = any(not 1 <= len(shape) <= 2 for shape in shapes.values())
        if is_odd or len(counts) > 1 or (counts and n_steps > 1 and {n_steps} != counts):
            raise UnreadableFileError(
                f"{path.name}: arrays need the shape (n_traces, n_values) with the same number of "
                f"traces, but found: {listed}."
            )
        n_values = max(shape[-1] for name, shape in shapes.items() if name != times)
        if counts and max(counts) > n_values:
            raise InvalidValueError(
                f"{path.name} would have {max(counts)} sweeps of {n_values} values each: {listed}. "
                "Arrays need the shape (n_traces, n_values): store the transposed ones (array.T)."
            )

    def _signal(self, name: str, sweep: int, source: _RowSource) -> Signal:
        column, shape = self._columns[name], self._shapes[name]
        return Signal(
            name=column.name,
            source=source,
            key=(name, sweep if _n_rows(shape) > 1 else 0, sweep),
            dimensions=column.unit.dimensions,
            unit=column.unit.text,
            dt=self._steps[sweep % len(self._steps)] if self._steps else None,
            n_values=shape[-1],
            other_names=(column.title, column.heading),
        )

    def _trains(self) -> dict[int, tuple[Float[np.ndarray, " _"], ...]]:
        trains: dict[int, tuple[Float[np.ndarray, " _"], ...]] = {}
        for name in self._spikes:
            match = _SPIKES.match(name)
            if match is None:
                continue
            unit = read_heading("spikes" + match["rest"], self._request.units).unit
            seconds = unit.factor_of(self._archive.path, name) if unit.text else 1.0
            times = self._archive.array(name).ravel() * seconds
            trains[int(match["sweep"])] = (np.sort(times),)
        return trains


def _n_rows(shape: tuple[int, ...]) -> int:
    return shape[0] if len(shape) > 1 else 1

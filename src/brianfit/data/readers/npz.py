"""Archives of NumPy arrays."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import final

import numpy as np

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import SECOND, scalar_si
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    Signal,
    Sweep,
    check_memory,
    without_nan_tail,
)
from brianfit.data.readers.columns import (
    Column,
    is_time,
    read_heading,
    step_of_times,
    sweeps_of_columns,
)

_SPIKES = re.compile(r"^spikes[\s_]*(?P<sweep>\d+)(?P<rest>.*)$")


@final
class NumpyReader(AbstractReader):
    """Reads ``.npz`` archives whose arrays are called ``name [unit]`` or ``name_unit``.

    An array is one sweep, or a row per sweep, shape (n_traces, n_values); nan fills up short ones.
    The sampling step is called ``dt [ms]``. Spike times of sweep 0 are called ``spikes 0 [s]``.
    """

    @property
    def name(self) -> str:
        return "a NumPy archive"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".npz",)

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        arrays = _numeric_arrays(path, request)
        spikes = {name: arrays.pop(name) for name in list(arrays) if _SPIKES.match(name)}
        step = next((name for name in arrays if _called_dt(name, request)), None)
        dt = request.dt
        if step is not None:
            given = arrays.pop(step)
            dt = dt or _step(path, read_heading(step, request.units), given)
        request = replace(request, dt=dt)
        if all(values.ndim == 1 for values in arrays.values()) and not spikes:
            return sweeps_of_columns(path, arrays, request)
        for name in list(arrays):
            column = read_heading(name, request.units)
            if is_time(column):
                times = np.atleast_2d(arrays.pop(name))[0]
                dt = dt or step_of_times(path, column, times)
        if dt is None:
            raise InvalidValueError(
                f"{path.name} does not tell the sampling step: store it as 'dt [ms]', or give "
                "dt=0.1*ms."
            )
        return _sweeps(path, arrays, spikes, dt, request)


def _numeric_arrays(path: Path, request: ReadRequest) -> dict[str, np.ndarray]:
    try:
        _check_declared_sizes(path, request)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, KeyError, AttributeError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(
            f"{path.name} cannot be read as a NumPy archive: {error}"
        ) from error
    numeric = {
        name: np.asarray(values, dtype=np.float64)
        for name, values in arrays.items()
        if values.dtype.kind in "biuf"
    }
    if not numeric:
        raise UnreadableFileError(f"{path.name} holds no arrays of numbers.")
    return numeric


def _check_declared_sizes(path: Path, request: ReadRequest) -> None:
    """Check what an archive would unpack to, before it does."""
    with zipfile.ZipFile(path) as archive:
        check_memory(path, sum(entry.file_size for entry in archive.infolist()) // 4, request)


def _called_dt(name: str, request: ReadRequest) -> bool:
    return read_heading(name, request.units).name.lower() == "dt"


def _step(path: Path, column: Column, values: np.ndarray) -> float:
    if values.size != 1 or column.unit is None:
        raise InvalidValueError(
            f"{path.name}: the sampling step must be one number with its unit, such as 'dt [ms]', "
            f"but {column.heading!r} has {values.size} values."
        )
    return scalar_si(column.heading, float(values.reshape(())) * column.unit, SECOND)


def _sweeps(
    path: Path,
    arrays: Mapping[str, np.ndarray],
    spikes: Mapping[str, np.ndarray],
    dt: float,
    request: ReadRequest,
) -> FileContent:
    rows = {name: np.atleast_2d(values) for name, values in arrays.items()}
    counts = {name: values.shape[0] for name, values in rows.items()}
    if len(set(counts.values())) != 1 or any(values.ndim != 2 for values in rows.values()):
        shapes = ", ".join(f"{name} {values.shape}" for name, values in arrays.items())
        raise UnreadableFileError(
            f"{path.name}: arrays need the shape (n_traces, n_values) with the same number of "
            f"traces, but found: {shapes}."
        )
    trains = _trains_by_sweep(spikes, request)
    chosen = range(next(iter(counts.values())))
    return FileContent(
        sweeps=tuple(
            Sweep(
                label=f"sweep {k}",
                number=k,
                signals=tuple(
                    _signal(path, name, values[k], dt, request) for name, values in rows.items()
                ),
                spike_trains=trains.get(k, (np.empty(0),) if trains else ()),
            )
            for k in chosen
        )
    )


def _signal(
    path: Path, name: str, values: Float[np.ndarray, " _"], dt: float, request: ReadRequest
) -> Signal:
    bare = {name: without_nan_tail(values)}
    told = replace(request, dt=dt, sweeps=None)
    return sweeps_of_columns(path, bare, told).sweeps[0].signals[0]


def _trains_by_sweep(
    spikes: Mapping[str, np.ndarray], request: ReadRequest
) -> dict[int, tuple[Float[np.ndarray, " _"], ...]]:
    trains: dict[int, tuple[Float[np.ndarray, " _"], ...]] = {}
    for name, times in spikes.items():
        match = _SPIKES.match(name)
        if match is None:
            continue
        unit = read_heading("spikes" + match["rest"], request.units).unit
        seconds = 1.0 if unit is None else scalar_si(name, unit, SECOND)
        trains[int(match["sweep"])] = (np.sort(times.ravel() * seconds),)
    return trains

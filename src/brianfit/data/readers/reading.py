"""Read recordings from files of any known format."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import (
    InvalidTypeError,
    InvalidValueError,
    UnreadableFileError,
)
from brianfit._foundation.telling import warn
from brianfit._foundation.units import SECOND, from_si, scalar_si
from brianfit.data.plausibility import PlausibilityWarning, implausible
from brianfit.data.preprocessing import with_stimulus
from brianfit.data.readers._assembly import Wanted, recordings_of
from brianfit.data.readers._base import MEMORY_LIMIT, AbstractReader, FileContent, ReadRequest
from brianfit.data.readers.abf import AxonReader
from brianfit.data.readers.csv import TextReader
from brianfit.data.readers.data_frame import read_data_frame
from brianfit.data.readers.neo import NeoReader
from brianfit.data.readers.npz import NumpyReader
from brianfit.data.readers.nwb import NWBReader
from brianfit.data.recordings import RecordingSet

if TYPE_CHECKING:
    import pandas as pd

READERS: tuple[AbstractReader, ...] = (
    TextReader(),
    NumpyReader(),
    AxonReader(),
    NWBReader(),
    NeoReader(),
)
"""All readers; the ending of a file decides which one reads it."""

_BLOCK = 1024**2


def read(
    file: str | Path | Sequence[str | Path] | pd.DataFrame,
    *,
    inputs: Mapping[str, str | None] | None = None,
    outputs: Mapping[str, str | None] | None = None,
    stimulus: Any = None,
    units: Mapping[str, Any] | None = None,
    dt: Any = None,
    sweeps: Sequence[int] | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> RecordingSet:
    """Read recordings from a file.

    Parameters
    ----------
    file
        A path, several of them (their sweeps are put one after the other), or a data frame. The
        ending says which format it is; `READERS` lists the formats.
    inputs, outputs
        Which channel of the file becomes which variable of the model: ``{'I': 'Cmd 0'}``. Left out,
        the channels are found by what the file says and by their units: a voltage is the response
        and is called ``v``, a current the stimulus and called ``I``; in voltage clamp the other way
        round. ``{'I_inj': None}`` only gives the name.
    stimulus
        Where the file has no stimulus, or a wrong one: a stimulus such as `Steps`, a list with one
        per sweep, an array with unit (n_values) or (n_traces, n_values), or the path (or paths) of
        a file that holds it.
    units
        ``{channel: unit}`` where the file tells none, or a wrong one.
    dt
        Sampling step, where the file does not tell it.
    sweeps
        Numbers of the sweeps that are wanted, from 0; all unless told. Counted within each file.
    memory_limit
        Bytes that the values of one file may take.

    Returns
    -------
    RecordingSet
        Print it for a table. ``metadata`` holds what the file says about it, ``history`` where it
        comes from.

    Warns
    -----
    PlausibilityWarning
        If numbers are unlike those of a cell; a wrong unit is the usual reason.

    Raises
    ------
    UnreadableFileError
        If a file is missing, empty, broken, truncated, too large, or of an unknown format.
    InvalidValueError
        If it is not clear what a channel is, or what unit it has.
    MissingPackageError
        If an optional package is needed; the message names the command that installs it.
    """
    request = ReadRequest(
        units={} if units is None else units,
        dt=None if dt is None else _positive_step(dt),
        sweeps=None if sweeps is None else [_whole(k) for k in sweeps],
        memory_limit=check_positive_integer("memory_limit", memory_limit),
    )
    recordings = _recordings(_several(file), request, Wanted(inputs=inputs, outputs=outputs))
    if stimulus is not None:
        recordings = _with_stimulus(recordings, stimulus, request, inputs)
    for complaint in _complaints(recordings):
        warn(complaint, PlausibilityWarning)
    return recordings


def reader_for(path: Path) -> AbstractReader:
    """Return the reader of a file, by its ending.

    Raises
    ------
    UnreadableFileError
        If no reader knows the ending.
    """
    for reader in READERS:
        if path.suffix.lower() in reader.suffixes:
            return reader
    known = ", ".join(suffix for reader in READERS for suffix in reader.suffixes)
    raise UnreadableFileError(
        f"{path.name}: files ending in {path.suffix or 'nothing'!r} are not known. Known are "
        f"{known}."
    )


def _complaints(recordings: RecordingSet) -> list[str]:
    if recordings.input_names:
        return implausible(recordings)
    missing = "There is no stimulus in the file: give the one that was used with `stimulus`."
    return [missing, *implausible(recordings)]


def _several(file: Any) -> list[Any]:
    several = isinstance(file, Sequence) and not isinstance(file, str)
    files = list(file) if several else [file]
    if not files:
        raise InvalidValueError("`file` is an empty list; give one path at least.")
    return files


def _recordings(files: Sequence[Any], request: ReadRequest, wanted: Wanted) -> RecordingSet:
    read_in_order = [_content(file, request) for file in files]
    contents = dict(zip(map(_label, files), read_in_order, strict=True))
    gathered = [sweep for content in contents.values() for sweep in content.sweeps]
    if len(files) > 1:
        gathered = [
            replace(sweep, label=f"{label.split(' (')[0]} {sweep.label}")
            for label, content in contents.items()
            for sweep in content.sweeps
        ]
    recordings, notes = recordings_of(gathered, wanted)
    return replace(
        recordings,
        history=(*(f"read from {label}" for label in contents), *notes),
        metadata={
            key: text for content in contents.values() for key, text in content.metadata.items()
        },
    )


def _content(file: Any, request: ReadRequest) -> FileContent:
    if _is_data_frame(file):
        return read_data_frame(file, request)
    if not isinstance(file, str | Path):
        raise InvalidTypeError(
            f"`file` must be a path or a data frame, but is of type {type(file).__name__}."
        )
    path = Path(file)
    _check_exists(path)
    return reader_for(path).read(path, request)


def _check_exists(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFileError(f"{path} is a folder; expected a file.")
    if not path.exists():
        raise UnreadableFileError(f"There is no file {path}.")
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}.") from error
    if not first:
        raise UnreadableFileError(f"{path.name} is empty.")


def _is_data_frame(file: Any) -> bool:
    return type(file).__name__ == "DataFrame" and hasattr(file, "to_numpy")


def _label(file: Any) -> str:
    """Return the name of a file and a fingerprint, by which a changed file is noticed."""
    if _is_data_frame(file):
        return "a data frame"
    path = Path(file)
    digest = hashlib.sha256()
    with path.open("rb") as content:
        for block in iter(lambda: content.read(_BLOCK), b""):
            digest.update(block)
    return f"{path.name} (sha256 {digest.hexdigest()[:16]})"


def _with_stimulus(
    recordings: RecordingSet,
    stimulus: Any,
    request: ReadRequest,
    names: Mapping[str, str | None] | None,
) -> RecordingSet:
    name = next(iter(names), None) if names else None
    if _names_files(stimulus):
        found = _recordings(_several(stimulus), request, Wanted())
        given = with_stimulus(recordings, _only_variable(found), name=name)
        steps = (f"{step} as the stimulus" for step in found.history)
        return replace(given, history=(*recordings.history, *steps))
    return with_stimulus(recordings, stimulus, name=name)


def _names_files(stimulus: Any) -> bool:
    several = stimulus if isinstance(stimulus, list | tuple) else [stimulus]
    return bool(several) and all(isinstance(one, str | Path) for one in several)


def _only_variable(found: RecordingSet) -> Any:
    names = [*found.input_names, *found.trace_names]
    if len(names) != 1:
        raise InvalidValueError(
            f"A file of a stimulus must hold one signal, but this has {', '.join(names)}."
        )
    values = [{**r.inputs, **r.traces}[names[0]] for r in found]
    return [from_si(row, found.dimensions[names[0]]) for row in values]


def _positive_step(dt: Any) -> float:
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    if not (np.isfinite(step) and step > 0):
        raise InvalidValueError(f"`dt` must be positive and finite, but is {dt}.")
    return step


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        raise InvalidTypeError(f"`sweeps` must be whole numbers, but holds {number!r}.")
    return int(number)

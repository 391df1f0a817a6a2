"""Read recordings from files of any known format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer, checked
from brianfit._foundation.errors import (
    InvalidTypeError,
    InvalidValueError,
    UnreadableFileError,
)
from brianfit._foundation.strangers.untrusted import made_from
from brianfit._foundation.telling import warn
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import SECOND, Dimension, from_si, scalar_si, unit_name
from brianfit.data.plausibility import PlausibilityWarning, implausible
from brianfit.data.preprocessing import with_stimulus
from brianfit.data.readers._assembly import laid_on, recordings_of
from brianfit.data.readers._base import (
    MEMORY_LIMIT,
    AbstractReader,
    FileContent,
    PlayedFile,
    ReadingWarning,
    ReadRequest,
)
from brianfit.data.readers._roles import Wanted
from brianfit.data.readers._selection import Selection, checked_clamp, selected
from brianfit.data.readers.abf import AxonReader
from brianfit.data.readers.csv import TextReader
from brianfit.data.readers.data_frame import read_data_frame
from brianfit.data.readers.neo import NeoReader
from brianfit.data.readers.npz import NumpyReader
from brianfit.data.readers.nwb import NWBReader
from brianfit.data.recordings import Recording, RecordingSet

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


@checked
def read(  # noqa: PLR0913 - one argument for everything that files leave open
    file: str | Path | Sequence[str | Path] | pd.DataFrame,
    *,
    inputs: Mapping[str, str | None] | None = None,
    outputs: Mapping[str, str | None] | None = None,
    stimulus: object = None,
    units: Mapping[str, QuantityLike | str] | None = None,
    dt: TimeLike | None = None,
    sweeps: Sequence[int] | None = None,
    electrode: str | None = None,
    clamp: str | None = None,
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
        round. ``{'I_inj': None}`` only gives the name; ``{'I': 'a + b'}`` adds two channels.
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
    electrode
        The name of the electrode (or cell), where a file has several.
    clamp
        ``'current'`` or ``'voltage'``, where a file has sweeps of both.
    memory_limit
        Bytes that the values of one file may take.

    Returns
    -------
    RecordingSet
        Print it for a table. ``metadata`` holds what the file says about it, ``history`` where it
        comes from.

    Warns
    -----
    ReadingWarning
        If something was left out, filled up, or contradicts the rest of the file.
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
    wanted = Wanted(inputs=inputs, outputs=outputs, stimulus_is_given=stimulus is not None)
    which = Selection(electrode=electrode, clamp=checked_clamp(clamp))
    found = _recordings(_several(file), request, wanted, which)
    recordings = found.recordings
    if stimulus is not None:
        recordings = _with_stimulus(found, stimulus, request, inputs)
    for sentence in dict.fromkeys(found.warnings):
        warn(sentence, ReadingWarning)
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
        if path.name.lower().endswith(reader.suffixes):
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


@final
@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was read of all files, and what users must be alerted to."""

    recordings: RecordingSet
    warnings: list[str]
    played: frozenset[PlayedFile]


def _recordings(
    files: Sequence[Any], request: ReadRequest, wanted: Wanted, which: Selection
) -> _Found:
    sets, sentences, history, played = [], [], [], set()
    metadata: dict[str, str] = {}
    for file in files:
        content = content_of(file, request)
        name = file_name(file)
        sweeps = selected(name, content, request, wanted, which)
        if len(files) > 1:
            sweeps = [replace(sweep, label=f"{name} {sweep.label}") for sweep in sweeps]
        with made_from(name, UnreadableFileError):
            found, report = recordings_of(Path(name), sweeps, wanted, request)
        sets.append(found)
        told = (*content.warnings, *content.late_warnings, *report.sentences)
        sentences += [f"{name}: {one}" for one in told]
        read_from = f"{name} (sha256 {report.digest.hexdigest()[:16]})"
        history += [
            f"read from {read_from if _is_path(file) else name}",
            *content.notes,
            *report.notes,
        ]
        metadata |= {**content.metadata, **report.metadata}
        played |= {s.played for sweep in sweeps for s in sweep.signals if s.played is not None}
    _check_alike(sets)
    together = RecordingSet(
        recordings=tuple(recording for one in sets for recording in one),
        dimensions=sets[0].dimensions,
        history=tuple(dict.fromkeys(history)),
        metadata=metadata,
    )
    return _Found(recordings=together, warnings=sentences, played=frozenset(played))


def _check_alike(sets: Sequence[RecordingSet]) -> None:
    for one in sets[1:]:
        if one.dimensions != sets[0].dimensions:
            names = [
                ", ".join(f"{name} [{unit_name(dim)}]" for name, dim in found.dimensions.items())
                for found in (sets[0], one)
            ]
            raise InvalidValueError(
                "Sweeps of different kinds cannot be fitted together: "
                f"{sets[0].recordings[0].label} has {names[0]}, but {one.recordings[0].label} has "
                f"{names[1]}. Choose some of the files, or name the channels."
            )


def content_of(file: Any, request: ReadRequest) -> FileContent:
    """Return what a file or data frame holds, as its headers tell it.

    Raises
    ------
    BrianfitError
        If it cannot be opened.
    """
    if _is_data_frame(file):
        return read_data_frame(file, request)
    if not isinstance(file, str | Path):
        raise InvalidTypeError(
            f"`file` must be a path or a data frame, but is of type {type(file).__name__}."
        )
    path = Path(file)
    _check_exists(path)
    with made_from(path.name, UnreadableFileError):
        return reader_for(path).open(path, request)


def _check_exists(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFileError(f"{path} is a folder; expected a file.")
    if not path.exists():
        raise UnreadableFileError(f"There is no file {path}.")
    if not path.is_file():
        raise UnreadableFileError(f"{path} is a device or a pipe; expected a file.")
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}.") from error
    if not first:
        raise UnreadableFileError(f"{path.name} is empty.")


def _is_data_frame(file: Any) -> bool:
    return type(file).__name__ == "DataFrame" and hasattr(file, "to_numpy")


def _is_path(file: Any) -> bool:
    return isinstance(file, str | Path)


def file_name(file: Any) -> str:
    """Return what a file is called in messages."""
    return Path(file).name if _is_path(file) else "a data frame"


def _with_stimulus(
    found: _Found,
    stimulus: Any,
    request: ReadRequest,
    names: Mapping[str, str | None] | None,
) -> RecordingSet:
    recordings = found.recordings
    name = next(iter(names), None) if names else None
    if not _names_files(stimulus):
        return with_stimulus(recordings, stimulus, name=name)
    files = _several(stimulus)
    is_axon = all(Path(file).suffix.lower() == ".abf" for file in files)
    given = _recordings(
        files,
        _for_stimulus(files, request, found.played),
        Wanted(stimulus_is_given=is_axon),
        Selection(),
    )
    found.warnings.extend(given.warnings)
    rows, dimensions = _only_variable(given.recordings)
    scale, note = _scale_of_output(found.played)
    laid, sentences = laid_on(
        recordings, [scale(row) for row in rows], dimensions, may_differ=bool(found.played)
    )
    found.warnings.extend(sentences)
    changed = with_stimulus(recordings, [from_si(row, dimensions) for row in laid], name=name)
    steps = [f"{step} as the stimulus" for step in given.recordings.history]
    return replace(changed, history=(*recordings.history, *steps, *note))


def _for_stimulus(
    files: Sequence[Any], request: ReadRequest, played: frozenset[PlayedFile]
) -> ReadRequest:
    """Return the request for the files of a stimulus.

    One sweep in a file is meant for all. What an output played has the unit of the output, if the
    file does not tell one.
    """
    contents = [content_of(file, request) for file in files]
    if {len(content.sweeps) for content in contents} == {1}:
        request = replace(request, sweeps=None)
    units = {file.unit for file in played} - {""}
    if len(units) != 1:
        return request
    unit = unit_from_text(units.pop())
    untold = {
        signal.name: unit
        for content in contents
        for sweep in content.sweeps
        for signal in sweep.signals
        if signal.dimensions is None and not signal.unit
    }
    return replace(request, units={**untold, **request.units})


def _scale_of_output(
    played: frozenset[PlayedFile],
) -> tuple[Callable[[Recording], Recording], list[str]]:
    """Return how an output scaled the file that it played, and a sentence on it."""
    file = next(iter(played), PlayedFile(name=""))
    if len(played) != 1 or (file.scale, file.offset) == (1.0, 0.0):
        return lambda row: row, []
    note = f"the file was played times {file.scale:g} plus {file.offset:g} (SI), as the header says"

    def scaled(row: Recording) -> Recording:
        values = {name: own * file.scale + file.offset for name, own in row.traces.items()}
        inputs = {name: own * file.scale + file.offset for name, own in row.inputs.items()}
        return replace(row, traces=values, inputs=inputs)

    return scaled, [note]


def _names_files(stimulus: Any) -> bool:
    several = stimulus if isinstance(stimulus, list | tuple) else [stimulus]
    return bool(several) and all(isinstance(one, str | Path) for one in several)


def _only_variable(found: RecordingSet) -> tuple[list[Recording], Dimension]:
    names = [*found.input_names, *found.trace_names]
    if len(names) != 1:
        raise InvalidValueError(
            f"A file of a stimulus must hold one signal, but this has {', '.join(names)}."
        )
    return list(found), found.dimensions[names[0]]


def _positive_step(dt: Any) -> float:
    step = scalar_si("dt", dt, SECOND, plain_is_si=False)
    if not (np.isfinite(step) and step > 0):
        raise InvalidValueError(f"`dt` must be positive and finite, but is {dt}.")
    return step


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        raise InvalidTypeError(f"`sweeps` must be whole numbers, but holds {number!r}.")
    return int(number)

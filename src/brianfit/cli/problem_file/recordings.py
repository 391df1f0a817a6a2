"""The recordings that a problem file names, read and preprocessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from brianfit._foundation.errors import BrianfitError, InvalidValueError
from brianfit.cli.problem_file.document import Document, Place
from brianfit.data import (
    AbstractStimulus,
    OrnsteinUhlenbeck,
    Ramp,
    RecordingSet,
    Sine,
    Steps,
    add_holding,
    compensate_series_resistance,
    cut,
    example_recording,
    low_pass,
    read,
    resample,
    subtract_junction_potential,
    until_first_spike,
    with_spike_rate,
    with_spikes,
)
from brianfit.data.readers import MEMORY_LIMIT

_STIMULUS: Place = ("recording", "stimulus")

_SHAPES: Mapping[str, tuple[Callable[..., AbstractStimulus], tuple[str, ...], tuple[str, ...]]] = {
    "steps": (Steps, ("amplitudes", "start", "stop"), ("holding",)),
    "ramp": (Ramp, ("first", "last", "start", "stop"), ()),
    "sine": (Sine, ("amplitude", "frequency", "start", "stop"), ("holding",)),
    "noise": (OrnsteinUhlenbeck, ("mean", "sigma", "tau", "seed"), ("frozen",)),
}
"""Kind: what makes it, the keys that it needs, those that it may have."""

_STEPS: Mapping[str, Callable[[RecordingSet, Any], RecordingSet]] = {
    "junction_potential": subtract_junction_potential,
    "series_resistance": compensate_series_resistance,
    "holding": add_holding,
    "cut": lambda recordings, value: cut(recordings, *value),
    "spikes": with_spikes,
    "until_first_spike": lambda recordings, wanted: (
        until_first_spike(recordings) if wanted else recordings
    ),
    "low_pass": low_pass,
    "resample": resample,
    "spike_rate": with_spike_rate,
}
"""What [recording.preprocess] may ask for, in the order in which it is done."""


def read_recordings(
    document: Document, table: Mapping[str, Any], *, allow_outside: bool
) -> RecordingSet | None:
    """Return the recordings; None if they cannot be had, and the reason is noted."""
    if ("files" in table) == ("example" in table):
        if "recording" not in document.entries:
            document.complain((), "a table [recording] with `files` is missing.")
        elif not document.has_problems:
            document.complain(("recording",), "needs `files`, the recordings to fit.")
        return None
    try:
        recordings = _raw(document, table, allow_outside=allow_outside)
    except BrianfitError as problem:
        document.complain(("recording", "files" if "files" in table else "example"), problem)
        return None
    if recordings is None:
        return None
    return _preprocessed(document, recordings, table.get("preprocess", {}))


def _raw(
    document: Document, table: Mapping[str, Any], *, allow_outside: bool
) -> RecordingSet | None:
    if "example" in table:
        return example_recording(table["example"])[table.get("sweeps", slice(None))]
    place = ("recording", "files")
    files = paths_in(document, place, table["files"], allow_outside=allow_outside)
    stimulus = _stimulus(document, table.get("stimulus", {}), allow_outside=allow_outside)
    if files is None:
        return None
    told: dict[str, Any] = {
        "inputs": table.get("inputs"),
        "outputs": table.get("outputs"),
        "units": table.get("units"),
        "dt": table.get("dt"),
        "sweeps": table.get("sweeps"),
        "electrode": table.get("electrode"),
        "clamp": table.get("clamp"),
        "memory_limit": table.get("memory", MEMORY_LIMIT),
    }
    if not isinstance(stimulus, AbstractStimulus):
        return read(files, stimulus=stimulus, **told)
    name = table["stimulus"].get("name")
    named = told if name is None else {**told, "inputs": {name: None}}
    try:
        return read(files, stimulus=stimulus, **named)
    except BrianfitError as problem:
        if "stimulus" not in str(problem):
            raise
        document.complain(_STIMULUS, problem)
        return None


def paths_in(
    document: Document, place: Place, given: list[str], *, allow_outside: bool
) -> list[Path] | None:
    """Return paths relative to the folder of the problem file; None if one leads out of it.

    A problem file may come from someone else: it names files of its own folder only, unless the
    user allows it more.
    """
    folder = document.path.resolve().parent
    paths = [document.path.parent / name for name in given]
    outside = [
        name
        for name, path in zip(given, paths, strict=True)
        if not allow_outside and not path.resolve().is_relative_to(folder)
    ]
    if outside:
        document.complain(
            place,
            f"{outside[0]!r} is outside of the folder of the problem file. Move it there, or allow "
            "it with --allow-outside.",
        )
        return None
    return paths


def _stimulus(document: Document, table: Mapping[str, Any], *, allow_outside: bool) -> Any:
    if not table:
        return None
    if "files" in table:
        place = (*_STIMULUS, "files")
        return paths_in(document, place, table["files"], allow_outside=allow_outside)
    if "kind" not in table:
        document.complain(_STIMULUS, "needs `kind` or `files`.")
        return None
    make, needed, possible = _SHAPES[table["kind"]]
    missing = [key for key in needed if key not in table]
    surplus = sorted(set(table) - {"kind", "name", *needed, *possible})
    if missing or surplus:
        words = [f"needs {', '.join(missing)}"] if missing else []
        words += [f"does not know {', '.join(surplus)}"] if surplus else []
        document.complain(_STIMULUS, f"a stimulus of kind {table['kind']!r} {' and '.join(words)}.")
        return None
    given = {key: table[key] for key in (*needed, *possible) if key in table}
    try:
        return _made(make, given)
    except BrianfitError as problem:
        document.complain(_STIMULUS, problem)
        return None


def _made(make: Callable[..., AbstractStimulus], given: dict[str, Any]) -> AbstractStimulus:
    if "frozen" in given:
        given["is_frozen"] = given.pop("frozen")
    return make(**given)


def _preprocessed(
    document: Document, recordings: RecordingSet, wanted: Mapping[str, Any]
) -> RecordingSet | None:
    for name, step in _STEPS.items():
        if name not in wanted:
            continue
        try:
            recordings = step(recordings, wanted[name])
        except BrianfitError as problem:
            document.complain(("recording", "preprocess", name), problem)
            return None
    return recordings


def chosen(recordings: RecordingSet, numbers: list[int]) -> RecordingSet:
    """Return some of the sweeps.

    Raises
    ------
    InvalidValueError
        If there is no sweep of that number.
    """
    missing = [k for k in numbers if k >= len(recordings)]
    if missing:
        raise InvalidValueError(
            f"names sweep {missing[0]}, but the {len(recordings)} sweeps that were read are "
            f"numbered from 0 to {len(recordings) - 1}."
        )
    return recordings[numbers]

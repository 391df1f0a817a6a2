"""What commands may write: never what they read, never one file twice, never a file of others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", help="Replace files that brianfit did not write.")]

_LOOKED_AT = 2**16  # bytes at the beginning and at the end of a file
_TRACES = rb"time \[s\](,'?\w+ \d+ \[[^\]]*\])+\r?\n"
_SIGNS: Mapping[str, re.Pattern[bytes]] = {
    "report": re.compile(rb"Written by brianfit "),
    "json": re.compile(rb'^\{\s*"format": "brianfit-result-'),
    "csv": re.compile(rb"^(round,.*error \[|model,(n_parameters|rank),)"),
    "script": re.compile(rb"written by brianfit "),
    "traces": re.compile(rb"^" + _TRACES),
    "spikes": re.compile(rb"^sweep,time \[s\]\r?\n"),
    "picture": re.compile(rb"[Mm]atplotlib"),
}
"""By kind, what a file holds that brianfit wrote."""

_BESIDE_A_STORE = ("-wal", "-shm", "-lock", "-old", "-requests")


def clashes(outputs: Mapping[str, Path], inputs: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield the kind of every output that would overwrite an input or another output, and why."""
    taken = {_identity(path): f"{path}, which is read" for path in inputs}
    for kind, path in outputs.items():
        own = [path]
        if kind == "store":
            own += [path.with_name(path.name + end) for end in _BESIDE_A_STORE]
        for place in own:
            what = taken.setdefault(_identity(place), f"that of `{kind}`")
            if what != f"that of `{kind}`":
                yield kind, f"must not be the same file as {what}."


def check_outputs(
    outputs: Mapping[str, Path], inputs: Iterable[Path] = (), *, force: bool = False
) -> None:
    """Check that outputs are no inputs, and replace nothing that brianfit did not write.

    Parameters
    ----------
    force
        Whether files of others may be replaced; inputs never.

    Raises
    ------
    InvalidValueError
        If one does; all are listed.
    """
    from brianfit._foundation.errors import InvalidValueError, Problems

    problems = Problems()
    for kind, words in clashes(outputs, inputs):
        problems.add(InvalidValueError(f"The {kind} {outputs[kind]} {words}"))
    for kind, path in outputs.items():
        if not force and _is_of_others(kind, path):
            problems.add(
                InvalidValueError(
                    f"{path} is there already, and brianfit did not write it as a {kind}. --force "
                    "replaces it; or name another file."
                )
            )
    problems.raise_if_any()


def _is_of_others(kind: str, path: Path) -> bool:
    """Return whether something is there that brianfit did not write as this kind of file."""
    if kind not in {*_SIGNS, "nwb"}:
        return False
    if not path.is_file():
        return path.exists()
    if kind == "nwb":
        return not _holds_a_fit(path)
    with path.open("rb") as file:
        content = file.read(_LOOKED_AT)
        size = path.stat().st_size
        if size > _LOOKED_AT:
            file.seek(max(_LOOKED_AT, size - _LOOKED_AT))
            content += file.read(_LOOKED_AT)
    return bool(content) and _SIGNS[kind].search(content) is None


def _holds_a_fit(path: Path) -> bool:
    import h5py

    from brianfit.fitting.after.nwb_copy import MODULE

    try:
        with h5py.File(path, "r") as file:
            return f"processing/{MODULE}" in file
    except OSError:
        return False


def _identity(path: Path) -> object:
    """Return the same for two names of the same file."""
    try:
        found = path.stat()
    except OSError:
        return path.resolve()
    return found.st_dev, found.st_ino

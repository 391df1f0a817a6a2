"""Files of many acquisition systems, through neo: Igor, Spike2, AxoGraph, WinWCP, NIX, ..."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

from brianfit._foundation.optional import import_optional
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    parsing,
)
from brianfit.data.readers.neo.segments import sweep_of
from brianfit.data.readers.neo.waves import sweeps_of_waves

_PACKAGES = {".nix": "nixio", ".smrx": "sonpy"}
"""What neo needs besides for some endings."""


@final
class NeoReader(AbstractReader):
    """Reads what neo reads; a segment of neo is a sweep."""

    @property
    def name(self) -> str:
        return "a file that neo reads"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".ibw", ".pxp", ".smr", ".smrx", ".axgd", ".axgx", ".wcp", ".nix", ".edf")

    def open(self, path: Path, request: ReadRequest) -> FileContent:
        purpose = f"Reading {path.name}"
        io = import_optional("neo.io", purpose=purpose)
        ending = path.suffix.lower()
        if ending in _PACKAGES:
            import_optional(_PACKAGES[ending], purpose=purpose)
        with parsing(path, self.name):
            blocks = _blocks(io.get_io(str(path)))
            segments = [segment for block in blocks for segment in block.segments]
            sweeps = tuple(sweep_of(path, segments[k], k, request) for k in range(len(segments)))
        if ending == ".pxp":
            return sweeps_of_waves(sweeps)
        return FileContent(sweeps=sweeps)


def _blocks(io: Any) -> list[Any]:
    """Return the blocks of a file, without their values where neo can do so."""
    found = io.read(lazy=True) if io.support_lazy else io.read()
    return list(found) if isinstance(found, list | tuple) else [found]

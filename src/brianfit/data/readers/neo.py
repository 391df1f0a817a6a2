"""Files of many acquisition systems, through neo: Igor, Spike2, AxoGraph, WinWCP, NIX, ..."""

from __future__ import annotations

from pathlib import Path
from typing import final

from brianfit._foundation.optional import import_optional
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    check_memory,
    chosen_sweeps,
    parsing,
)
from brianfit.data.readers._neo_segments import sweep_of

_BYTES_PER_VALUE = 2  # acquisition systems store the integers of their converters


@final
class NeoReader(AbstractReader):
    """Reads what neo reads; a segment of neo is a sweep."""

    @property
    def name(self) -> str:
        return "a file that neo reads"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".ibw", ".pxp", ".smr", ".smrx", ".axgd", ".axgx", ".wcp", ".nix", ".edf")

    def read(self, path: Path, request: ReadRequest) -> FileContent:
        check_memory(path, path.stat().st_size // _BYTES_PER_VALUE, request)
        io = import_optional("neo.io", purpose=f"Reading {path.name}")
        with parsing(path, self.name):
            blocks = io.get_io(str(path)).read()
            segments = [segment for block in blocks for segment in block.segments]
            chosen = chosen_sweeps(path, len(segments), request)
            sweeps = tuple(sweep_of(segments[k], k, request) for k in chosen)
        return FileContent(sweeps=sweeps)

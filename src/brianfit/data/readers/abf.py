"""Axon binary files, with the stimulus that their protocol describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.optional import import_optional
from brianfit.data.readers._base import (
    AbstractReader,
    FileContent,
    ReadRequest,
    Role,
    Signal,
    check_memory,
    chosen_sweeps,
    parsing,
)
from brianfit.data.readers._neo_segments import signals_of, sweep_of

_BYTES_PER_VALUE = 2


@final
class AxonReader(AbstractReader):
    """Reads ``.abf`` files of either version.

    The stimulus of a protocol of epochs (steps, ramps) is reconstructed from it. Command signals
    that never change are left out, unless none changes.
    """

    @property
    def name(self) -> str:
        return "an Axon binary file"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return (".abf",)

    def read(self, path: Path, request: ReadRequest) -> FileContent:
        neo = import_optional("neo.io", purpose=f"Reading {path.name}")
        with parsing(path, self.name):
            file = neo.AxonIO(str(path))
            n_sweeps = file.segment_count(0)
            chosen = chosen_sweeps(path, n_sweeps, request)
            n_values = path.stat().st_size // _BYTES_PER_VALUE * len(chosen) // n_sweeps
            check_memory(path, n_values, request)
            sweeps = [
                sweep_of(file.read_segment(block_index=0, seg_index=k), k, request) for k in chosen
            ]
            commands = _commands(file, n_sweeps, request)
            recorded = file.raw_annotations["blocks"][0].get("rec_datetime")
        return FileContent(
            sweeps=tuple(
                replace(sweep, signals=(*sweep.signals, *(commands[k] if commands else ())))
                for sweep, k in zip(sweeps, chosen, strict=True)
            ),
            metadata={} if recorded is None else {"recorded": str(recorded)},
        )


def _commands(file: Any, n_sweeps: int, request: ReadRequest) -> list[list[Signal]]:
    """Return the command signals, by sweep; none where the file has no protocol of epochs."""
    try:
        segments: Sequence[Any] = file.read_protocol()
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError):
        return []
    commands = [
        [
            replace(next(signals_of(analog, request, Role.STIMULUS)), name=str(analog.name))
            for analog in segment.analogsignals
        ]
        for segment in segments
    ]
    return _that_change(commands) if len(commands) == n_sweeps else []


def _that_change(commands: Sequence[Sequence[Signal]]) -> list[list[Signal]]:
    """Return, by sweep, the commands that are not one constant in the whole file, or the first."""
    if not commands:
        return []
    changing = [
        k
        for k in range(len(commands[0]))
        if len({extreme for sweep in commands for extreme in _extremes(sweep[k])}) > 1
    ]
    return [[sweep[k] for k in changing or [0]] for sweep in commands]


def _extremes(signal: Signal) -> tuple[float, float]:
    return float(np.min(signal.values)), float(np.max(signal.values))

"""What is in files of recordings, from their headers alone, and what a user has to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.units import SECOND, readable, unit_name
from brianfit.data.readers._base import FileContent, ReadRequest
from brianfit.data.readers._roles import Wanted, possible_responses, possible_stimuli
from brianfit.data.readers._selection import Selection, checked_clamp, electrodes_of, selected
from brianfit.data.readers._signals import Clamp, Role, Signal, Sweep
from brianfit.data.readers.reading import content_of, file_name

_WORDS = {
    Role.RESPONSE: "response",
    Role.STIMULUS: "stimulus",
    Role.HELD: "held command",
    Role.UNKNOWN: "",
}


@final
@dataclass(frozen=True, kw_only=True)
class ChannelLine:
    """Signals of several sweeps that are alike; empty text: the file does not say."""

    channel: str
    unit: str
    kind: str
    clamp: str
    electrode: str
    sweeps: str
    n_values: int | None
    dt: float | None

    def cells(self) -> list[str]:
        """Return them as they are shown."""
        size = "" if self.n_values is None else str(self.n_values)
        step = "" if self.dt is None else readable(float(f"{self.dt:.6g}"), SECOND)
        return [
            self.channel, self.unit, self.kind, self.clamp, self.electrode, self.sweeps, size, step,
        ]  # fmt: skip


@final
@dataclass(frozen=True, kw_only=True)
class FileListing:
    """What one file holds."""

    name: str
    n_sweeps: int
    lines: tuple[ChannelLine, ...]
    metadata: Mapping[str, str]

    @property
    def n_values(self) -> int:
        """How many values its signals have, as far as the headers tell."""
        return sum(line.n_values or 0 for line in self.lines)

    def __str__(self) -> str:
        head = ["channel", "unit", "kind", "clamp", "electrode", "sweeps", "values", "step"]
        rows = [head, *(line.cells() for line in self.lines)]
        used = [k for k in range(len(head)) if any(row[k] for row in rows[1:])]
        widths = {k: max(len(row[k]) for row in rows) for k in used}
        counted = "1 sweep" if self.n_sweeps == 1 else f"{self.n_sweeps} sweeps"
        table = ["  " + "  ".join(row[k].ljust(widths[k]) for k in used).rstrip() for row in rows]
        return "\n".join([f"{self.name} holds {counted}:", *table])


@final
@dataclass(frozen=True, kw_only=True)
class Question:
    """What is open in a file: the argument of `read` that settles it, and what may be chosen."""

    argument: str
    choices: tuple[str, ...]


def list_contents(file: str | Path, *, units: Mapping[str, Any] | None = None) -> FileListing:
    """Return what is in a file, without reading values.

    Raises
    ------
    UnreadableFileError
        If the file cannot be opened.
    """
    content = content_of(file, ReadRequest(units={} if units is None else units))
    groups: dict[tuple[object, ...], list[tuple[int, Signal]]] = {}
    for sweep in content.sweeps:
        for signal in sweep.signals:
            groups.setdefault(_kind_of(signal), []).append((sweep.number, signal))
    return FileListing(
        name=file_name(file),
        n_sweeps=len(content.sweeps),
        lines=tuple(_line(group) for group in groups.values()),
        metadata=content.metadata,
    )


def responses_of(file: str | Path) -> list[tuple[str, Signal]]:
    """Return the responses in a file, each with the name of its sweep, without reading values.

    Raises
    ------
    UnreadableFileError
        If the file cannot be opened.
    """
    content = content_of(file, ReadRequest())
    return [
        (sweep.label, signal)
        for sweep in content.sweeps
        for signal in sweep.signals
        if signal.role is not Role.STIMULUS
    ]


def open_question(
    file: str | Path,
    *,
    request: ReadRequest,
    wanted: Wanted,
    electrode: str | None = None,
    clamp: str | None = None,
) -> Question | None:
    """Return what a user has to choose before a file can be read; None if nothing is open."""
    which = Selection(electrode=electrode, clamp=checked_clamp(clamp))
    content = content_of(file, request)
    try:
        sweeps = _selected(file, content, request, which)
    except BrianfitError:
        return None
    electrodes = electrodes_of(sweeps)
    if len(electrodes) > 1 and wanted.outputs is None:
        return Question(argument="electrode", choices=tuple(electrodes))
    modes = {s.clamp for sweep in sweeps for s in sweep.signals if s.role is Role.RESPONSE}
    if len(modes - {None}) > 1:
        return Question(argument="clamp", choices=tuple(mode.value for mode in Clamp))
    responses = possible_responses(sweeps[0], wanted)
    if len(responses) > 1:
        return Question(argument="outputs", choices=tuple(signal.name for signal in responses))
    stimuli = possible_stimuli(sweeps[0], wanted)
    if len(stimuli) > 1:
        return Question(argument="inputs", choices=tuple(signal.name for signal in stimuli))
    return None


def _selected(
    file: str | Path, content: FileContent, request: ReadRequest, which: Selection
) -> list[Sweep]:
    # With channels named, several electrodes are no error yet: they are what is asked for.
    named = Wanted(outputs={"v": "any"})
    return selected(file_name(file), content, replace(request), named, which)


def _kind_of(signal: Signal) -> tuple[object, ...]:
    # The names of series differ from sweep to sweep where an electrode names the channel.
    name = signal.electrode or signal.name
    dt = None if signal.dt is None else float(f"{signal.dt:.9g}")
    return (name, signal.role, signal.dimensions, signal.unit, signal.clamp, signal.n_values, dt)


def _line(group: Sequence[tuple[int, Signal]]) -> ChannelLine:
    first, last = group[0][1], group[-1][1]
    unit = first.unit or ("" if first.dimensions is None else unit_name(first.dimensions))
    name = first.name if first.name == last.name else f"{first.name} ... {last.name}"
    return ChannelLine(
        channel=name,
        unit=unit or "not told",
        kind=_WORDS[first.role] if first.played is None else "stimulus (a file that was played)",
        clamp="" if first.clamp is None else first.clamp.value,
        electrode=first.electrode,
        sweeps=_ranges([number for number, _ in group]),
        n_values=first.n_values,
        dt=first.dt,
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers in short: ``0-3, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)

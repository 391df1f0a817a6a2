"""Which sweeps of a file are wanted: by number, electrode, and clamp."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from brianfit._foundation.arguments import check_choice, suggestion
from brianfit._foundation.errors import InvalidValueError
from brianfit.data.readers._base import FileContent, ReadRequest, chosen_sweeps
from brianfit.data.readers._roles import Wanted
from brianfit.data.readers._signals import Clamp, Role, Signal, Sweep


@final
@dataclass(frozen=True, kw_only=True)
class Selection:
    """The electrode and the mode that are wanted; None: any, if there is only one."""

    electrode: str | None = None
    clamp: Clamp | None = None


def checked_clamp(clamp: str | None) -> Clamp | None:
    """Return the mode of a name.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    if clamp is None:
        return None
    check_choice("clamp", clamp, [mode.value for mode in Clamp])
    return Clamp(clamp)


def selected(
    name: str, content: FileContent, request: ReadRequest, wanted: Wanted, which: Selection
) -> list[Sweep]:
    """Return the sweeps that are wanted, with the signals that may be.

    Raises
    ------
    UnreadableFileError
        If the file has not these sweeps.
    InvalidValueError
        If there is no such electrode or mode, or several electrodes and none is named.
    """
    numbers = chosen_sweeps(Path(name), len(content.sweeps), request)
    sweeps = [content.sweeps[k] for k in numbers]
    if which.electrode is not None:
        sweeps = _of_electrode(name, sweeps, which.electrode)
    if which.clamp is not None:
        sweeps = _of_clamp(name, sweeps, which.clamp)
    if request.sweeps is not None and len(sweeps) < len(numbers):
        left = {sweep.number for sweep in sweeps}
        gone = next(k for k in numbers if k not in left)
        raise InvalidValueError(
            f"{name}: sweep {gone} is not of that electrode and clamp. `brianfit inspect` lists "
            "what is in the file."
        )
    if not _names_channels(wanted.outputs):
        _check_one_electrode(name, sweeps)
    return sweeps


def electrodes_of(sweeps: Sequence[Sweep]) -> list[str]:
    """Return the names of the electrodes whose responses are in sweeps, in their order."""
    found = [
        signal.electrode
        for sweep in sweeps
        for signal in sweep.signals
        if signal.role is Role.RESPONSE and signal.electrode
    ]
    return list(dict.fromkeys(found))


def _of_electrode(name: str, sweeps: Sequence[Sweep], electrode: str) -> list[Sweep]:
    known = electrodes_of(sweeps)
    if electrode not in known:
        there = f"There are: {', '.join(known)}." if known else "It names no electrodes."
        raise InvalidValueError(
            f"{name}: there is no electrode {electrode!r}. {there}{suggestion(electrode, known)}"
        )
    return _with(sweeps, lambda signal: signal.electrode in {electrode, ""})


def _of_clamp(name: str, sweeps: Sequence[Sweep], clamp: Clamp) -> list[Sweep]:
    modes = {signal.clamp for sweep in sweeps for signal in sweep.signals} - {None}
    if clamp not in modes:
        known = ", ".join(sorted(mode.value for mode in modes if mode is not None))
        there = f"it was recorded in {known} clamp" if known else "it does not say in which mode"
        raise InvalidValueError(f"{name} has no sweep in {clamp.value} clamp: {there}.")
    return _with(sweeps, lambda signal: signal.clamp in {clamp, None})


def _with(sweeps: Sequence[Sweep], is_kept: Callable[[Signal], bool]) -> list[Sweep]:
    kept = []
    for sweep in sweeps:
        signals = tuple(signal for signal in sweep.signals if is_kept(signal))
        if any(signal.role in {Role.RESPONSE, Role.UNKNOWN} for signal in signals):
            kept.append(replace(sweep, signals=signals))
    return kept


def _names_channels(given: Mapping[str, str | None] | None) -> bool:
    return given is not None and None not in given.values() and len(given) > 0


def _check_one_electrode(name: str, sweeps: Sequence[Sweep]) -> None:
    known = electrodes_of(sweeps)
    if len(known) > 1:
        raise InvalidValueError(
            f"{name} has recordings of several electrodes, which may be several cells: "
            f"{', '.join(known)}. Name one, electrode={known[0]!r} (on the command line "
            f"--electrode {known[0]!r})."
        )

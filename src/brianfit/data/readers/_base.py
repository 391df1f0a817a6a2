"""What every reader does: one file to sweeps of signals, in SI units."""

from __future__ import annotations

import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import (
    BrianfitError,
    BrianfitWarning,
    InvalidValueError,
    UnreadableFileError,
)
from brianfit._foundation.shapes import Float
from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import Dimension, dimensions_of
from brianfit.data.readers._signals import (
    ArraySource,
    Clamp,
    PlayedFile,
    Role,
    Samples,
    Signal,
    Sweep,
    load,
)

__all__ = [
    "MEMORY_LIMIT",
    "AbstractReader",
    "ChannelUnit",
    "Clamp",
    "FileContent",
    "PlayedFile",
    "ReadRequest",
    "ReadingWarning",
    "Role",
    "Samples",
    "Signal",
    "Sweep",
    "channel_unit",
    "check_memory",
    "chosen_sweeps",
    "parsing",
    "without_nan_tail",
]

MEMORY_LIMIT = 2 * 1024**3
"""Bytes that the values of one file may take unless told."""

_LONGEST_REASON = 200  # characters; some packages put the file into their message


class ReadingWarning(BrianfitWarning):
    """A file was read otherwise than one may expect: left out, filled up, or contradicted."""


@final
@dataclass(frozen=True, kw_only=True)
class FileContent:
    """What a reader found: sweeps, what the file says about them, and what users must know.

    Attributes
    ----------
    sweeps
        All sweeps, as the headers tell them.
    metadata
        What the file says, by name.
    warnings
        Sentences to which users must be alerted.
    notes
        Sentences on how signals were put together, for the history.
    late_warnings
        Like `warnings`, but known only when the values have been read.
    """

    sweeps: tuple[Sweep, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    late_warnings: Mapping[str, None] = field(default_factory=dict)


@final
@dataclass(frozen=True, kw_only=True)
class ReadRequest:
    """What a reader is told besides the file.

    Attributes
    ----------
    units
        Units of channels whose unit the file does not tell, by name; they replace those of the
        file.
    dt
        Sampling step [s], where the file does not tell it.
    sweeps
        Numbers of the sweeps wanted, from 0; None: all.
    memory_limit
        Bytes that the values may take.
    """

    units: Mapping[str, Any] = field(default_factory=dict)
    dt: float | None = None
    sweeps: Sequence[int] | None = None
    memory_limit: int = MEMORY_LIMIT


class AbstractReader(ABC):
    """Reads one kind of file."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What people call the format."""

    @property
    @abstractmethod
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its files, in lower case, with the point."""

    @abstractmethod
    def open(self, path: Path, request: ReadRequest) -> FileContent:
        """Return what a file holds: all of its sweeps, with signals that are not read yet.

        Signals of a file that are meant for one sweep share the sweep; nothing is resampled, and
        nothing is guessed beyond what the format says. A channel whose unit is not known is
        listed all the same; it is an error only if its values are asked for.

        Raises
        ------
        UnreadableFileError
            If the file is broken, empty, truncated, or something else.
        """

    def read(self, path: Path, request: ReadRequest) -> FileContent:
        """Read the sweeps that are asked for, with all of their channels.

        Raises
        ------
        UnreadableFileError
            If the file is broken, or too large, or has not these sweeps.
        """
        content = self.open(path, request)
        chosen = [content.sweeps[k] for k in chosen_sweeps(path, len(content.sweeps), request)]
        signals = [signal for sweep in chosen for signal in sweep.signals if signal.played is None]
        check_memory(path, sum(signal.n_values or 0 for signal in signals), request)
        samples = dict(zip(map(id, signals), load(signals), strict=True))
        return replace(content, sweeps=tuple(_with_values(sweep, samples) for sweep in chosen))


def _with_values(sweep: Sweep, samples: Mapping[int, Samples]) -> Sweep:
    signals = []
    for signal in sweep.signals:
        if id(signal) in samples:
            found = samples[id(signal)]
            source = ArraySource(samples=(found,))
            signals.append(
                replace(signal, source=source, key=0, dt=found.dt, n_values=found.values.size)
            )
    return replace(sweep, signals=tuple(signals))


def chosen_sweeps(path: Path, n_sweeps: int, request: ReadRequest) -> list[int]:
    """Return the numbers of the sweeps that are wanted and there.

    Raises
    ------
    UnreadableFileError
        If the file has none, or not those.
    """
    if n_sweeps == 0:
        raise UnreadableFileError(f"{path.name} holds no sweeps.")
    if request.sweeps is None:
        return list(range(n_sweeps))
    missing = [number for number in request.sweeps if not -n_sweeps <= number < n_sweeps]
    if missing:
        raise UnreadableFileError(
            f"{path.name} has {n_sweeps} sweeps, numbered from 0, but sweep {missing[0]} is asked "
            "for."
        )
    return [number % n_sweeps for number in request.sweeps]


@final
@dataclass(frozen=True, kw_only=True)
class ChannelUnit:
    """The unit of a channel: a factor to SI, and dimensions; both None where it is not known."""

    text: str
    factor: float | None
    dimensions: Dimension | None

    def factor_of(self, path: Path, channel: str) -> float:
        """Return the factor to SI.

        Raises
        ------
        InvalidValueError
            If the unit is not known.
        """
        if self.factor is None:
            told = f"{self.text!r}, which is no unit that is known" if self.text else "not told"
            raise InvalidValueError(
                f"{path.name}: the unit of the channel {channel!r} is {told}. Give it, such as "
                f"units={{{channel!r}: mV}} (on the command line --unit '{channel}=mV')."
            )
        return self.factor


def channel_unit(text: str, given: Any = None) -> ChannelUnit:
    """Return the unit of a channel: the one `given` by the user, or that which `text` says.

    Raises
    ------
    InvalidValueError
        If what the user gave is no unit.
    """
    if given is not None:
        try:
            return ChannelUnit(
                text=str(given), factor=float(given), dimensions=dimensions_of(given)
            )
        except (TypeError, ValueError) as error:
            raise InvalidValueError(f"A unit must be one such as mV, but is {given!r}.") from error
    try:
        unit = unit_from_text(text) if text.strip() else None
    except BrianfitError:
        unit = None
    if unit is None:
        return ChannelUnit(text=text.strip(), factor=None, dimensions=None)
    return ChannelUnit(text=text.strip(), factor=float(unit), dimensions=dimensions_of(unit))


def check_memory(path: Path, n_values: int, request: ReadRequest) -> None:
    """Check that values that are about to be read fit into the memory allowed for them.

    Raises
    ------
    UnreadableFileError
        If they do not.
    """
    needed = 8 * n_values
    if needed > request.memory_limit:
        raise UnreadableFileError(
            f"{path.name} needs {_in_words(needed)} of memory, more than the limit of "
            f"{_in_words(request.memory_limit)}. Choose some of its sweeps, or raise "
            "`memory_limit`."
        )


@contextmanager
def parsing(path: Path, kind: str) -> Iterator[None]:
    """Turn whatever a package raises over a broken file into one clear error, and keep it quiet.

    Packages that parse files of many makers fail over a broken one wherever their parser happens
    to be, with any kind of exception, after warnings and log messages of any length.

    Parameters
    ----------
    kind
        What the file is taken for, in words.
    """
    before = logging.root.manager.disable
    try:
        logging.disable(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BrianfitError:
        raise
    except Exception as error:
        said = str(error)[:_LONGEST_REASON]
        what = f"{type(error).__name__}: {said}" if said else type(error).__name__
        raise UnreadableFileError(
            f"{path.name} cannot be read as {kind}: it is broken, truncated, or not what its name "
            f"says ({what})."
        ) from error
    finally:
        logging.disable(before)


def without_nan_tail(values: Float[np.ndarray, " _"]) -> Float[np.ndarray, " _"]:
    """Return values without the nan that tables have below their shorter columns."""
    if values.size and not np.isnan(values[-1]):
        return values
    known = np.flatnonzero(~np.isnan(values))
    return values[: known[-1] + 1] if known.size else values[:0]


def _in_words(n_bytes: int) -> str:
    return f"{n_bytes / 1024**3:.1f} GiB" if n_bytes > 1024**3 else f"{n_bytes / 1024**2:.1f} MiB"

"""What every reader does: one file to sweeps of signals, in SI units."""

from __future__ import annotations

import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import BrianfitError, UnreadableFileError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension

MEMORY_LIMIT = 2 * 1024**3
"""Bytes that the values of one file may take unless told."""

_LONGEST_REASON = 200  # characters; some packages put the file into their message


class Role(Enum):
    """What a signal is, as far as the file says so."""

    STIMULUS = "stimulus"
    RESPONSE = "response"
    UNKNOWN = "unknown"


@final
@dataclass(frozen=True, kw_only=True)
class Signal:
    """One channel of one sweep.

    Attributes
    ----------
    name
        What the file calls it.
    values
        SI numbers; nan where nothing was measured.
    dt
        Sampling step [s].
    """

    name: str
    values: Float[np.ndarray, " _"]
    dimensions: Dimension
    dt: float
    role: Role = Role.UNKNOWN


@final
@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What a file holds of one sweep; spike times [s], one array per repeat, if it has them."""

    label: str
    signals: tuple[Signal, ...]
    spike_trains: tuple[Float[np.ndarray, " _"], ...] = ()


@final
@dataclass(frozen=True, kw_only=True)
class FileContent:
    """What a reader found: sweeps, and what the file says about them."""

    sweeps: tuple[Sweep, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)


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
    def read(self, path: Path, request: ReadRequest) -> FileContent:
        """Read a file.

        Signals of a file that are meant for one sweep share the sweep; nothing is resampled, and
        nothing is guessed beyond what the format says.

        Raises
        ------
        UnreadableFileError
            If the file is broken, empty, truncated, too large, or something else.
        """


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
    known = np.flatnonzero(~np.isnan(values))
    return values[: known[-1] + 1] if known.size else values[:0]


def _in_words(n_bytes: int) -> str:
    return f"{n_bytes / 1024**3:.1f} GiB" if n_bytes > 1024**3 else f"{n_bytes / 1024**2:.1f} MiB"

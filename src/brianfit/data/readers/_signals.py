"""What a file holds, told by its headers: sweeps of signals whose values are read when needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension


@final
class Role(Enum):
    """What a signal is, as far as the file says so."""

    STIMULUS = "stimulus"
    RESPONSE = "response"
    HELD = "held"
    """A command that no protocol changes; it is the stimulus only if it is named."""
    UNKNOWN = "unknown"


@final
class Clamp(Enum):
    """What the amplifier kept as commanded, and so which signal was the response."""

    CURRENT = "current"
    VOLTAGE = "voltage"


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Values of one signal.

    Attributes
    ----------
    values
        SI numbers; nan where nothing was measured.
    dt
        Sampling step [s].
    start
        Time of the first value [s], on the clock that all signals of a sweep share.
    """

    values: Float[np.ndarray, " _"]
    dt: float
    start: float = 0.0


class AbstractSource(ABC):
    """Where the values of signals lie until they are asked for."""

    @abstractmethod
    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        """Return the samples of the signals with these keys, in their order.

        Raises
        ------
        BrianfitError
            If a signal cannot be had, or has no known unit; others are not looked at.
        """


@final
@dataclass(frozen=True, kw_only=True)
class PlayedFile:
    """A file whose values an output played, times a scale, plus an offset [SI].

    `unit` is that of the output, and so of the values of the file where it tells none.
    """

    name: str
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Signal:
    """One channel of one sweep, as the headers describe it.

    Attributes
    ----------
    name
        What the file calls it.
    source, key
        Where its values are, and which of the source they are.
    dimensions
        Those of its unit; None: the unit is not known.
    unit
        The unit as the file writes it, for people.
    dt
        Sampling step [s]; None: known only when the values are read.
    n_values
        How many values there are; None: known only when they are read.
    start
        Time of the first value [s], on the clock of the sweep.
    clamp
        The mode in which it was recorded; None: the file does not say.
    electrode
        Name of the electrode that it belongs to; empty: the file does not say.
    other_names
        By which people may call it, too.
    played
        The file that an output played instead of a protocol.
    told
        What else the file says of it, by name.
    warnings
        Sentences to which users of this signal must be alerted.
    """

    name: str
    source: AbstractSource
    key: Hashable = 0
    dimensions: Dimension | None
    unit: str = ""
    dt: float | None = None
    n_values: int | None = None
    start: float = 0.0
    role: Role = Role.UNKNOWN
    clamp: Clamp | None = None
    electrode: str = ""
    other_names: tuple[str, ...] = ()
    played: PlayedFile | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def values(self) -> Float[np.ndarray, " _"]:
        """SI numbers, read anew at every call."""
        return self.source.read([self.key])[0].values

    @staticmethod
    def from_values(
        name: str,
        values: Float[np.ndarray, " _"],
        *,
        dimensions: Dimension | None,
        dt: float,
        role: Role = Role.UNKNOWN,
    ) -> Signal:
        """Return a signal whose values [SI] are known already."""
        source = ArraySource(samples=(Samples(values=values, dt=dt),))
        return Signal(
            name=name, source=source, dimensions=dimensions, dt=dt, n_values=values.size, role=role
        )


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class ArraySource(AbstractSource):
    """Values that are in memory; a key is a position."""

    samples: tuple[Samples, ...]

    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        by_key: dict[Hashable, Samples] = dict(enumerate(self.samples))
        return [by_key[key] for key in keys]


@final
@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What a file holds of one sweep; spike times [s], one array per repeat, if it has them.

    Attributes
    ----------
    number
        By which it is chosen, from 0.
    """

    label: str
    signals: tuple[Signal, ...]
    spike_trains: tuple[Float[np.ndarray, " _"], ...] = ()
    number: int = 0


def load(signals: Sequence[Signal]) -> list[Samples]:
    """Return the samples of signals; every source is read once."""
    by_source: dict[int, list[int]] = {}
    for place, signal in enumerate(signals):
        by_source.setdefault(id(signal.source), []).append(place)
    found: dict[int, Samples] = {}
    for places in by_source.values():
        keys = [signals[place].key for place in places]
        samples = signals[places[0]].source.read(keys)
        found.update(zip(places, samples, strict=True))
    return [found[place] for place in range(len(signals))]

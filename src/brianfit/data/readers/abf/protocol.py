"""What the header of an Axon file says: channels, sweeps, and the protocol of every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import final

from brianfit.data.readers._base import PlayedFile

EPISODIC = 5
"""Operation mode in which outputs follow a protocol."""
GAP_FREE = 3


@final
class Source(IntEnum):
    """Where the waveform of an output comes from."""

    NONE = 0
    SEGMENTS = 1
    FILE = 2


@final
class Shape(IntEnum):
    """The forms of an segment."""

    OFF = 0
    STEP = 1
    RAMP = 2
    PULSES = 3
    TRIANGLES = 4
    COSINES = 5
    BIPHASIC = 7


@final
@dataclass(frozen=True, kw_only=True)
class Segment:
    """One segment ("epoch") of a protocol; durations in sampling steps.

    `shape` is a `Shape`, or a number that has no drawing.
    """

    number: int
    shape: int
    level: float
    level_step: float
    duration: int
    duration_step: int
    period: int = 0
    width: int = 0


@final
class Varied(IntEnum):
    """What the values of a list of the user replace."""

    OTHER = 0
    POST_TRAIN_LEVEL = 1
    HOLDING_OF_OTHER = 2
    LEVEL = 3
    DURATION = 4
    PERIOD = 5
    WIDTH = 6


@final
@dataclass(frozen=True, kw_only=True)
class UserList:
    """Values that replace one entry of the protocol, sweep by sweep."""

    varied: Varied
    segment: int
    values: tuple[float, ...]
    repeats: bool

    def value(self, sweep: int) -> float:
        """Return the value in a sweep; the last one holds on unless the list repeats."""
        n_values = len(self.values)
        return self.values[sweep % n_values if self.repeats else min(sweep, n_values - 1)]


@final
@dataclass(frozen=True, kw_only=True)
class Output:
    """A channel of the digital-to-analog converter.

    Attributes
    ----------
    keeps_last_level
        Whether the level of the last segment is held between sweeps, instead of `holding`.
    post_train_level
        Level after a conditioning train, which comes before a sweep; None: there is no train.
    """

    number: int
    name: str
    unit: str
    holding: float
    source: Source = Source.NONE
    is_enabled: bool = False
    keeps_last_level: bool = False
    post_train_level: float | None = None
    segments: tuple[Segment, ...] = ()
    user_list: UserList | None = None
    played: PlayedFile | None = None

    @property
    def follows_table(self) -> bool:
        """Whether the table of segments was in use; it may be a left-over."""
        return self.is_enabled and self.source is Source.SEGMENTS

    @property
    def plays_file(self) -> bool:
        """Whether a file was played."""
        return self.is_enabled and self.source is Source.FILE

    def in_sweep(self, sweep: int) -> Output:
        """Return the output with the entries of the user's list for a sweep in their places."""
        listed = self.user_list
        if listed is None:
            return self
        value = listed.value(sweep)
        if listed.varied is Varied.POST_TRAIN_LEVEL and self.post_train_level is not None:
            return replace(self, post_train_level=value)
        segments = tuple(
            _varied(segment, listed.varied, value) if segment.number == listed.segment else segment
            for segment in self.segments
        )
        return replace(self, segments=segments)


@final
@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel of the analog-to-digital converter: a value is ``counts*gain + offset``."""

    name: str
    unit: str
    gain: float
    offset: float


@final
@dataclass(frozen=True, kw_only=True)
class Extent:
    """Where a sweep lies: its first row, one row having a value of every channel, and their number.

    `start` is the time at which it began [s], where the file tells it.
    """

    first: int
    n_rows: int
    start: float | None = None


@final
@dataclass(frozen=True, kw_only=True)
class Header:
    """All that is read of a header.

    Attributes
    ----------
    dt
        Sampling step of one channel [s].
    data_start, data_type
        The first byte of the data, and the NumPy type of one value.
    alternates
        Whether outputs 0 and 1 take turns in following their protocols.
    """

    version: str
    mode: int
    dt: float
    channels: tuple[Channel, ...]
    outputs: tuple[Output, ...]
    sweeps: tuple[Extent, ...]
    data_start: int
    data_type: str
    alternates: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


def _varied(segment: Segment, varied: Varied, value: float) -> Segment:
    if varied is Varied.LEVEL:
        return replace(segment, level=value, level_step=0.0)
    if varied is Varied.DURATION:
        return replace(segment, duration=int(value), duration_step=0)
    if varied is Varied.PERIOD:
        return replace(segment, period=int(value))
    if varied is Varied.WIDTH:
        return replace(segment, width=int(value))
    return segment


def varied_by(parameter: int, n_segments: int) -> tuple[Varied, int]:
    """Return what a list of the user varies, and in which segment.

    Parameters
    ----------
    parameter
        The number in the header: 6 and 8 are levels outside of segments, from 11 on every segment
        has a number each for its digital output, level, duration, period and width.
    n_segments
        How many segments this version of the format foresees.
    """
    if parameter < 11:
        outside = {6: Varied.POST_TRAIN_LEVEL, 8: Varied.HOLDING_OF_OTHER}
        return outside.get(parameter, Varied.OTHER), -1
    kind, segment = divmod(parameter - 11, n_segments)
    kinds = (Varied.OTHER, Varied.LEVEL, Varied.DURATION, Varied.PERIOD, Varied.WIDTH)
    return kinds[kind] if kind < len(kinds) else Varied.OTHER, segment


def user_list(text: str, parameter: int, n_segments: int, *, repeats: bool) -> UserList:
    """Return a list of the user from its entries in the header.

    Raises
    ------
    ValueError
        If the text holds something that is no number.
    """
    varied, segment = varied_by(parameter, n_segments)
    words = text.replace(",", " ").split()
    values = tuple(float(word) for word in words) if varied is not Varied.OTHER else ()
    return UserList(varied=varied, segment=segment, values=values or (0.0,), repeats=repeats)

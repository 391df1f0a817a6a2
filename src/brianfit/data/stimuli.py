"""Stimuli from a protocol: steps, ramps, and sums of stimuli."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import (
    SECOND,
    Dimension,
    Quantity,
    dimensions_of,
    from_si,
    readable,
    same_dimensions,
    scalar_si,
    si_array,
    unit_name,
)


class AbstractStimulus(ABC):
    """A waveform for every sweep of a protocol.

    Times count from the start of a sweep; a step that begins at `start` includes that time and
    ends before `stop`.
    """

    @property
    @abstractmethod
    def dimensions(self) -> Dimension:
        """Physical dimensions of the values."""

    @property
    @abstractmethod
    def n_sweeps(self) -> int | None:
        """For how many sweeps it has values; None: every sweep gets the same."""

    @abstractmethod
    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        """Return the values of one sweep at 0, `dt`, 2 `dt`, ... [SI]."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, float]:
        """The numbers that make it what it is [SI], by the names of its arguments."""

    @abstractmethod
    def with_settings(self, settings: Mapping[str, float]) -> AbstractStimulus:
        """Return the same kind of stimulus with other settings [SI]; those not named stay."""

    @abstractmethod
    def __str__(self) -> str:
        """Describe the stimulus in words."""

    def array(
        self, *, dt: TimeLike, duration: TimeLike, n_sweeps: int | None = None
    ) -> Quantity | np.ndarray:
        """Return the values as a quantity, shape (n_traces, n_steps).

        Parameters
        ----------
        dt, duration
            Sampling step and length of a sweep [s].
        n_sweeps
            The number of sweeps; as many as the stimulus has unless told, or one.
        """
        step, length = scalar_si("dt", dt, SECOND), scalar_si("duration", duration, SECOND)
        if not (step > 0 and length >= step):
            raise InvalidValueError(
                f"`duration` must be one `dt` or more, but they are {duration} and {dt}."
            )
        count = self.n_sweeps or 1
        if n_sweeps is not None:
            count = check_positive_integer("n_sweeps", n_sweeps)
        rows = [self.values(sweep=k, dt=step, n_values=round(length / step)) for k in range(count)]
        return from_si(np.array(rows), self.dimensions)

    def __add__(self, other: AbstractStimulus) -> AbstractStimulus:
        """Return the sum of two stimuli."""
        return _Sum(self, other)


@final
class Steps(AbstractStimulus):
    """A step from a holding level, one sweep for every amplitude.

    Parameters
    ----------
    amplitudes
        Level of the step in every sweep, relative to `holding`; one number: the same in all.
    start, stop
        When it begins and ends [s].
    holding
        The level before and after.
    """

    def __init__(
        self,
        amplitudes: QuantityLike,
        *,
        start: TimeLike,
        stop: TimeLike,
        holding: QuantityLike = 0.0,
    ) -> None:
        self._dimensions = dimensions_of(amplitudes)
        self._amplitudes = np.atleast_1d(si_array("amplitudes", amplitudes, self._dimensions))
        self._is_same = np.ndim(amplitudes) == 0
        self._start, self._stop = interval_of(start, stop)
        self._holding = scalar_si("holding", holding, self._dimensions)

    @property
    def dimensions(self) -> Dimension:
        return self._dimensions

    @property
    def n_sweeps(self) -> int | None:
        return None if self._is_same else len(self._amplitudes)

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        amplitude = self._amplitudes[0 if self._is_same else sweep]
        inside = steps_within(dt, n_values, self._start, self._stop)
        return np.asarray(self._holding + np.where(inside, amplitude, 0.0))

    @property
    def settings(self) -> dict[str, float]:
        sizes = np.abs(self._amplitudes)
        largest = float(self._amplitudes[int(np.argmax(sizes))])
        return {
            "amplitudes": largest, "start": self._start, "stop": self._stop,
            "holding": self._holding,
        }  # fmt: skip

    def with_settings(self, settings: Mapping[str, float]) -> Steps:
        """Return it with other settings; `amplitudes` is the largest, the others go with it."""
        given, unit = {**self.settings, **settings}, self._dimensions
        scale = given["amplitudes"] / (self.settings["amplitudes"] or 1.0)
        amplitudes = from_si(scale * self._amplitudes, unit)
        return Steps(
            amplitudes[0] if self._is_same else amplitudes,
            start=given["start"],
            stop=given["stop"],
            holding=from_si(given["holding"], unit),
        )

    def __str__(self) -> str:
        levels = ", ".join(readable(level, self._dimensions) for level in self._amplitudes)
        return f"steps of {levels} {when(self._start, self._stop)}"


@final
class Ramp(AbstractStimulus):
    """A straight line from one level to another, `first` before it and `last` after it.

    Parameters
    ----------
    first, last
        The levels.
    start, stop
        When it begins and ends [s].
    """

    def __init__(
        self, first: QuantityLike, last: QuantityLike, *, start: TimeLike, stop: TimeLike
    ) -> None:
        self._dimensions = dimensions_of(last)
        self._levels = (
            scalar_si("first", first, self._dimensions),
            scalar_si("last", last, self._dimensions),
        )
        self._start, self._stop = interval_of(start, stop)

    @property
    def dimensions(self) -> Dimension:
        return self._dimensions

    @property
    def n_sweeps(self) -> int | None:
        return None

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        times = np.arange(n_values) * dt
        return np.asarray(np.interp(times, [self._start, self._stop], self._levels))

    @property
    def settings(self) -> dict[str, float]:
        first, last = self._levels
        return {"first": first, "last": last, "start": self._start, "stop": self._stop}

    def with_settings(self, settings: Mapping[str, float]) -> Ramp:
        given = {**self.settings, **settings}
        levels = (from_si(given[name], self._dimensions) for name in ("first", "last"))
        return Ramp(*levels, start=given["start"], stop=given["stop"])

    def __str__(self) -> str:
        first, last = (readable(level, self._dimensions) for level in self._levels)
        return f"a ramp from {first} to {last} {when(self._start, self._stop)}"


@final
class _Sum(AbstractStimulus):
    """Two stimuli at a time."""

    def __init__(self, first: AbstractStimulus, second: AbstractStimulus) -> None:
        check_instance("the second term", second, AbstractStimulus, "a stimulus")
        if not same_dimensions(first.dimensions, second.dimensions):
            raise UnitMismatchError(
                f"Stimuli in {unit_name(first.dimensions)} and {unit_name(second.dimensions)} "
                "cannot be added."
            )
        counts = {part.n_sweeps for part in (first, second) if part.n_sweeps is not None}
        if len(counts) > 1:
            raise InvalidValueError(
                f"The stimuli have values for different numbers of sweeps: {sorted(counts)}."
            )
        self._parts = (first, second)
        self._n_sweeps = next(iter(counts), None)

    @property
    def dimensions(self) -> Dimension:
        return self._parts[0].dimensions

    @property
    def n_sweeps(self) -> int | None:
        return self._n_sweeps

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        first, second = (part.values(sweep=sweep, dt=dt, n_values=n_values) for part in self._parts)
        return np.asarray(first + second)

    @property
    def settings(self) -> dict[str, float]:
        return {
            f"{name} {k}": value
            for k, part in enumerate(self._parts, start=1)
            for name, value in part.settings.items()
        }

    def with_settings(self, settings: Mapping[str, float]) -> AbstractStimulus:
        first, second = (
            part.with_settings(
                {
                    name: settings[f"{name} {k}"]
                    for name in part.settings
                    if f"{name} {k}" in settings
                }
            )
            for k, part in enumerate(self._parts, start=1)
        )
        return _Sum(first, second)

    def __str__(self) -> str:
        return " plus ".join(str(part) for part in self._parts)


def interval_of(start: Any, stop: Any) -> tuple[float, float]:
    """Return when something begins and ends [s].

    Raises
    ------
    InvalidValueError
        If it does not end after it begins, or begins before the sweep.
    """
    first, last = scalar_si("start", start, SECOND), scalar_si("stop", stop, SECOND)
    if not (0 <= first < last < np.inf):
        raise InvalidValueError(
            f"`start` must not be below 0 and lie before `stop`, but they are {start} and {stop}."
        )
    return first, last


def steps_within(dt: float, n_values: int, start: float, stop: float) -> np.ndarray:
    """Return which values lie in [start, stop), to a millionth of a step."""
    steps = np.arange(n_values)
    return (steps >= start / dt - 1e-6) & (steps < stop / dt - 1e-6)


def when(start: float, stop: float) -> str:
    """Return in words when something begins and ends [s]."""
    return f"from {readable(start, SECOND)} to {readable(stop, SECOND)}"

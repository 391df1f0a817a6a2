"""Stimuli from a protocol: steps, ramps, sines, Ornstein-Uhlenbeck noise, and sums of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidValueError, UnitMismatchError
from brianfit._foundation.random import generator_for
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
        self._start, self._stop = _interval(start, stop)
        self._holding = scalar_si("holding", holding, self._dimensions)

    @property
    def dimensions(self) -> Dimension:
        return self._dimensions

    @property
    def n_sweeps(self) -> int | None:
        return None if self._is_same else len(self._amplitudes)

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        amplitude = self._amplitudes[0 if self._is_same else sweep]
        inside = _inside(dt, n_values, self._start, self._stop)
        return np.asarray(self._holding + np.where(inside, amplitude, 0.0))

    def __str__(self) -> str:
        levels = ", ".join(readable(level, self._dimensions) for level in self._amplitudes)
        return f"steps of {levels} {_when(self._start, self._stop)}"


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
        self._start, self._stop = _interval(start, stop)

    @property
    def dimensions(self) -> Dimension:
        return self._dimensions

    @property
    def n_sweeps(self) -> int | None:
        return None

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        times = np.arange(n_values) * dt
        return np.asarray(np.interp(times, [self._start, self._stop], self._levels))

    def __str__(self) -> str:
        first, last = (readable(level, self._dimensions) for level in self._levels)
        return f"a ramp from {first} to {last} {_when(self._start, self._stop)}"


@final
class Sine(AbstractStimulus):
    """A sine around a holding level.

    Parameters
    ----------
    amplitude
        Half the difference of highest and lowest value.
    frequency
        In Hz.
    start, stop
        When it begins, at phase 0, and ends [s].
    holding
        The level around which it swings, and before and after it.
    """

    def __init__(
        self,
        amplitude: QuantityLike,
        *,
        frequency: QuantityLike,
        start: TimeLike,
        stop: TimeLike,
        holding: QuantityLike = 0.0,
    ) -> None:
        self._dimensions = dimensions_of(amplitude)
        self._amplitude = scalar_si("amplitude", amplitude, self._dimensions)
        self._frequency = scalar_si("frequency", frequency, SECOND**-1)
        self._start, self._stop = _interval(start, stop)
        self._holding = scalar_si("holding", holding, self._dimensions)
        if not self._frequency > 0:
            raise InvalidValueError(f"`frequency` must be above zero, but is {frequency}.")

    @property
    def dimensions(self) -> Dimension:
        return self._dimensions

    @property
    def n_sweeps(self) -> int | None:
        return None

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        phase = 2 * np.pi * self._frequency * (np.arange(n_values) * dt - self._start)
        inside = _inside(dt, n_values, self._start, self._stop)
        return np.asarray(self._holding + np.where(inside, self._amplitude * np.sin(phase), 0.0))

    def __str__(self) -> str:
        amplitude = readable(self._amplitude, self._dimensions)
        return f"a sine of {amplitude}, {self._frequency:g} Hz, {_when(self._start, self._stop)}"


@final
class OrnsteinUhlenbeck(AbstractStimulus):
    r"""Filtered noise: a Gaussian process with correlation :math:`\sigma^2 e^{-|t|/\tau}`.

    It begins in its stationary distribution and is exact at every sampling step [1]_.

    Parameters
    ----------
    mean, sigma
        Its mean and standard deviation.
    tau
        Its time constant [s].
    seed
        A whole number; the same one gives the same noise.
    is_frozen
        Whether all sweeps get the same noise.

    References
    ----------
    .. [1] Gillespie DT (1996) Exact numerical simulation of the Ornstein-Uhlenbeck process and its
       integral. Phys Rev E 54:2084, eq. 1.9.
    """

    def __init__(
        self,
        mean: QuantityLike,
        sigma: QuantityLike,
        *,
        tau: TimeLike,
        seed: int,
        is_frozen: bool = False,
    ) -> None:
        self._dimensions = dimensions_of(sigma)
        self._mean = scalar_si("mean", mean, self._dimensions)
        self._sigma = scalar_si("sigma", sigma, self._dimensions)
        self._tau = scalar_si("tau", tau, SECOND)
        self._seed = check_positive_integer("seed", seed, minimum=0)
        self._is_frozen = bool(is_frozen)
        if not (self._tau > 0 and self._sigma >= 0):
            raise InvalidValueError(
                f"`tau` must be above and `sigma` not below zero, but they are {tau} and {sigma}."
            )

    @property
    def dimensions(self) -> Dimension:
        return self._dimensions

    @property
    def n_sweeps(self) -> int | None:
        return None

    def values(self, *, sweep: int, dt: float, n_values: int) -> Float[np.ndarray, " n_values"]:
        from scipy.signal import lfilter

        number = 0 if self._is_frozen else sweep
        noise = generator_for(self._seed, f"stimulus {number}").standard_normal(n_values)
        decay = np.exp(-dt / self._tau)
        kicks = self._sigma * np.sqrt(-np.expm1(-2 * dt / self._tau)) * noise
        kicks[0] = self._sigma * noise[0]
        return np.asarray(self._mean + lfilter([1.0], [1.0, -decay], kicks))

    def __str__(self) -> str:
        mean, sigma = (readable(v, self._dimensions) for v in (self._mean, self._sigma))
        return (
            f"Ornstein-Uhlenbeck noise of {mean} with deviation {sigma}, time constant "
            f"{readable(self._tau, SECOND)}, seed {self._seed}"
        )


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

    def __str__(self) -> str:
        return " plus ".join(str(part) for part in self._parts)


def _interval(start: Any, stop: Any) -> tuple[float, float]:
    first, last = scalar_si("start", start, SECOND), scalar_si("stop", stop, SECOND)
    if not (0 <= first < last < np.inf):
        raise InvalidValueError(
            f"`start` must not be below 0 and lie before `stop`, but they are {start} and {stop}."
        )
    return first, last


def _inside(dt: float, n_values: int, start: float, stop: float) -> np.ndarray:
    """Return which values lie in [start, stop), to a millionth of a step."""
    steps = np.arange(n_values)
    return (steps >= start / dt - 1e-6) & (steps < stop / dt - 1e-6)


def _when(start: float, stop: float) -> str:
    return f"from {readable(start, SECOND)} to {readable(stop, SECOND)}"

"""Stimuli that fluctuate: sines and Ornstein-Uhlenbeck noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.random import generator_for
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import (
    SECOND,
    Dimension,
    dimensions_of,
    from_si,
    readable,
    scalar_si,
)
from brianfit.data.stimuli import AbstractStimulus, interval_of, steps_within, when


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
        self._start, self._stop = interval_of(start, stop)
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
        inside = steps_within(dt, n_values, self._start, self._stop)
        return np.asarray(self._holding + np.where(inside, self._amplitude * np.sin(phase), 0.0))

    @property
    def settings(self) -> dict[str, float]:
        return {
            "amplitude": self._amplitude, "frequency": self._frequency, "start": self._start,
            "stop": self._stop, "holding": self._holding,
        }  # fmt: skip

    def with_settings(self, settings: Mapping[str, float]) -> Sine:
        given, unit = {**self.settings, **settings}, self._dimensions
        return Sine(
            from_si(given["amplitude"], unit),
            frequency=from_si(given["frequency"], SECOND**-1),
            start=given["start"],
            stop=given["stop"],
            holding=from_si(given["holding"], unit),
        )

    def __str__(self) -> str:
        amplitude = readable(self._amplitude, self._dimensions)
        return f"a sine of {amplitude}, {self._frequency:g} Hz, {when(self._start, self._stop)}"


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

    @property
    def settings(self) -> dict[str, float]:
        return {"mean": self._mean, "sigma": self._sigma, "tau": self._tau}

    def with_settings(self, settings: Mapping[str, float]) -> OrnsteinUhlenbeck:
        given, unit = {**self.settings, **settings}, self._dimensions
        return OrnsteinUhlenbeck(
            from_si(given["mean"], unit),
            from_si(given["sigma"], unit),
            tau=given["tau"],
            seed=self._seed,
            is_frozen=self._is_frozen,
        )

    def __str__(self) -> str:
        mean, sigma = (readable(v, self._dimensions) for v in (self._mean, self._sigma))
        return (
            f"Ornstein-Uhlenbeck noise of {mean} with deviation {sigma}, time constant "
            f"{readable(self._tau, SECOND)}, seed {self._seed}"
        )

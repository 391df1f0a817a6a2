"""The free settings of stimuli, and the ranges in which an amplifier and a cell stand them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.data import AbstractStimulus, OrnsteinUhlenbeck, Ramp, RecordingSet, Sine, Steps
from brianfit.data.recordings import Recording

_SMALLEST = 0.02
"""Amplitudes of what fluctuates are at least this part of what the amplifier can give."""

_SHORTEST_TAU, _LONGEST_TAU = 1e-3, 0.1
_SLOWEST, _FASTEST = 0.5, 200.0
"""Time constants [s] and frequencies [Hz] to which membranes answer."""

_DIGITS = 2

_SHORTEST_STEP = 0.2
"""A step lasts at least this part of what is left of the sweep."""


@final
@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How long sweeps are, how many there are, and what may be injected.

    Attributes
    ----------
    input
        Name of the injected current.
    low, high
        Its limits [SI]; values beyond them are cut off.
    dt, duration
        Sampling step and length of a sweep [s].
    n_sweeps
        That the budget allows.
    """

    input: str
    low: float
    high: float
    dt: float
    duration: float
    n_sweeps: int

    def sweeps(self, stimulus: AbstractStimulus, most: int) -> list[Float[np.ndarray, " n_values"]]:
        """Return the different waveforms of a stimulus, `most` at most."""
        numbers = self._numbers(stimulus, most)
        n_values = max(1, round(self.duration / self.dt))
        return [
            np.clip(stimulus.values(sweep=k, dt=self.dt, n_values=n_values), self.low, self.high)
            for k in numbers
        ]

    def recordings(
        self, waveforms: Sequence[Float[np.ndarray, " n_values"]], like: RecordingSet
    ) -> RecordingSet:
        """Return waveforms as recordings whose traces are not known yet.

        Parameters
        ----------
        like
            Recordings of the fit, which name inputs and traces.
        """
        others = {name for name in like.input_names if name != self.input}
        sweeps = [
            Recording(
                dt=self.dt,
                inputs={
                    self.input: values,
                    **{name: np.full(values.size, _first(like, name)) for name in others},
                },
                traces={name: np.zeros(values.size) for name in like.trace_names},
                duration=values.size * self.dt,
                label=f"sweep {number}",
            )
            for number, values in enumerate(waveforms)
        ]
        return RecordingSet(recordings=tuple(sweeps), dimensions=dict(like.dimensions))

    def _numbers(self, stimulus: AbstractStimulus, most: int) -> list[int]:
        if isinstance(stimulus, Steps | Ramp | Sine) and stimulus.n_sweeps is None:
            return [0]
        n = min(self.n_sweeps, most)
        if stimulus.n_sweeps is None:
            return list(range(n))
        return [int(k) for k in np.unique(np.linspace(0, stimulus.n_sweeps - 1, n).round())]


@final
@dataclass(frozen=True, kw_only=True)
class Setting:
    """One free setting, and its range [SI]."""

    name: str
    low: float
    high: float
    is_log: bool = False

    def at(self, place: float) -> float:
        """Return the value at a place of [0, 1], with few digits, as a person types it."""
        value = self.low + place * (self.high - self.low)
        if self.is_log:
            value = self.low * (self.high / self.low) ** place
        return float(f"{value:.{_DIGITS}g}")

    def place_of(self, value: float) -> float:
        """Return the place of a value, within [0, 1]."""
        if self.is_log:
            value = max(value, self.low)
            return float(np.clip(np.log(value / self.low) / np.log(self.high / self.low), 0, 1))
        return float(np.clip((value - self.low) / (self.high - self.low), 0, 1))


def free_settings(stimulus: AbstractStimulus, protocol: Protocol) -> tuple[Setting, ...]:
    """Return the settings that may be changed; none of a stimulus of an unknown kind."""
    make = _KINDS.get(type(stimulus))
    return () if make is None else make(stimulus.settings, protocol)


def changed(
    stimulus: AbstractStimulus, settings: Sequence[Setting], places: Float[np.ndarray, " n"]
) -> AbstractStimulus:
    """Return the stimulus with its free settings at places of [0, 1]."""
    if not settings:
        return stimulus
    return stimulus.with_settings(
        {setting.name: setting.at(place) for setting, place in zip(settings, places, strict=True)}
    )


def _first(like: RecordingSet, name: str) -> float:
    return float(like.recordings[0].inputs[name][0])


def _of_steps(now: Mapping[str, float], protocol: Protocol) -> tuple[Setting, ...]:
    low, high = protocol.low - now["holding"], protocol.high - now["holding"]
    left = protocol.duration - now["start"]
    return (
        Setting(name="amplitudes", low=low, high=high),
        *_stop(now["start"], left),
    )


def _of_ramp(now: Mapping[str, float], protocol: Protocol) -> tuple[Setting, ...]:
    return (
        Setting(name="first", low=protocol.low, high=protocol.high),
        Setting(name="last", low=protocol.low, high=protocol.high),
        *_stop(now["start"], protocol.duration - now["start"]),
    )


def _of_sine(now: Mapping[str, float], protocol: Protocol) -> tuple[Setting, ...]:
    return (
        _fluctuation("amplitude", protocol),
        Setting(
            name="frequency",
            low=max(_SLOWEST, 1 / protocol.duration),
            high=min(_FASTEST, 0.1 / protocol.dt),
            is_log=True,
        ),
        Setting(name="holding", low=protocol.low, high=protocol.high),
        *_stop(now["start"], protocol.duration - now["start"]),
    )


def _of_noise(_now: Mapping[str, float], protocol: Protocol) -> tuple[Setting, ...]:
    return (
        Setting(name="mean", low=protocol.low, high=protocol.high),
        _fluctuation("sigma", protocol),
        Setting(
            name="tau", low=max(_SHORTEST_TAU, 2 * protocol.dt), high=_LONGEST_TAU, is_log=True
        ),
    )


def _fluctuation(name: str, protocol: Protocol) -> Setting:
    span = protocol.high - protocol.low
    return Setting(name=name, low=_SMALLEST * span, high=span / 2, is_log=True)


def _stop(start: float, left: float) -> tuple[Setting, ...]:
    if left <= 0:
        return ()
    return (Setting(name="stop", low=start + _SHORTEST_STEP * left, high=start + left),)


_KINDS: Mapping[type, Callable[[Mapping[str, float], Protocol], tuple[Setting, ...]]] = {
    Steps: _of_steps,
    Ramp: _of_ramp,
    Sine: _of_sine,
    OrnsteinUhlenbeck: _of_noise,
}

"""Signals of a sweep on one axis of time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np
from brian2 import amp

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import same_dimensions
from brianfit.data.readers._report import Report
from brianfit.data.readers._signals import Role, Samples, Signal, Sweep

_ALIGNED = 0.01
"""Times are the same if they differ by less than this fraction of a sampling step."""


@final
@dataclass(kw_only=True)
class Laid:
    """Signals of a sweep on the time axis of its first trace."""

    sweep: Sweep
    axis: Samples
    report: Report
    length: int = field(init=False)

    def __post_init__(self) -> None:
        self.length = self.axis.values.size

    def trace(
        self, name: str, signals: Sequence[Signal], samples: Mapping[int, Samples]
    ) -> Float[np.ndarray, " _"]:
        """Return a trace; nan outside of what was measured."""
        return _summed([self._on_axis(name, samples[id(signal)]) for signal in signals])

    def stimulus(
        self, name: str, signals: Sequence[Signal], samples: Mapping[int, Samples]
    ) -> tuple[Float[np.ndarray, " _"], np.ndarray]:
        """Return a stimulus, and where it is known.

        Outside of a command no current was commanded; anything else is not known there, and the
        nearest value stands for it.
        """
        parts = []
        known = np.ones(self.axis.values.size, dtype=bool)
        for signal in signals:
            values = self._on_axis(name, samples[id(signal)])
            covered = self._covered(samples[id(signal)])
            if self.length < values.size:
                tail = np.isnan(values) & covered & (np.arange(values.size) >= self.length)
                values = np.where(tail, samples[id(signal)].values[-1], values)
            self._tell_what_is_cut(name, samples[id(signal)])
            if not covered.all():
                values, is_known = self._filled(name, signal, values, covered)
                known &= is_known
            parts.append(values)
        return _summed(parts), known

    def _on_axis(self, name: str, own: Samples) -> Float[np.ndarray, " _"]:
        axis, size = self.axis, self.axis.values.size
        offset = (own.start - axis.start) / axis.dt
        same_step = abs(own.dt / axis.dt - 1) <= 1e-6
        if same_step and abs(offset - round(offset)) <= _ALIGNED:
            return _shifted(own.values, round(offset), size)
        if same_step:
            self.report.note(
                f"'{name}' was sampled between the values of the response, and was interpolated"
            )
        else:
            self.report.note(
                f"'{name}' had another sampling step and was interpolated to that of the response"
            )
        times = axis.start - own.start + np.arange(size) * axis.dt
        grid = np.arange(own.values.size) * own.dt
        slack = _ALIGNED * axis.dt
        inside = (times >= -slack) & (times <= grid[-1] + slack)
        values = np.full(size, np.nan)
        values[inside] = np.interp(times[inside], grid, own.values)
        return values

    def _covered(self, own: Samples) -> np.ndarray:
        """Return which steps of the axis lie within a signal.

        A last step that its last value reaches into is cut off the sweep, not filled.
        """
        size, dt = self.axis.values.size, self.axis.dt
        offset = (own.start - self.axis.start) / dt
        length = (own.values.size - 1) * own.dt / dt
        first = min(max(math.ceil(offset - _ALIGNED), 0), size)
        beyond = min(max(math.floor(offset + length + _ALIGNED) + 1, 0), size)
        covered = np.zeros(size, dtype=bool)
        covered[first:beyond] = True
        if 0 < (size - beyond) * dt < own.dt - _ALIGNED * dt:
            self.length = min(self.length, beyond)
            covered[beyond:] = True
        return covered

    def _filled(
        self, name: str, signal: Signal, values: Float[np.ndarray, " _"], covered: np.ndarray
    ) -> tuple[Float[np.ndarray, " _"], np.ndarray]:
        if not covered.any():
            raise InvalidValueError(
                f"The stimulus '{name}' of {self.sweep.label} lies wholly before or after its "
                f"response (they begin at {signal.start:g} s and {self.axis.start:g} s): give the "
                "right one with `stimulus`."
            )
        inside = np.flatnonzero(covered)
        span = f"{inside[0] * self.axis.dt:.6g} s to {(inside[-1] + 1) * self.axis.dt:.6g} s"
        if signal.role is Role.STIMULUS and _is_current(signal):
            self.report.warn(
                self.sweep.label,
                f"the stimulus '{name}' is told from {span} of the response only; outside it is "
                "taken as 0 A. add_holding() adds a current that was held.",
            )
            return np.where(covered, values, 0.0), np.ones(values.size, dtype=bool)
        self.report.warn(
            self.sweep.label,
            f"'{name}' is known from {span} of the response only; outside of this the response is "
            "taken as not measured.",
        )
        nearest = np.interp(np.arange(values.size), inside, values[inside])
        return np.where(covered, values, nearest), covered

    def _tell_what_is_cut(self, name: str, own: Samples) -> None:
        before = (self.axis.start - own.start) / self.axis.dt
        own_end = own.start + own.values.size * own.dt
        axis_end = self.axis.start + self.axis.values.size * self.axis.dt
        after = (own_end - axis_end) / self.axis.dt
        longest = max(1.0, own.dt / self.axis.dt) + _ALIGNED
        if before > longest or after > longest:
            lost = max(before, 0.0) + max(after, 0.0)
            self.report.warn(
                self.sweep.label,
                f"'{name}' goes on for {lost * self.axis.dt:.6g} s where the response was not "
                "recorded; that part was left out.",
            )


def _summed(parts: Sequence[Float[np.ndarray, " n"]]) -> Float[np.ndarray, " n"]:
    return parts[0] if len(parts) == 1 else np.sum(parts, axis=0)


def _shifted(values: Float[np.ndarray, " n"], offset: int, size: int) -> Float[np.ndarray, " size"]:
    if offset == 0 and values.size == size:
        return values
    laid = np.full(size, np.nan)
    first, last = max(offset, 0), min(offset + values.size, size)
    if last > first:
        laid[first:last] = values[first - offset : last - offset]
    return laid


def _is_current(signal: Signal) -> bool:
    return signal.dimensions is not None and same_dimensions(signal.dimensions, amp.dim)

"""Series of an NWB file, described from their attributes; values are read when asked for."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
from brian2 import amp, farad, ohm, volt

from brianfit._foundation.errors import InvalidValueError, UnreadableFileError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, readable, same_dimensions
from brianfit.data.readers._base import (
    ChannelUnit,
    Clamp,
    ReadRequest,
    Role,
    Samples,
    Signal,
    channel_unit,
    parsing,
    without_nan_tail,
)
from brianfit.data.readers._signals import AbstractSource

_KINDS: Mapping[str, tuple[Role, Clamp, Dimension]] = {
    "CurrentClampSeries": (Role.RESPONSE, Clamp.CURRENT, volt.dim),
    "IZeroClampSeries": (Role.RESPONSE, Clamp.CURRENT, volt.dim),
    "VoltageClampSeries": (Role.RESPONSE, Clamp.VOLTAGE, amp.dim),
    "CurrentClampStimulusSeries": (Role.STIMULUS, Clamp.CURRENT, amp.dim),
    "VoltageClampStimulusSeries": (Role.STIMULUS, Clamp.VOLTAGE, volt.dim),
}
_STANDARD_UNITS = {volt.dim: "volts", amp.dim: "amperes"}
_SETTINGS = {
    "bias_current": amp.dim,
    "bridge_balance": ohm.dim,
    "capacitance_compensation": farad.dim,
    "capacitance_fast": farad.dim,
    "capacitance_slow": farad.dim,
    "whole_cell_capacitance_comp": farad.dim,
    "whole_cell_series_resistance_comp": ohm.dim,
}
"""What the amplifier did besides, and its unit."""
_UNEVEN = 1e-3


@final
@dataclass(frozen=True, kw_only=True)
class Part:
    """A series, or some of its values: those from `first` on, `count` of them."""

    series: Series
    first: int
    count: int


@final
@dataclass(frozen=True, kw_only=True)
class Series:
    """What the attributes of a series say.

    Attributes
    ----------
    place
        Its path within the file.
    sweep_number
        The number of its sweep; None: not told.
    step
        Sampling step [s]; that of the first two time stamps where there is no rate.
    """

    place: str
    name: str
    kind: str
    role: Role
    clamp: Clamp | None
    electrode: str
    sweep_number: int | None
    unit: ChannelUnit
    conversion: float
    offset: float
    n_values: int
    step: float
    start: float
    has_timestamps: bool
    settings: Mapping[str, str]
    warnings: tuple[str, ...]

    @property
    def whole(self) -> Part:
        """All of its values."""
        return Part(series=self, first=0, count=self.n_values)

    @property
    def end(self) -> float:
        """When its last step ends [s]."""
        return self.start + self.n_values * self.step


@final
class SeriesReader:
    """Describes groups of a file as series."""

    def __init__(self, path: Path, request: ReadRequest) -> None:
        self._path = path
        self._request = request

    def is_series(self, group: Any) -> bool:
        """Return whether a group holds values over time."""
        return hasattr(group, "keys") and "data" in group and hasattr(group["data"], "shape")

    def series(self, group: Any, role: Role) -> Series | None:
        """Return a series; None if it is no membrane voltage or current.

        Parameters
        ----------
        role
            What it is by its place in the file, where its kind does not say.
        """
        data = group["data"]
        kind = _kind(group)
        known_role, clamp, dimensions = _KINDS.get(kind, (role, None, None))
        electrode = _electrode(group)
        unit, conversion, warnings = self._unit(group, kind, dimensions, electrode)
        if data.ndim == 0 or data.size != data.shape[0]:
            return None
        n_values = int(data.shape[0])
        step, start, has_timestamps = self._times(group, n_values)
        name = str(group.name).rsplit("/", 1)[-1]
        settings, told = _settings(group)
        return Series(
            place=str(group.name),
            name=name,
            kind=kind,
            role=known_role,
            clamp=clamp,
            electrode=electrode,
            sweep_number=_sweep_number(group),
            unit=unit,
            conversion=conversion,
            offset=float(data.attrs.get("offset", 0.0) or 0.0),
            n_values=n_values,
            step=step,
            start=start,
            has_timestamps=has_timestamps,
            settings=settings,
            warnings=(*warnings, *told),
        )

    def signal(self, part: Part, *, start: float | None = None, role: Role | None = None) -> Signal:
        """Return a part of a series as a signal; `start` replaces its time."""
        series = part.series
        source = _Source(path=self._path, part=part, request=self._request, start=start)
        return Signal(
            name=series.name,
            source=source,
            dimensions=series.unit.dimensions,
            unit=series.unit.text,
            dt=self._request.dt or series.step or None,
            n_values=part.count,
            start=series.start + part.first * series.step if start is None else start,
            role=role or series.role,
            clamp=series.clamp,
            electrode=series.electrode,
            other_names=(series.electrode,) if series.electrode else (),
            told=series.settings,
            warnings=series.warnings,
        )

    def _unit(
        self, group: Any, kind: str, expected: Dimension | None, electrode: str
    ) -> tuple[ChannelUnit, float, list[str]]:
        """Return the unit, the conversion to it, and what is odd about them."""
        attributes = group["data"].attrs
        name = str(group.name).rsplit("/", 1)[-1]
        given = self._request.units.get(name)
        of_electrode = self._request.units.get(electrode)
        if given is None and expected is not None and of_electrode is not None:
            given = of_electrode if same_dimensions(of_electrode, expected) else None
        if given is not None:
            return channel_unit("", given), 1.0, []
        conversion = float(attributes.get("conversion", 1.0))
        told = channel_unit(_text(attributes.get("unit", "")))
        if expected is None or (told.dimensions == expected and told.factor == 1.0):
            return told, conversion, []
        standard = _STANDARD_UNITS[expected]
        odd = f"the file states the unit {told.text!r} where a {kind} holds {standard}; its values "
        # The prefix may have been told twice, as part of the unit and as the conversion to it.
        is_told_twice = told.factor is not None and abs(conversion / told.factor - 1) < 1e-6
        is_standard = told.dimensions != expected or is_told_twice
        unit = channel_unit(standard) if is_standard else told
        odd += f"times {conversion:g} were taken as {unit.text}. units={{{name!r}: ...}} takes "
        return unit, conversion, [f"{odd}another unit."]

    def _times(self, group: Any, n_values: int) -> tuple[float, float, bool]:
        if "starting_time" in group:
            started = group["starting_time"]
            rate = float(started.attrs.get("rate", 0.0))
            if not (np.isfinite(rate) and rate > 0):
                raise UnreadableFileError(
                    f"{self._path.name}: {group.name} has a sampling rate of {rate:g} Hz."
                )
            return 1.0 / rate, float(started[()]), False
        if "timestamps" not in group:
            if self._request.dt is None:
                raise UnreadableFileError(
                    f"{self._path.name}: {group.name} tells neither a rate nor times. Give the "
                    "sampling step, such as dt=0.1*ms."
                )
            return self._request.dt, 0.0, False
        stamps = group["timestamps"]
        if stamps.shape[0] < 2 or stamps.shape[0] != n_values:
            return 0.0, 0.0, True
        first, second = (float(stamp) for stamp in stamps[:2])
        return second - first, first, True


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Source(AbstractSource):
    """Opens the file for every part, so that nothing else of it is read."""

    path: Path
    part: Part
    request: ReadRequest
    start: float | None

    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        h5py = import_optional("h5py", purpose=f"Reading {self.path.name}")
        series, part = self.part.series, self.part
        factor = series.unit.factor_of(self.path, series.name)
        chosen = slice(part.first, part.first + part.count)
        stamps = None
        with parsing(self.path, "an NWB file"), h5py.File(self.path, "r") as file:
            group = file[series.place]
            values = np.asarray(group["data"][chosen], dtype=np.float64).reshape(-1)
            if series.has_timestamps:
                stamps = np.asarray(group["timestamps"][chosen], dtype=np.float64)
        scale = series.conversion * factor
        if scale != 1.0:
            values *= scale
        if series.offset:
            values += series.offset * factor
        step, start = series.step, series.start + part.first * series.step
        if stamps is not None:
            values, step, start = self._laid(values, stamps)
        samples = Samples(
            values=without_nan_tail(values),
            dt=self.request.dt or step,
            start=start if self.start is None else self.start,
        )
        return [samples for _ in keys]

    def _laid(
        self, values: Float[np.ndarray, " _"], stamps: Float[np.ndarray, " _"]
    ) -> tuple[Float[np.ndarray, " _"], float, float]:
        """Return values in equal steps; nan where the times leave steps out."""
        name = self.part.series.name
        steps = np.diff(stamps)
        if stamps.size != values.size or steps.size == 0 or not np.all(np.isfinite(steps)):
            raise UnreadableFileError(
                f"{self.path.name}: '{name}' needs one time for every value, and two at least."
            )
        step = float(np.median(steps))
        if step > 0:
            places = (stamps - stamps[0]) / step
            step *= places[-1] / max(round(places[-1]), 1)
            places = (stamps - stamps[0]) / step
            nearest = np.round(places).astype(np.int64)
            if np.all(np.diff(nearest) > 0) and np.all(np.abs(places - nearest) <= 0.1):
                laid = np.full(int(nearest[-1]) + 1, np.nan)
                laid[nearest] = values
                return laid, float(step), float(stamps[0])
        raise UnreadableFileError(
            f"{self.path.name}: the times of '{name}' must rise in equal steps, but the steps "
            f"range from {steps.min():g} s to {steps.max():g} s."
        )


def _kind(group: Any) -> str:
    kind = _text(group.attrs.get("neurodata_type", ""))
    ancestry = [_text(one) for one in np.atleast_1d(group.attrs.get("ancestry", []))]
    known = [one for one in (kind, *reversed(ancestry)) if one in _KINDS]
    return known[0] if known else kind


def _electrode(group: Any) -> str:
    if "electrode_name" in group:
        return _text(group["electrode_name"][()])
    if "electrode" not in group:
        return ""
    link = group.get("electrode", getlink=True)
    place = getattr(link, "path", None) or group["electrode"].name
    return str(place).rsplit("/", 1)[-1]


def _sweep_number(group: Any) -> int | None:
    number = group.attrs.get("sweep_number")
    if number is None and "sweep_number" in group:
        number = group["sweep_number"][()]
    if number is None or not np.isfinite(float(number)) or int(number) >= 2**32 - 1:
        return None
    return int(number)


def _settings(group: Any) -> tuple[dict[str, str], list[str]]:
    """Return what the amplifier did besides, and a warning of a current that it injected."""
    found, warnings = {}, []
    for name, value in _numbers(group, _SETTINGS):
        found[name] = readable(float(f"{value:.6g}"), _SETTINGS[name])
        if name == "bias_current" and value != 0:
            warnings.append(
                f"the amplifier injected a bias current of {found[name]}, which the file does not "
                "say to be part of the stimulus. add_holding() adds it, if it is not."
            )
    return found, warnings


def _numbers(group: Any, names: Mapping[str, Dimension]) -> Iterator[tuple[str, float]]:
    for name in names:
        if name not in group or getattr(group[name], "shape", None) not in {(), (1,)}:
            continue
        try:
            value = float(np.asarray(group[name][()]).reshape(()))
        except (TypeError, ValueError):
            continue
        if np.isfinite(value):
            yield name, value


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def check_count(path: Path, part: Part) -> None:
    """Check that a part lies within its series.

    Raises
    ------
    InvalidValueError
        If it does not.
    """
    if part.first < 0 or part.count < 0 or part.first + part.count > part.series.n_values:
        raise InvalidValueError(
            f"{path.name}: the table of recordings names values {part.first} to "
            f"{part.first + part.count} of '{part.series.name}', which has {part.series.n_values}."
        )

"""Segments of neo to sweeps of signals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from brianfit.data.readers._base import (
    ReadRequest,
    Samples,
    Signal,
    Sweep,
    channel_unit,
    parsing,
    without_nan_tail,
)
from brianfit.data.readers._signals import AbstractSource


def sweep_of(path: Path, segment: Any, number: int, request: ReadRequest) -> Sweep:
    """Return the signals of a segment; channels that were recorded together are told apart."""
    signals = _told_apart(
        [signal for analog in segment.analogsignals for signal in signals_of(path, analog, request)]
    )
    trains = tuple(
        np.sort(np.asarray(_loaded(train).rescale("s").magnitude, dtype=np.float64))
        for train in segment.spiketrains
    )
    return Sweep(label=f"sweep {number}", number=number, signals=signals, spike_trains=trains)


def _told_apart(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """Return signals with a number where a name comes several times; so each can be named."""
    counts = Counter(signal.name for signal in signals)
    seen: Counter[str] = Counter()
    named = []
    for signal in signals:
        if counts[signal.name] == 1:
            named.append(signal)
            continue
        seen[signal.name] += 1
        name = f"{signal.name} {seen[signal.name]}"
        named.append(replace(signal, name=name, other_names=(*signal.other_names, signal.name)))
    return tuple(named)


def signals_of(path: Path, analog: Any, request: ReadRequest) -> Iterator[Signal]:
    """Yield every channel of one analog signal of neo."""
    n_channels = int(np.prod(analog.shape[1:], dtype=int))
    names = analog.array_annotations.get("channel_names", ())
    if len(names) != n_channels:
        several = n_channels > 1
        names = [f"{analog.name} {k}" if several else str(analog.name) for k in range(n_channels)]
    source = _Analog(
        path=path, analog=analog, names=tuple(str(name) for name in names), request=request
    )
    for k, name in enumerate(source.names):
        unit = channel_unit(source.unit, request.units.get(name))
        yield Signal(
            name=name,
            source=source,
            key=k,
            dimensions=unit.dimensions,
            unit=unit.text,
            dt=source.dt,
            n_values=int(analog.shape[0]),
            start=source.start,
        )


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class _Analog(AbstractSource):
    """One analog signal, or what neo puts in its place until it is read; keys are columns."""

    path: Path
    analog: Any
    names: tuple[str, ...]
    request: ReadRequest

    @property
    def unit(self) -> str:
        return str(self.analog.units.dimensionality.string)

    @property
    def dt(self) -> float:
        if self.request.dt is not None:
            return self.request.dt
        return 1.0 / float(self.analog.sampling_rate.rescale("Hz").magnitude)

    @property
    def start(self) -> float:
        return float(self.analog.t_start.rescale("s").magnitude)

    def read(self, keys: Sequence[Hashable]) -> list[Samples]:
        with parsing(self.path, "a file that neo reads"):
            values = np.asarray(_loaded(self.analog).magnitude, dtype=np.float64)
        values = values.reshape(values.shape[0], -1)
        columns: dict[Hashable, Samples] = {
            k: self._samples(values[:, k], name) for k, name in enumerate(self.names) if k in keys
        }
        return [columns[key] for key in keys]

    def _samples(self, column: np.ndarray, name: str) -> Samples:
        unit = channel_unit(self.unit, self.request.units.get(name))
        factor = unit.factor_of(self.path, name)
        return Samples(values=without_nan_tail(column) * factor, dt=self.dt, start=self.start)


def _loaded(given: Any) -> Any:
    return given.load() if hasattr(given, "load") else given

"""Segments of neo to sweeps of signals."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from brianfit._foundation.errors import BrianfitError, UnreadableFileError
from brianfit._foundation.unit_text import unit_from_text
from brianfit._foundation.units import dimensions_of
from brianfit.data.readers._base import ReadRequest, Role, Signal, Sweep, without_nan_tail


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever neo raises over a broken file into one clear error, and keep it quiet.

    neo parses files of thirty makers; over a broken one it fails wherever its parser happens to
    be, with any kind of exception.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BrianfitError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise UnreadableFileError(
            f"{path.name} cannot be read: it is broken, truncated, or not what its name says "
            f"({what})."
        ) from error


def sweep_of(segment: Any, number: int, request: ReadRequest) -> Sweep:
    """Return the signals of a segment; channels that were recorded together are told apart."""
    signals = tuple(
        signal
        for analog in segment.analogsignals
        for signal in signals_of(analog, request, Role.UNKNOWN)
    )
    trains = tuple(
        np.sort(np.asarray(train.rescale("s").magnitude, dtype=np.float64))
        for train in segment.spiketrains
    )
    return Sweep(label=f"sweep {number}", signals=signals, spike_trains=trains)


def signals_of(analog: Any, request: ReadRequest, role: Role) -> Iterator[Signal]:
    """Yield every channel of one analog signal of neo."""
    values = np.asarray(analog.magnitude, dtype=np.float64)
    values = values.reshape(values.shape[0], -1)
    names = analog.array_annotations.get("channel_names", ())
    if len(names) != values.shape[1]:
        several = values.shape[1] > 1
        names = [
            f"{analog.name} {k}" if several else str(analog.name) for k in range(len(values.T))
        ]
    for name, column in zip(names, values.T, strict=True):
        unit = request.units.get(str(name))
        if unit is None:
            unit = unit_from_text(analog.units.dimensionality.string)
        yield Signal(
            name=str(name),
            values=without_nan_tail(column) * float(unit),
            dimensions=dimensions_of(unit),
            dt=float(analog.sampling_period.rescale("s").magnitude),
            role=role,
        )

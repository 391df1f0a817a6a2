"""Spike trains of repeated stimuli: several trains on a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.units import SECOND, si_array

Repeats = list[np.ndarray]
"""The trains on one trace [s], one for every repeat of its stimulus."""


def read_recorded(data: Any) -> list[Repeats]:
    """Read the recorded trains, ``[trace]``.

    Raises
    ------
    InvalidTypeError
        If they are no sequence of spike times.
    """
    _check_sequence("data_spikes", data, "a list with the spike times of every trace")
    return [_read_repeats("data_spikes", given) for given in data]


def read_samples(model: Any, n_traces: int) -> list[list[Repeats]]:
    """Read the trains of all samples, ``[sample][trace]``.

    Raises
    ------
    InvalidTypeError
        If they are no sequences of sequences of spike times.
    InvalidValueError
        If a sample has another number of traces than the recording, or the number of repeats is
        not the same everywhere.
    """
    what = "spike times as [sample][trace]"
    _check_sequence("model_spikes", model, what)
    for number, sample in enumerate(model):
        _check_sequence("model_spikes", sample, what)
        if len(sample) != n_traces:
            raise InvalidValueError(
                f"Expected one spike train per trace for every sample, that is {n_traces}, "
                f"but sample {number} of `model_spikes` has {len(sample)}."
            )
    read = [[_read_repeats("model_spikes", given) for given in sample] for sample in model]
    found = {len(repeats) for sample in read for repeats in sample}
    if len(found) > 1:
        raise InvalidValueError(
            "Expected the same number of trains of the model on every trace of every sample, but "
            f"`model_spikes` has from {min(found)} to {max(found)}."
        )
    return read


def _check_sequence(name: str, value: Any, what: str) -> None:
    check_instance(name, value, (list, tuple, np.ndarray), what)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        raise InvalidTypeError(f"`{name}` must be {what}, but is the single value {value}.")


def _read_repeats(name: str, given: Any) -> Repeats:
    """Read what was given for one trace: an array of spike times, or a list of such arrays."""
    several = isinstance(given, list | tuple) and any(np.ndim(train) == 1 for train in given)
    trains = [si_array(name, train, SECOND) for train in (given if several else [given])]
    for train in trains:
        if train.ndim != 1:
            raise InvalidValueError(
                f"`{name}` must hold the spike times of every trace, arrays with one axis, but one "
                f"of them has shape {train.shape}."
            )
    return trains


def check_sorted(name: str, trains: Sequence[np.ndarray]) -> None:
    """Check that the times of every train rise.

    Raises
    ------
    InvalidValueError
        If those of one do not.
    """
    for number, train in enumerate(trains):
        if np.any(np.diff(train) < 0):
            raise InvalidValueError(
                f"The spike times of a train must rise, but those of train {number} of `{name}` "
                "do not. Sort them: np.sort(times)."
            )

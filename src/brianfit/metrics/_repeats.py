"""Spike trains of repeated stimuli: several trains on a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import SECOND, si_array

Repeats = list[np.ndarray]
"""The trains on one trace [s], one for every repeat of its stimulus."""


def read_repeats(name: str, given: Any) -> Repeats:
    """Read what was given for one trace: an array of spike times, or a list of such arrays."""
    several = isinstance(given, list | tuple) and any(np.ndim(train) == 1 for train in given)
    return [si_array(name, train, SECOND) for train in (given if several else [given])]


def read_samples(model: Any, n_traces: int) -> list[list[Repeats]]:
    """Read the trains of all samples, ``[sample][trace]``.

    Raises
    ------
    InvalidValueError
        If a sample has another number of traces than the recording, or the number of repeats is
        not the same everywhere.
    """
    for number, sample in enumerate(model):
        if len(sample) != n_traces:
            raise InvalidValueError(
                f"Expected one spike train per trace for every sample, that is {n_traces}, "
                f"but sample {number} of `model` has {len(sample)}."
            )
    read = [[read_repeats("model", given) for given in sample] for sample in model]
    found = {len(repeats) for sample in read for repeats in sample}
    if len(found) > 1:
        raise InvalidValueError(
            "Expected the same number of trains of the model on every trace of every sample, but "
            f"`model` has from {min(found)} to {max(found)}."
        )
    return read


def pairs_of_repeats(n_recorded: Sequence[int], n_simulated: int) -> list[tuple[int, int, int]]:
    """Return (trace, recorded repeat, simulated repeat) of all pairs that are compared.

    Parameters
    ----------
    n_recorded
        The number of recorded trains on every trace.
    n_simulated
        The number of trains that the model has on each trace.
    """
    return [
        (trace, recorded, simulated)
        for trace, count in enumerate(n_recorded)
        for recorded in range(count)
        for simulated in range(n_simulated)
    ]


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

"""Features of voltage traces as the package eFEL computes them."""

from __future__ import annotations

import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, suggestion
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.optional import import_optional
from brianfit._foundation.shapes import Float
from brianfit._foundation.types import QuantityLike, TimeLike, WholeNumber
from brianfit._foundation.units import (
    DIMENSIONLESS,
    SECOND,
    dimensions_of,
    si_array,
    si_array_any,
    step_si,
)

_TO_MILLI = 1e3  # eFEL reckons in mV and ms


@final
@dataclass(frozen=True, kw_only=True)
class VoltagePiece:
    """A part of a voltage trace, and the stimulus that caused it.

    Attributes
    ----------
    values
        Voltage [V].
    start
        Time of the first value [s], on the same clock as the stimulus.
    dt
        Time from one value to the next [s].
    stimulus
        Start and end of the stimulus [s].
    """

    values: Float[np.ndarray, " n_steps"]
    start: float
    dt: float
    stimulus: tuple[float, float]


def calc_eFEL(  # noqa: N802 - the name that scripts use
    traces: QuantityLike,
    inp_times: TimeLike,
    feat_list: Sequence[str],
    dt: TimeLike,
    parallel_processes: WholeNumber = 0,
) -> list[Mapping[str, np.ndarray | None]]:
    """Return the values of eFEL features for every trace.

    Parameters
    ----------
    traces : array, shape (n_traces, n_steps)
        Voltage [V].
    inp_times
        Start and end of the stimulus for every trace, or one pair for all; times with a unit, or
        numbers in milliseconds.
    feat_list
        Names of eFEL features.
    dt
        Time from one value to the next [s].
    parallel_processes
        Number of worker processes; 0: none, -1: one per CPU.

    Returns
    -------
    list of dict
        For every trace ``{feature: values}`` in the units of eFEL (mV, ms); None where eFEL finds
        no value, for example the time of the first spike of a silent neuron.

    Raises
    ------
    InvalidValueError
        If arguments do not belong together, or eFEL does not have a feature.
    MissingPackageError
        If eFEL is not installed.
    """
    check_efel_names(feat_list, purpose="calc_eFEL")
    rows = np.atleast_2d(si_array_any("traces", traces))
    if rows.ndim != 2 or rows.size == 0:
        raise InvalidValueError(
            "`traces` must have shape (n_traces, n_steps), with at least one step, but has shape "
            f"{rows.shape}."
        )
    milliseconds = dimensions_of(_innermost(inp_times)) is DIMENSIONLESS
    times = si_array_any("inp_times", inp_times) / _TO_MILLI if milliseconds else inp_times
    intervals = stimulus_intervals(times, name="inp_times")
    step = step_si(dt)
    pieces = [
        VoltagePiece(values=row, start=0.0, dt=step, stimulus=interval)
        for row, interval in zip(rows, one_per_trace(intervals, len(rows)), strict=True)
    ]
    return efel_values(pieces, list(feat_list), processes=checked_processes(parallel_processes))


def efel_values(
    pieces: Sequence[VoltagePiece], names: Sequence[str], *, processes: int
) -> list[Mapping[str, np.ndarray | None]]:
    """Return ``{feature: values or None}`` for every piece.

    Raises
    ------
    InvalidValueError
        If eFEL fails; its message is passed on.
    """
    efel = _efel("features of eFEL")
    inputs = [_efel_input(piece) for piece in pieces]
    processes = min(processes, len(pieces))
    try:
        with _pool_map(processes) as parallel_map, warnings.catch_warnings():
            # Scripts keep the names that they were written with, such as Spikecount.
            warnings.simplefilter("ignore", DeprecationWarning)
            return list(
                efel.get_feature_values(
                    inputs, list(names), parallel_map=parallel_map, raise_warnings=False
                )
            )
    except Exception as error:
        raise InvalidValueError(
            f"eFEL could not compute {', '.join(names)} ({type(error).__name__}: {error}). Leave "
            "out the feature that needs more of the trace than was recorded."
        ) from error


def check_efel_names(names: Sequence[str], *, purpose: str) -> None:
    """Check that eFEL is installed and has all features.

    Raises
    ------
    InvalidValueError
        If it does not have one; the nearest name is suggested.
    MissingPackageError
        If eFEL is not installed.
    """
    is_list = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not is_list:
        raise InvalidTypeError(
            f"`feat_list` must be a list with names of features of eFEL, but is {names!r}."
        )
    known = _efel(purpose).get_feature_names()
    unknown = [f"{name!r}.{suggestion(name, known)}" for name in names if name not in known]
    if unknown:
        raise InvalidValueError(
            f"`feat_list` names features that eFEL does not have: {' '.join(unknown)}"
        )


def stimulus_intervals(times: Any, *, name: str) -> list[tuple[float, float]]:
    """Return pairs (start, end) [s] from one pair or a sequence of pairs.

    Raises
    ------
    UnitMismatchError
        If they are not times.
    InvalidValueError
        If they are not pairs, or one ends before it starts.
    """
    pairs = np.atleast_2d(si_array(name, times, SECOND))
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.all(np.isfinite(pairs)):
        raise InvalidValueError(
            f"`{name}` must be one pair (start, end) for every trace, or one pair for all, but has "
            f"shape {pairs.shape}."
        )
    reversed_pairs = [f"{start:g} s to {end:g} s" for start, end in pairs if end <= start]
    if reversed_pairs:
        raise InvalidValueError(
            f"`{name}` must hold pairs (start, end) with the start first, but has "
            f"{', '.join(reversed_pairs)}."
        )
    return [(float(start), float(end)) for start, end in pairs]


def one_per_trace(
    intervals: Sequence[tuple[float, float]], n_traces: int
) -> list[tuple[float, float]]:
    """Return one stimulus for every trace; a single one is that of all traces.

    Raises
    ------
    InvalidValueError
        If there is another number of them.
    """
    if len(intervals) == 1:
        return list(intervals) * n_traces
    if len(intervals) != n_traces:
        raise InvalidValueError(
            f"Expected one stimulus for each of the {n_traces} traces, or one for all, but "
            f"{len(intervals)} were given."
        )
    return list(intervals)


def checked_processes(parallel_processes: Any) -> int:
    """Return the number of worker processes, 0 for none.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is no whole number, or less than -1.
    """
    check_instance("parallel_processes", parallel_processes, (int, np.integer), "a whole number")
    if parallel_processes < -1:
        raise InvalidValueError(
            "`parallel_processes` must be a number of processes, 0 for none or -1 for one per CPU, "
            f"but is {parallel_processes}."
        )
    return (os.cpu_count() or 1) if parallel_processes == -1 else int(parallel_processes)


def _efel(purpose: str) -> ModuleType:
    return import_optional("efel", extra="efel", purpose=purpose)


def _efel_input(piece: VoltagePiece) -> dict[str, Any]:
    times = piece.start + np.arange(piece.values.size) * piece.dt
    return {
        "T": times * _TO_MILLI,
        "V": piece.values * _TO_MILLI,
        "stim_start": [piece.stimulus[0] * _TO_MILLI],
        "stim_end": [piece.stimulus[1] * _TO_MILLI],
    }


@contextmanager
def _pool_map(processes: int) -> Iterator[Callable[..., Any]]:
    """Yield a `map` over worker processes, which are gone afterwards.

    On Linux they are forked: that is quick, and the script of the user need not be importable.
    They run nothing but eFEL, so the threads of the parent, of which Python warns, do not matter.
    """
    if processes <= 1:
        yield map
        return
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pool = context.Pool(processes)
    try:
        yield pool.map
    finally:
        pool.close()
        pool.join()


def _innermost(value: Any) -> Any:
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return value

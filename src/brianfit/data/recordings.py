"""Recordings: one stimulus and its response each, in SI units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_integers, checked
from brianfit._foundation.errors import (
    BrianfitError,
    InvalidTypeError,
    InvalidValueError,
    Problems,
)
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float, Int
from brianfit._foundation.shown.drawing import figure_of
from brianfit._foundation.shown.notebook import as_html, html_lines, html_table, table_under
from brianfit._foundation.types import SpikeTimes, TimeLike, Traces
from brianfit._foundation.units import (
    SECOND,
    Dimension,
    dimensions_of,
    scalar_si,
    si_array,
)
from brianfit.data.table import table_of
from brianfit.data.values import check_not_masked, without_mask

MOST_AT_ONE_TIME = 2
"""No train has more spikes at 0 s and at 1 s."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Recording:
    """One sweep: what was put in, and what came out.

    All arrays are SI numbers. Inputs and traces share the sampling step `dt`; a trace may be
    shorter than the inputs. Where nothing was measured, a trace is nan.

    Attributes
    ----------
    dt
        Sampling step [s].
    inputs
        Values of every input variable.
    traces
        Values of every recorded variable.
    spike_trains
        Spike times [s], one array for every repeat of the stimulus; empty: not recorded.
    duration
        Length of the sweep [s].
    label
        A name for plots and tables.
    """

    dt: float
    inputs: Mapping[str, Float[np.ndarray, " _"]]
    traces: Mapping[str, Float[np.ndarray, " _"]] = field(default_factory=dict)
    spike_trains: tuple[Float[np.ndarray, " _"], ...] = ()
    duration: float
    label: str = ""

    def __post_init__(self) -> None:
        for name, values in self.inputs.items():
            check_not_masked(name, values)
        if any(isinstance(values, np.ma.MaskedArray) for values in self.traces.values()):
            traces = {name: without_mask(values) for name, values in self.traces.items()}
            object.__setattr__(self, "traces", traces)  # frozen from here on


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class RecordingSet:
    """Recordings that are fitted together: the same variables in every sweep.

    Make one with `RecordingSet.from_arrays`, which reads units.

    Attributes
    ----------
    recordings
        The sweeps.
    dimensions
        Physical dimensions of every input and trace, by name.
    history
        Where the recordings come from and what was done to them since, one sentence a step.
    metadata
        What the file says about them, by name.
    """

    recordings: tuple[Recording, ...]
    dimensions: Mapping[str, Dimension]
    history: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.recordings:
            raise InvalidValueError("A RecordingSet needs at least one recording.")
        problems = Problems()
        for number, recording in enumerate(self.recordings):
            for problem in _problems_of(recording, self.recordings[0], number):
                problems.add(problem)
        problems.raise_if_any()

    @staticmethod
    @checked
    def from_arrays(
        *,
        dt: TimeLike,
        inputs: Mapping[str, Traces],
        traces: Mapping[str, Traces] | None = None,
        spikes: SpikeTimes | None = None,
        labels: Sequence[str] | None = None,
    ) -> RecordingSet:
        """Build a set from arrays with units.

        Parameters
        ----------
        dt
            Sampling step of inputs and traces, with its unit, or one per sweep.
        inputs, traces
            ``{name: values}``. Values are an array (n_traces, n_values), or a list with one array
            per sweep, whose lengths may differ; a single sweep may have one axis. Numbers without
            unit are SI values.
        spikes
            One entry per sweep: an array of spike times, or a list of arrays, one per repeat of the
            stimulus.
        labels
            A name for every sweep.

        Raises
        ------
        BrianfitError
            If the arrays do not belong together; all problems are listed.
        """
        traces = {} if traces is None else traces
        if spikes is not None:
            _check_are_sweeps(spikes)
        _check_names(inputs, traces)
        for name, given in inputs.items():
            check_not_masked(name, given)
        rows = {name: sweeps_of(name, given) for name, given in {**inputs, **traces}.items()}
        n_traces = _common_count({name: len(sweeps) for name, (sweeps, _) in rows.items()}, spikes)
        trains = (
            [()] * n_traces
            if spikes is None
            else [repeats_of(number, given) for number, given in enumerate(spikes)]
        )
        steps = _sampling_steps(dt, n_traces)
        _check_labels(labels, n_traces)
        recordings = tuple(
            Recording(
                dt=steps[k],
                inputs={name: rows[name][0][k] for name in inputs},
                traces={name: rows[name][0][k] for name in traces},
                spike_trains=trains[k],
                duration=steps[k] * max(rows[name][0][k].size for name in {**inputs, **traces}),
                label=str(labels[k]) if labels is not None else f"sweep {k}",
            )
            for k in range(n_traces)
        )
        return RecordingSet(
            recordings=recordings, dimensions={name: dim for name, (_, dim) in rows.items()}
        )

    def __len__(self) -> int:
        return len(self.recordings)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recordings)

    def __getitem__(self, chosen: int | slice | Sequence[int]) -> RecordingSet:
        """Return the set of the chosen sweeps: a number, a slice, or a list of numbers."""
        numbers = self._numbers(chosen)
        listed = ", ".join(str(k) for k in numbers)
        return self.changed(
            [self.recordings[k] for k in numbers], f"sweeps {listed} of {len(self)} were chosen"
        )

    def _numbers(self, chosen: Any) -> Int[np.ndarray, " n_chosen"]:
        """Return the numbers of chosen sweeps, negative ones counted from the end."""
        everyone = np.arange(len(self))
        if isinstance(chosen, slice):
            return everyone[chosen]
        if np.ndim(chosen) == 1 and np.asarray(chosen).dtype == bool and len(chosen) == len(self):
            chosen = np.flatnonzero(chosen)
        if isinstance(chosen, int | np.integer) and not isinstance(chosen, bool):
            chosen = [chosen]
        numbers = check_integers("the sweeps of a RecordingSet", chosen)
        wrong = [number for number in numbers if not -len(self) <= number < len(self)]
        if wrong:
            raise InvalidValueError(
                f"There is no sweep {wrong[0]}: the recordings have the numbers 0 to "
                f"{len(self) - 1}."
            )
        return everyone[np.array(numbers, dtype=np.int64)]

    def without_spikes(self) -> RecordingSet:
        """Return the set with traces alone, so that a `TraceFitter` can take it."""
        sweeps = [replace(recording, spike_trains=()) for recording in self.recordings]
        return self.changed(sweeps, "the spike times were left out")

    def changed(self, recordings: Sequence[Recording], step: str) -> RecordingSet:
        """Return the set with other recordings; `step` says in words what was done to them."""
        return replace(self, recordings=tuple(recordings), history=(*self.history, step))

    def plot(self, **options: object) -> np.ndarray:
        """Draw every sweep, with its input below; see `brianfit.plots.plot_overlay`."""
        axes: np.ndarray = figure_of("recordings")(self, **options)
        return axes

    def __str__(self) -> str:
        headline, header, rows = table_of(self.recordings, self.dimensions)
        return table_under(headline, header, rows)

    def __repr__(self) -> str:
        headline, _, _ = table_of(self.recordings, self.dimensions)
        return f"<RecordingSet: {headline}>"

    def _repr_html_(self) -> str:
        headline, header, rows = table_of(self.recordings, self.dimensions)
        return as_html(headline, html_table(header, rows), html_lines(self.history))

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the input variables."""
        return tuple(self.recordings[0].inputs)

    @property
    def trace_names(self) -> tuple[str, ...]:
        """Names of the recorded variables."""
        return tuple(self.recordings[0].traces)

    @property
    def has_spikes(self) -> bool:
        """Whether spike times were recorded."""
        return bool(self.recordings[0].spike_trains)

    @property
    def durations(self) -> Float[np.ndarray, " n_traces"]:
        """Length of every sweep [s]."""
        return np.array([recording.duration for recording in self.recordings])


def check_recordings(given: object) -> None:
    """Check that an argument is a set of recordings.

    Raises
    ------
    InvalidTypeError
        If it is something else.
    """
    if not isinstance(given, RecordingSet):
        raise InvalidTypeError(
            f"`recordings` must be a RecordingSet, as brianfit.read returns it, but is of type "
            f"{type(given).__name__}."
        )


def _are_numbers(chosen: Any) -> bool:
    listed = chosen if isinstance(chosen, list | tuple | np.ndarray) else [chosen]
    return all(isinstance(one, int | np.integer) for one in listed)


def sweeps_of(name: str, given: Any) -> tuple[list[Float[np.ndarray, " _"]], Dimension]:
    """Read the sweeps of one variable: an array (n_traces, n_values) or a list of arrays.

    Returns
    -------
    sweeps
        One array per sweep, SI.
    dimensions
        Those of the first sweep; all must agree.
    """
    first = given[0] if isinstance(given, list | tuple) and given else given
    dimensions = dimensions_of(first, name)
    given = [without_mask(row) for row in given] if isinstance(given, list) else without_mask(given)
    ragged = isinstance(given, list | tuple) and any(np.ndim(sweep) == 1 for sweep in given)
    if ragged:
        sweeps = [si_array(f"{name}[{k}]", sweep, dimensions) for k, sweep in enumerate(given)]
    else:
        array = si_array(name, given, dimensions)
        if array.ndim not in (1, 2):
            raise InvalidValueError(
                f"`{name}` must have shape (n_traces, n_steps), but has shape {array.shape}."
            )
        sweeps = list(np.atleast_2d(array))
    if not sweeps or any(sweep.size == 0 for sweep in sweeps):
        raise InvalidValueError(f"`{name}` must hold at least one value per sweep, but is empty.")
    return sweeps, dimensions


def repeats_of(number: int, given: Any) -> tuple[Float[np.ndarray, " _"], ...]:
    """Read the spike trains of one sweep: an array of times, or a list of arrays."""
    name = f"spikes[{number}]"
    several = isinstance(given, list | tuple) and any(np.ndim(train) == 1 for train in given)
    trains = given if several else [given]
    read = tuple(si_array(name, train, SECOND).reshape(-1) for train in trains)
    for train in read:
        _check_are_times(name, train)
        if not np.all(np.isfinite(train)):
            raise InvalidValueError(f"`{name}` has spike times that are not finite numbers.")
    return tuple(np.sort(train) for train in read)


def _check_are_times(name: str, train: Float[np.ndarray, " _"]) -> None:
    """Check that numbers are not a mark for every step, 1 where there is a spike."""
    if train.size > MOST_AT_ONE_TIME and np.all((train == 0) | (train == 1)):
        raise InvalidValueError(
            f"`{name}` holds {train.size} numbers that are all 0 or 1, as if they marked the steps "
            "with a spike; give the times of the spikes instead: `np.flatnonzero(marks) * dt`."
        )


def _check_are_sweeps(spikes: Any) -> None:
    """Check that spikes come sweep by sweep."""
    if isinstance(spikes, Mapping):
        raise InvalidTypeError(
            "Spike times must be a list with one entry for every sweep, but are a dictionary with "
            f"the keys {list(spikes)[:5]}. Of a `SpikeMonitor` of one neuron, give `[monitor.t]`; "
            "of several, the values of `monitor.spike_trains()` as a list."
        )
    if isinstance(spikes, str) or not hasattr(spikes, "__len__"):
        raise InvalidTypeError(
            "Spike times must be a list with one entry for every sweep, but are of type "
            f"{type(spikes).__name__}."
        )


def _check_names(inputs: Mapping[str, Any], traces: Mapping[str, Any]) -> None:
    if not inputs and not traces:
        raise InvalidValueError(
            "Recordings need at least one input or trace, which tells how long they are."
        )
    for name in inputs:
        if name in traces:
            raise InvalidValueError(f"'{name}' is both an input and a trace; it can be one only.")


def _check_labels(labels: Sequence[str] | None, n_traces: int) -> None:
    if labels is not None and len(labels) != n_traces:
        raise InvalidValueError(
            f"`labels` must name each of the {n_traces} sweeps, but holds {len(labels)} names."
        )


def _sampling_steps(dt: Any, n_traces: int) -> list[float]:
    if np.ndim(dt) == 0:
        return [scalar_si("dt", dt, SECOND, plain_is_si=False)] * n_traces
    steps = si_array("dt", dt, SECOND, plain_is_si=False)
    if steps.shape != (n_traces,):
        raise InvalidValueError(
            f"`dt` (or `recording_dt`) must be one sampling step, or one for each of the "
            f"{n_traces} sweeps, but has shape {steps.shape}."
        )
    return [float(step) for step in steps]


def _common_count(counts: Mapping[str, int], spikes: SpikeTimes | None) -> int:
    counts = dict(counts) if spikes is None else {**counts, "spikes": len(spikes)}
    if len(set(counts.values())) != 1:
        listed = ", ".join(f"`{name}` {count}" for name, count in counts.items())
        raise InvalidValueError(
            f"All inputs and outputs need the same number of traces, but found: {listed}."
        )
    return next(iter(counts.values()))


def _problems_of(recording: Recording, first: Recording, number: int) -> Iterator[BrianfitError]:
    place = f"Recording {number}"
    if not (np.isfinite(recording.dt) and recording.dt > 0):
        yield InvalidValueError(
            f"{place}: the sampling step must be positive and finite, but is {recording.dt} s."
        )
    for kind in ("inputs", "traces"):
        names, expected = list(getattr(recording, kind)), list(getattr(first, kind))
        if names != expected:
            yield InvalidValueError(f"{place} has the {kind} {names}, recording 0 has {expected}.")
    if bool(recording.spike_trains) != bool(first.spike_trains):
        yield InvalidValueError(f"{place}: spikes must be given for all recordings or for none.")
    for name, values in recording.inputs.items():
        if not np.all(np.isfinite(values)):
            yield InvalidValueError(
                f"{place}: the input `{name}` has values that are not finite numbers. An input "
                "must be known at all times; only outputs may have gaps."
            )
    for name, values in recording.traces.items():
        if np.any(np.isinf(values)):
            yield InvalidValueError(
                f"{place}: the trace `{name}` has infinite values. Mark what was not measured "
                "as nan."
            )

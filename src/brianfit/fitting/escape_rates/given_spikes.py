"""A model that has the recorded spikes in the place of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from brian2.equations.codestrings import Expression
from brian2.equations.equations import PARAMETER, SUBEXPRESSION, Equations, SingleEquation
from brian2.utils.stringtools import get_identifiers

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Bool, Float, Int
from brianfit._foundation.units import DIMENSIONLESS, SECOND, Dimension, from_si, readable
from brianfit.data import Recording, RecordingSet, equal_stimuli, padded, with_spike_rate
from brianfit.engines import AbstractEngine, SimulationTask
from brianfit.fitting.escape_rates.linear_parameters import reset_statements
from brianfit.model import Model, TimedValues
from brianfit.model.model import copied

_logger = logging.getLogger(__name__)

SPIKES_GIVEN = "brianfit_spikes_given"
_RATE = "brianfit_rate"
_FEW = 0.05
_MEMORY = 400_000_000
"""Traces of so many bytes are recorded at a time."""


@final
@dataclass(frozen=True, kw_only=True)
class GivenSpikes:
    """Sweeps with one spike train each, on the time grid of the simulation.

    Attributes
    ----------
    sweeps
        With inputs and traces in steps of `dt`; a trace is nan where nothing was measured.
    spike_steps
        Numbers of the steps with a spike, by sweep.
    is_known
        Whether a spike would have been seen in a step: False after the end of a sweep, and where
        the voltage was not measured.
    blocks
        Number of the stretch of time of every step; repeats of a stimulus have the same.
    origins
        Number of the recording that a sweep comes from.
    """

    sweeps: tuple[Recording, ...]
    dimensions: Mapping[str, Dimension]
    dt: float
    spike_steps: tuple[Int[np.ndarray, " _"], ...]
    is_known: Bool[np.ndarray, "n_sweeps n_steps"]
    blocks: Int[np.ndarray, "n_sweeps n_steps"]
    origins: tuple[int, ...]

    @property
    def n_steps(self) -> int:
        """Of the longest sweep."""
        return int(self.is_known.shape[1])

    @property
    def shortest_interval(self) -> float:
        """Between two spikes of a train [s]; inf if no train has two."""
        gaps = [np.diff(steps).min() for steps in self.spike_steps if steps.size > 1]
        return float(min(gaps, default=np.inf)) * self.dt

    def without_closer(self, interval: float) -> GivenSpikes:
        """Return the sweeps without spikes that follow another one within an interval [s].

        A model does not spike while it is refractory. Few such spikes are left out, and it is said.

        Raises
        ------
        InvalidValueError
            If there are many of them.
        """
        n_steps = round(interval / self.dt)
        kept = tuple(_apart(steps, n_steps) for steps in self.spike_steps)
        n_spikes = sum(steps.size for steps in self.spike_steps)
        n_lost = n_spikes - sum(steps.size for steps in kept)
        if n_lost == 0:
            return self
        found = (
            f"{n_lost} of {n_spikes} spikes follow another one within the refractory time of "
            f"{readable(interval, SECOND)}"
        )
        if n_lost > _FEW * n_spikes:
            raise InvalidValueError(
                f"{found}. Give a shorter refractory time, or detect spikes with a longer dead "
                "time if one spike was taken for two."
            )
        _logger.warning("%s; they are left out.", found)
        return replace(self, spike_steps=kept)

    def inputs(self) -> dict[str, TimedValues]:
        """Return the inputs and the spikes as the equations see them."""
        given = {
            name: self._timed([sweep.inputs[name] for sweep in self.sweeps], name)
            for name in self.sweeps[0].inputs
        }
        marks = np.zeros((len(self.sweeps), self.n_steps))
        for row, steps in zip(marks, self.spike_steps, strict=True):
            row[steps] = 1.0
        given[SPIKES_GIVEN] = TimedValues(values=marks, dt=self.dt, dimensions=DIMENSIONLESS)
        return given

    def _timed(self, rows: list[np.ndarray], name: str) -> TimedValues:
        return TimedValues(values=padded(rows), dt=self.dt, dimensions=self.dimensions[name])


def _apart(steps: Int[np.ndarray, " _"], n_steps: int) -> Int[np.ndarray, " _"]:
    """Return the spikes that are at least so many steps after the one kept before."""
    kept: list[int] = []
    for step in steps.tolist():
        if not kept or step - kept[-1] >= n_steps:
            kept.append(step)
    return np.array(kept, dtype=np.int64)


def give_spikes(
    recordings: RecordingSet, dt: float, *, trace: str | None, n_blocks: int
) -> GivenSpikes:
    """Return every spike train of the recordings as a sweep of its own.

    Parameters
    ----------
    trace
        The voltage that the spikes were found in, if there is one: they are unknown where it is
        nan, and repeats then are sweeps of their own.

    Raises
    ------
    InvalidValueError
        If the spikes are not known, or a sweep with a voltage has not one train.
    """
    rates = with_spike_rate(recordings, from_si(dt, SECOND), name=_RATE)
    counts = [len(recording.spike_trains) for recording in recordings]
    origins = tuple(int(k) for k in np.repeat(np.arange(len(recordings)), counts))
    if trace is not None and set(counts) != {1}:
        raise InvalidValueError(
            "Each sweep needs the spikes of its own voltage, but one has "
            f"{max(counts)} spike trains. Use `with_spikes`."
        )
    sweeps, known, steps = [], [], []
    for origin, rate in zip(origins, rates, strict=True):
        marks = rate.traces[_RATE] * dt
        recording = recordings.recordings[origin]
        traces = {} if trace is None else {trace: _on_steps(recording, trace, rate)}
        sweeps.append(replace(rate, traces=traces))
        known.append(np.isfinite(traces[trace]) if trace else np.ones(marks.size, dtype=bool))
        steps.append(np.flatnonzero(marks > 0.5))
    n_steps = max(row.size for row in known)
    is_known = np.zeros((len(sweeps), n_steps), dtype=bool)
    for row, values in zip(is_known, known, strict=True):
        row[: values.size] = values
    names = (*recordings.input_names, *(() if trace is None else (trace,)))
    return GivenSpikes(
        sweeps=tuple(sweeps),
        dimensions={name: recordings.dimensions[name] for name in names},
        dt=dt,
        spike_steps=tuple(steps),
        is_known=is_known,
        blocks=_blocks(recordings, origins, is_known, n_blocks),
        origins=origins,
    )


def _on_steps(recording: Recording, trace: str, rate: Recording) -> Float[np.ndarray, " n_steps"]:
    """Return a trace at the steps of `rate`, nan where none is known."""
    voltage = recording.traces[trace]
    n_steps = rate.traces[_RATE].size
    places = np.floor(np.arange(n_steps) * (rate.dt / recording.dt) + 1e-6).astype(np.int64)
    known = places < voltage.size
    return np.where(known, voltage[np.where(known, places, 0)], np.nan)


def _blocks(
    recordings: RecordingSet, origins: Sequence[int], is_known: np.ndarray, n_blocks: int
) -> Int[np.ndarray, "n_sweeps n_steps"]:
    """Return stretches of equal length; what is alike in all repeats of a stimulus is in one.

    Stimuli follow each other, so that a stretch of several short sweeps holds whole ones.
    """
    lengths = is_known.shape[1] - np.argmax(is_known[:, ::-1], axis=1)
    groups = equal_stimuli(recordings)
    group_of = {sweep: k for k, group in enumerate(groups) for sweep in group}
    longest = np.zeros(len(groups), dtype=np.int64)
    for origin, length in zip(origins, lengths, strict=True):
        longest[group_of[origin]] = max(longest[group_of[origin]], length)
    starts = np.concatenate([[0], np.cumsum(longest)])
    place = np.array([starts[group_of[origin]] for origin in origins])
    steps = place[:, np.newaxis] + np.arange(is_known.shape[1])
    numbers = steps * n_blocks // max(int(starts[-1]), 1)
    return np.asarray(np.minimum(numbers, n_blocks - 1), dtype=np.int64)


def with_given_spikes(model: Model, wanted: Mapping[str, tuple[str, Dimension]]) -> Model:
    """Return what is needed of a model to compute expressions, with the recorded spikes.

    Parameters
    ----------
    wanted
        ``{name: (expression, dimensions)}`` of what is to be computed, as subexpressions.
    """
    texts = [text for text, _ in wanted.values()]
    kept = needed_names(model, [*texts, str(model.refractory)])
    statements = [parts for parts in reset_statements(model.reset) if parts[0] in kept]
    equations = [copied(e) for e in model.equations.values() if e.varname in kept]
    equations += [
        SingleEquation(SUBEXPRESSION, name, dimensions, expr=Expression(text))
        for name, (text, dimensions) in wanted.items()
    ]
    return replace(
        model,
        equations=Equations(equations),
        threshold=f"{SPIKES_GIVEN} > 0.5",
        reset="\n".join(" ".join(parts) for parts in statements) or None,
        initial_values={k: v for k, v in model.initial_values.items() if k in kept},
    )


def needed_names(model: Model, texts: Sequence[str]) -> frozenset[str]:
    """Return the names that expressions use, directly or through the equations and the reset."""
    of_name: dict[str, list[str]] = {
        e.varname: [] if e.type == PARAMETER else [e.expr.code] for e in model.equations.values()
    }
    for variable, _, text in reset_statements(model.reset):
        of_name.setdefault(variable, []).append(text)
    for name, start in model.initial_values.items():
        of_name.setdefault(name, []).extend([start] if isinstance(start, str) else [])
    found: set[str] = set()
    waiting = list(texts)
    while waiting:
        for name in get_identifiers(waiting.pop()) - found:
            found.add(name)
            waiting.extend(of_name.get(name, []))
    return frozenset(found)


def simulate(
    model: Model,
    given: GivenSpikes,
    recorded: Sequence[str],
    values: Mapping[str, float],
    engine: AbstractEngine,
) -> Iterator[tuple[str, Float[np.ndarray, "n_sweeps n_steps"]]]:
    """Simulate a model of `with_given_spikes`; yield every recorded variable and its trace.

    Raises
    ------
    InvalidValueError
        If a value is not finite.
    """
    inputs = given.inputs()
    used = {
        name: values[name] for name in model.parameter_names if name not in model.initial_values
    }
    at_a_time = max(1, int(_MEMORY // (8 * len(given.sweeps) * given.n_steps)))
    for first in range(0, len(recorded), at_a_time):
        group = tuple(recorded[first : first + at_a_time])
        task = SimulationTask(
            model=model,
            parameter_names=tuple(used),
            inputs=inputs,
            n_traces=len(given.sweeps),
            n_steps=given.n_steps,
            dt=given.dt,
            recorded=group,
        )
        samples = np.array([list(used.values())], dtype=np.float64).reshape(1, len(used))
        found = engine.prepare(task).run(samples, iteration=0, seed=0)
        for name in group:
            trace = found.traces[name][0]
            if not np.all(np.isfinite(trace[given.is_known])):
                raise InvalidValueError(
                    "The model diverges when it is given the recorded spikes: its time constants "
                    "are shorter than a step, or its voltage leaves the range of its equations."
                )
            yield name, trace


__all__ = [
    "SPIKES_GIVEN",
    "GivenSpikes",
    "give_spikes",
    "needed_names",
    "simulate",
    "with_given_spikes",
]

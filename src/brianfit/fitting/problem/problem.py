"""What is to be fitted: the model, the recordings and the time grid, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import DIMENSIONLESS, Dimension
from brianfit.data import RecordingSet, on_simulation_grid, padded, without_gaps
from brianfit.engines import SimulationTask
from brianfit.model import Model, TimedValues
from brianfit.objective import SPIKES

TARGET_SUFFIX = "_target"


@final
@dataclass(frozen=True, kw_only=True)
class Problem:
    """A model and the recordings that it shall reproduce.

    Attributes
    ----------
    model
        Without namespace; `with_namespace` adds it.
    recordings
        Inputs and what was measured.
    dt
        Simulation step [s].
    output_names
        What is compared, in the order of the user; ``'spikes'`` for the spike times.
    repeats
        How often every trace is simulated in a fit, for models with noise.
    """

    model: Model
    recordings: RecordingSet
    dt: float
    output_names: tuple[str, ...]
    repeats: int = 1

    @property
    def n_traces(self) -> int:
        """The number of traces."""
        return len(self.recordings)

    @property
    def duration(self) -> float:
        """Length of the longest trace [s]."""
        return float(self.recordings.durations.max())

    @property
    def n_steps(self) -> int:
        """The number of simulation steps."""
        return max(1, round(self.duration / self.dt))

    @property
    def trace_names(self) -> tuple[str, ...]:
        """Outputs that are variables."""
        return tuple(name for name in self.output_names if name != SPIKES)

    @property
    def is_reset(self) -> bool:
        """Whether spikes reset the model, so that its voltage does not show them."""
        model = self.model
        return model.threshold is not None and bool(model.reset and model.reset.strip())

    def output_dimensions(self, name: str) -> Dimension:
        """Return the physical dimensions of an output; spikes have none."""
        return DIMENSIONLESS if name == SPIKES else self.model.dimensions(name)

    def with_namespace(self, namespace: Mapping[str, Any]) -> Problem:
        """Return the problem with external constants."""
        return replace(self, model=replace(self.model, namespace=dict(namespace)))

    def with_initial_values(self, initial_values: Mapping[str, Any]) -> Problem:
        """Return the problem with other initial values."""
        return replace(self, model=replace(self.model, initial_values=dict(initial_values)))

    def with_repeats(self, repeats: int) -> Problem:
        """Return the problem with every trace simulated several times."""
        return replace(self, repeats=repeats)

    def task(self) -> SimulationTask:
        """Return what an engine must know; nothing is recorded yet.

        Trace ``j * repeats + k`` of the simulation is repeat k of trace j.
        """
        return SimulationTask(
            model=self.model,
            parameter_names=(),
            inputs={
                name: self._repeated(self.input_values(name))
                for name in self.recordings.input_names
            },
            targets={
                name + TARGET_SUFFIX: self._repeated(self._target_values(name))
                for name in self.trace_names
            },
            n_traces=self.n_traces * self.repeats,
            n_steps=self.n_steps,
            dt=self.dt,
        )

    def timed_names(self) -> dict[str, TimedValues]:
        """Return what equations may use without defining it; only names and units count."""
        dimensions = self.recordings.dimensions
        units = {name: dimensions[name] for name in self.recordings.input_names}
        units.update({name + TARGET_SUFFIX: dimensions[name] for name in self.trace_names})
        return {
            name: TimedValues(values=np.zeros((1, 1)), dt=self.dt, dimensions=unit)
            for name, unit in units.items()
        }

    def input_values(self, name: str) -> TimedValues:
        """Return an input as the equations see it."""
        rows = [recording.inputs[name] for recording in self.recordings]
        return self._timed(rows, self.recordings.dimensions[name])

    def data(self, name: str) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return a recorded trace at the steps of the simulation; nan where not measured."""
        rows = [
            on_simulation_grid(
                recording.traces[name],
                recorded_dt=recording.dt,
                dt=self.dt,
                n_steps=self.n_steps,
            )
            for recording in self.recordings
        ]
        return np.array(rows)

    def spike_trains(self) -> tuple[list[Float[np.ndarray, " _"]], tuple[int, ...]]:
        """Return all recorded trains, and the number of the trace of each."""
        trains, traces = [], []
        for number, recording in enumerate(self.recordings):
            trains += list(recording.spike_trains)
            traces += [number] * len(recording.spike_trains)
        return trains, tuple(traces)

    def _repeated(self, timed: TimedValues) -> TimedValues:
        if self.repeats == 1:
            return timed
        return replace(timed, values=np.repeat(timed.values, self.repeats, axis=0))

    def _target_values(self, name: str) -> TimedValues:
        rows = [without_gaps(recording.traces[name]) for recording in self.recordings]
        return self._timed(rows, self.recordings.dimensions[name])

    def _timed(self, rows: list[np.ndarray], dimensions: Dimension) -> TimedValues:
        """Return values over time, on the grid of the simulation unless theirs fits into it.

        An input that may change within a step would rule out Brian's exact integration.
        """
        steps = [recording.dt for recording in self.recordings]
        if len(set(steps)) == 1 and _is_multiple(steps[0], self.dt):
            return TimedValues(values=padded(rows), dt=steps[0], dimensions=dimensions)
        held = [
            _held(row, recorded_dt=step, dt=self.dt, n_steps=self.n_steps)
            for row, step in zip(rows, steps, strict=True)
        ]
        return TimedValues(values=np.array(held), dt=self.dt, dimensions=dimensions)


def on_recordings(problem: Problem, name: str, recordings: Any) -> Problem:
    """Return the problem with other recordings, which have the same inputs and outputs.

    Parameters
    ----------
    name
        Of the argument, for messages.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If they are no recordings, or lack an input or output.
    """
    check_instance(name, recordings, RecordingSet, "a RecordingSet")
    has = {*recordings.trace_names, *([SPIKES] if recordings.has_spikes else [])}
    missing = [each for each in problem.output_names if each not in has]
    missing += [
        each for each in problem.recordings.input_names if each not in recordings.input_names
    ]
    if missing:
        raise InvalidValueError(
            f"`{name}` must have the inputs and outputs of the fit, but lacks {', '.join(missing)}."
        )
    return replace(problem, recordings=recordings)


def _is_multiple(step: float, dt: float) -> bool:
    ratio = step / dt
    return round(ratio) >= 1 and abs(ratio - round(ratio)) < 1e-6 * ratio


def _held(
    values: Float[np.ndarray, " n_values"], *, recorded_dt: float, dt: float, n_steps: int
) -> Float[np.ndarray, " n_steps"]:
    """Return values held constant between their times, at the steps of the simulation."""
    position = np.floor(np.arange(n_steps) * (dt / recorded_dt) + 1e-6).astype(np.int64)
    return np.asarray(values[np.minimum(position, values.size - 1)])

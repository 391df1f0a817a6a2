"""Signals of sweeps to recordings: chosen first, then read, and laid on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, unit_name
from brianfit.data.readers._agreement import compared
from brianfit.data.readers._axis import Laid
from brianfit.data.readers._base import ReadRequest, check_memory
from brianfit.data.readers._report import Report
from brianfit.data.readers._roles import Chosen, Wanted, choose
from brianfit.data.readers._signals import Role, Samples, Signal, Sweep, load
from brianfit.data.recordings import Recording, RecordingSet


def recordings_of(
    path: Path, sweeps: Sequence[Sweep], wanted: Wanted, request: ReadRequest
) -> tuple[RecordingSet, Report]:
    """Return the recordings of sweeps, and what users should know.

    Raises
    ------
    InvalidValueError
        If it is not clear which channel is what, or sweeps differ in what they hold.
    UnreadableFileError
        If the values that are needed take too much memory.
    """
    chosen = [choose(sweep, wanted) for sweep in sweeps]
    dimensions = _common_dimensions(sweeps, chosen)
    needed = [signal for one in chosen for signal in _signals(one)]
    check_memory(path, sum(signal.n_values or 0 for signal in needed), request)
    samples = dict(zip(map(id, needed), load(needed), strict=True))
    report = Report()
    for signal in needed:
        report.digest.update(np.ascontiguousarray(samples[id(signal)].values).data)
    recordings = []
    for sweep, one in zip(sweeps, chosen, strict=True):
        _tell_of_unknown_units(sweep, one, wanted, report)
        recording = _recording(sweep, one, samples, report)
        if recording is not None:
            recordings.append(recording)
        for signal in _signals(one):  # what is laid on its axis need not be kept twice
            samples.pop(id(signal), None)
    if not recordings:
        raise InvalidValueError(f"{path.name}: nothing was measured in any of its sweeps.")
    return RecordingSet(recordings=tuple(recordings), dimensions=dimensions), report


def _common_dimensions(sweeps: Sequence[Sweep], chosen: Sequence[Chosen]) -> dict[str, Dimension]:
    dimensions = chosen[0].dimensions
    for sweep, one in zip(sweeps, chosen, strict=True):
        found = one.dimensions
        if found != dimensions or set(one.traces) != set(chosen[0].traces):
            raise InvalidValueError(
                f"Sweeps of different kinds cannot be fitted together: {sweeps[0].label} has "
                f"{_kind(chosen[0])}, but {sweep.label} has {_kind(one)}. Choose some of them "
                "with `sweeps`, or by `clamp` ('current' or 'voltage')."
            )
    return dimensions


def _tell_of_unknown_units(sweep: Sweep, chosen: Chosen, wanted: Wanted, report: Report) -> None:
    """Warn of channels that were left out because nobody told their unit."""
    unknown = [f"'{s.name}'" for s in sweep.signals if s.dimensions is None and not s.unit]
    if unknown and not chosen.inputs and not wanted.stimulus_is_given:
        report.warn(
            sweep.label,
            f"{', '.join(unknown)} was left out, since its unit is not told. Give it, such as "
            "units={'I': pA} (on the command line --unit 'I=pA').",
        )


def _signals(chosen: Chosen) -> list[Signal]:
    named = [s for several in (chosen.inputs, chosen.traces) for t in several.values() for s in t]
    return [*named, *chosen.beside.values()]


def _recording(
    sweep: Sweep, chosen: Chosen, samples: Mapping[int, Samples], report: Report
) -> Recording | None:
    everything = {**chosen.inputs, **chosen.traces}
    if not everything:
        raise InvalidValueError(f"{sweep.label} holds no signal that could be used.")
    leading = next(iter(chosen.traces.values()), next(iter(everything.values())))
    axis = samples[id(leading[0])]
    if chosen.traces and not any(
        np.any(np.isfinite(samples[id(s)].values)) for t in chosen.traces.values() for s in t
    ):
        report.warn(sweep.label, "has no measured value, and was left out.")
        return None
    _check_not_empty(sweep, everything, samples)
    for signal in _signals(chosen):
        report.tell(signal.told)
        for sentence in signal.warnings:
            report.warn(sweep.label, sentence)
    laid = Laid(sweep=sweep, axis=axis, report=report)
    traces = {name: laid.trace(name, signals, samples) for name, signals in chosen.traces.items()}
    inputs = {}
    for name, signals in chosen.inputs.items():
        beside = chosen.beside.get(name)
        values, known = laid.stimulus(name, signals, samples)
        if beside is not None:
            values = compared(signals[0], beside, values, laid, samples)
        inputs[name] = _known(sweep, name, values)
        if not known.all():
            traces = {own: np.where(known, row, np.nan) for own, row in traces.items()}
    return Recording(
        dt=axis.dt,
        inputs={name: values[: laid.length] for name, values in inputs.items()},
        traces={name: values[: laid.length] for name, values in traces.items()},
        spike_trains=sweep.spike_trains,
        duration=axis.dt * laid.length,
        label=sweep.label,
    )


def _check_not_empty(
    sweep: Sweep, chosen: Mapping[str, tuple[Signal, ...]], samples: Mapping[int, Samples]
) -> None:
    for name, signals in chosen.items():
        if any(samples[id(signal)].values.size < 2 for signal in signals):
            raise InvalidValueError(f"'{name}' has no values in {sweep.label}.")


def _known(sweep: Sweep, name: str, values: Float[np.ndarray, " _"]) -> Float[np.ndarray, " _"]:
    if not np.all(np.isfinite(values)):
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        raise InvalidValueError(
            f"The stimulus '{name}' is not a number at value {first} of {sweep.label}; it must be "
            "known at all times."
        )
    return values


def _kind(chosen: Chosen) -> str:
    units = {name: f"{name} [{unit_name(dim)}]" for name, dim in chosen.dimensions.items()}
    traces = ", ".join(units[name] for name in chosen.traces) or "no trace"
    inputs = ", ".join(units[name] for name in chosen.inputs) or "no stimulus"
    return f"{traces} for {inputs}"


def laid_on(
    recordings: RecordingSet,
    stimuli: Sequence[Recording],
    dimensions: Dimension,
    *,
    may_differ: bool,
) -> tuple[list[Float[np.ndarray, " _"]], list[str]]:
    """Return stimuli of another file on the time axes of recordings; both begin together.

    Parameters
    ----------
    may_differ
        Whether a stimulus may be shorter or longer than its response.

    Returns
    -------
    values
        By recording; one stimulus is used for all.
    sentences
        Warnings.

    Raises
    ------
    InvalidValueError
        If there is another number of stimuli, or one has another duration.
    """
    rows = [next(iter({**one.inputs, **one.traces}.values())) for one in stimuli]
    samples = [Samples(values=row, dt=one.dt) for row, one in zip(rows, stimuli, strict=True)]
    if len(samples) == 1:
        samples *= len(recordings)
    if len(samples) != len(recordings):
        raise InvalidValueError(
            f"The stimulus has values for {len(samples)} sweeps, but there are {len(recordings)}."
        )
    report = Report()
    values = []
    for recording, own in zip(recordings, samples, strict=True):
        trace = next(iter({**recording.traces, **recording.inputs}.values()))
        sweep = Sweep(label=recording.label, signals=())
        laid = Laid(sweep=sweep, axis=Samples(values=trace, dt=recording.dt), report=report)
        signal = Signal.from_values(
            "stimulus", own.values, dimensions=dimensions, dt=own.dt, role=Role.STIMULUS
        )
        row, known = laid.stimulus("stimulus", [signal], {id(signal): own})
        longer = abs(own.dt * own.values.size - recording.duration)
        is_another = longer > 1.01 * max(own.dt, recording.dt) and not may_differ
        if is_another or not known.all() or not np.all(np.isfinite(row)):
            raise InvalidValueError(
                f"The stimulus of {recording.label} has {own.values.size} values, "
                f"{own.values.size * own.dt:.6g} s, but its response {trace.size}, "
                f"{recording.duration:.6g} s."
            )
        values.append(row)
    return values, report.sentences

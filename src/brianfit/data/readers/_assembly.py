"""Signals of sweeps to recordings: which are the inputs, which the traces, on one grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from brian2 import amp, volt

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Dimension, same_dimensions, unit_name
from brianfit.data.readers._base import Role, Signal, Sweep
from brianfit.data.recordings import Recording, RecordingSet

_USUAL_NAMES = {amp.dim: "I", volt.dim: "v"}


@final
@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which channel becomes which variable: ``{variable: channel}``; None: find them out."""

    inputs: Mapping[str, str | None] | None = None
    outputs: Mapping[str, str | None] | None = None


def recordings_of(sweeps: Sequence[Sweep], wanted: Wanted) -> tuple[RecordingSet, tuple[str, ...]]:
    """Return the recordings, and sentences on what had to be done to the signals.

    Raises
    ------
    InvalidValueError
        If it is not clear which channel is what, or sweeps differ in what they hold.
    """
    notes: dict[str, None] = {}
    recordings: list[Recording] = []
    dimensions: dict[str, Dimension] = {}
    for sweep in sweeps:
        inputs, traces = _sorted_out(sweep, wanted)
        recordings.append(_recording(sweep, inputs, traces, notes))
        found = {name: signal.dimensions for name, signal in {**inputs, **traces}.items()}
        dimensions = dimensions or found
        if found != dimensions:
            raise InvalidValueError(
                f"Sweeps of different kinds cannot be fitted together: {sweeps[0].label} has "
                f"{_units(dimensions)}, but {sweep.label} has {_units(found)}. Choose some of them "
                "with `sweeps`."
            )
    return RecordingSet(recordings=tuple(recordings), dimensions=dimensions), tuple(notes)


def _sorted_out(sweep: Sweep, wanted: Wanted) -> tuple[dict[str, Signal], dict[str, Signal]]:
    traces = _named(sweep, wanted.outputs, Role.RESPONSE)
    if traces is None:
        traces = _response(sweep, wanted)
    taken = [id(signal) for signal in traces.values()]
    rest = [signal for signal in sweep.signals if id(signal) not in taken]
    inputs = _named(Sweep(label=sweep.label, signals=tuple(rest)), wanted.inputs, Role.STIMULUS)
    if inputs is None:
        inputs = _stimulus(rest, traces, wanted)
    return inputs, traces


def _named(
    sweep: Sweep, given: Mapping[str, str | None] | None, role: Role
) -> dict[str, Signal] | None:
    """Return the signals that the user named; None where the user named none."""
    if given is None or any(channel is None for channel in given.values()):
        return None
    return {name: _channel(sweep, str(channel), role) for name, channel in given.items()}


def _channel(sweep: Sweep, channel: str, role: Role) -> Signal:
    by_role = sorted(sweep.signals, key=lambda signal: signal.role is not role)
    for signal in by_role:
        if signal.name == channel:
            return signal
    raise InvalidValueError(
        f"There is no channel {channel!r} in {sweep.label}. There are: {_listed(sweep.signals)}."
    )


def _response(sweep: Sweep, wanted: Wanted) -> dict[str, Signal]:
    named = [channel for channel in (wanted.inputs or {}).values() if channel is not None]
    free = [s for s in sweep.signals if s.role is not Role.STIMULUS and s.name not in named]
    known = [s for s in free if s.role is Role.RESPONSE] or _of_unit(free, volt.dim) or free
    if not known and sweep.spike_trains:
        return {}
    if len(known) != 1:
        raise InvalidValueError(
            f"It is not clear which channel is the response in {sweep.label}. There are: "
            f"{_listed(sweep.signals)}. Name it, such as outputs={{'v': 'the channel'}}."
        )
    name = next(iter(wanted.outputs), None) if wanted.outputs else None
    return {name or _usual_name(known[0]): known[0]}


def _stimulus(
    rest: Sequence[Signal], traces: Mapping[str, Signal], wanted: Wanted
) -> dict[str, Signal]:
    opposite = amp.dim if _of_unit(list(traces.values()), volt.dim) else volt.dim
    free = [s for s in _of_unit(rest, opposite) if s.role is not Role.RESPONSE]
    # What was measured includes a holding current; what was commanded may not.
    known = [s for s in free if s.role is Role.UNKNOWN] or free
    if len(known) > 1:
        raise InvalidValueError(
            f"It is not clear which channel is the stimulus. There are: {_listed(known)}. Name it, "
            "such as inputs={'I': 'the channel'}."
        )
    name = next(iter(wanted.inputs), None) if wanted.inputs else None
    return {name or _usual_name(signal): signal for signal in known}


def _recording(
    sweep: Sweep,
    inputs: Mapping[str, Signal],
    traces: Mapping[str, Signal],
    notes: dict[str, None],
) -> Recording:
    everything = {**inputs, **traces}
    if not everything:
        raise InvalidValueError(f"{sweep.label} holds no signal that could be used.")
    leading = next(iter(traces.values()), next(iter(everything.values())))
    values = {
        name: _on_step(name, signal, leading.dt, notes) for name, signal in everything.items()
    }
    _check_not_empty(sweep, values)
    length = min(row.size for row in values.values())
    if any(row.size != length for row in values.values()):
        notes["signals of one sweep differed in length and were cut to the shorter"] = None
    return Recording(
        dt=leading.dt,
        inputs={name: _known(sweep, name, values[name][:length]) for name in inputs},
        traces={name: values[name][:length] for name in traces},
        spike_trains=sweep.spike_trains,
        duration=leading.dt * length,
        label=sweep.label,
    )


def _on_step(
    name: str, signal: Signal, dt: float, notes: dict[str, None]
) -> Float[np.ndarray, " _"]:
    if abs(signal.dt / dt - 1) <= 1e-6 or signal.values.size == 0:
        return signal.values
    notes[f"'{name}' had another sampling step and was interpolated to that of the response"] = None
    n_values = int((signal.values.size - 1) * signal.dt / dt + 1e-6) + 1
    own = np.arange(signal.values.size) * signal.dt
    return np.asarray(np.interp(np.arange(n_values) * dt, own, signal.values))


def _check_not_empty(sweep: Sweep, values: Mapping[str, Float[np.ndarray, " _"]]) -> None:
    for name, row in values.items():
        if row.size < 2:
            raise InvalidValueError(f"'{name}' has no values in {sweep.label}.")


def _known(sweep: Sweep, name: str, values: Float[np.ndarray, " _"]) -> Float[np.ndarray, " _"]:
    if not np.all(np.isfinite(values)):
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        raise InvalidValueError(
            f"The stimulus '{name}' is not a number at value {first} of {sweep.label}; it must be "
            "known at all times."
        )
    return values


def _of_unit(signals: Sequence[Signal], dimensions: Dimension) -> list[Signal]:
    return [signal for signal in signals if same_dimensions(signal.dimensions, dimensions)]


def _usual_name(signal: Signal) -> str:
    return _USUAL_NAMES.get(signal.dimensions, signal.name)


def _listed(signals: Sequence[Signal]) -> str:
    return ", ".join(_described(signals)) or "none"


def _described(signals: Sequence[Signal]) -> Iterator[str]:
    for signal in signals:
        yield f"'{signal.name}' [{unit_name(signal.dimensions)}]"


def _units(dimensions: Mapping[str, Dimension]) -> str:
    return ", ".join(f"{name} [{unit_name(dim)}]" for name, dim in dimensions.items())

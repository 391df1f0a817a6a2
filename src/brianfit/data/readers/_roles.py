"""Which signal of a sweep is the response, and which its stimulus."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from brian2 import amp, volt

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.units import Dimension, same_dimensions, unit_name
from brianfit.data.readers._signals import Role, Signal, Sweep

_USUAL_NAMES = {amp.dim: "I", volt.dim: "v"}
_NUMBERS = re.compile(r"\d+")
_SHOWN = 16


@final
@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which channel becomes which variable: ``{variable: channel}``; None: find them out.

    A channel may be a sum, ``"a + b"``. With `stimulus_is_given`, none is looked for.
    """

    inputs: Mapping[str, str | None] | None = None
    outputs: Mapping[str, str | None] | None = None
    stimulus_is_given: bool = False


@final
@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The signals of one sweep by what they become; a sum has several.

    `beside` holds, by input, another signal that should say the same: a recorded current beside the
    commanded one.
    """

    inputs: Mapping[str, tuple[Signal, ...]]
    traces: Mapping[str, tuple[Signal, ...]]
    beside: Mapping[str, Signal]

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of every variable."""
        found: dict[str, Dimension] = {}
        for name, signals in {**self.inputs, **self.traces}.items():
            first = signals[0]
            if first.dimensions is None:
                first.values  # noqa: B018 - the source says which unit is not known, and what to do
            for signal in signals:
                if signal.dimensions != first.dimensions:
                    raise InvalidValueError(
                        f"Signals of different units cannot be added: {listed(signals)}."
                    )
            if first.dimensions is not None:
                found[name] = first.dimensions
        return found


def choose(sweep: Sweep, wanted: Wanted) -> Chosen:
    """Return which signals of a sweep become which variables.

    Raises
    ------
    InvalidValueError
        If that is not clear, or a channel that was named is not there.
    """
    traces = _named(sweep, wanted.outputs, Role.RESPONSE)
    if traces is None:
        traces = _response(sweep, wanted)
    taken = {id(signal) for signals in traces.values() for signal in signals}
    rest = replace(sweep, signals=tuple(s for s in sweep.signals if id(s) not in taken))
    if wanted.stimulus_is_given:
        return Chosen(inputs={}, traces=traces, beside={})
    inputs = _named(rest, wanted.inputs, Role.STIMULUS)
    if inputs is not None:
        return Chosen(inputs=inputs, traces=traces, beside={})
    return _with_stimulus(sweep, rest.signals, traces, wanted)


def listed(signals: Sequence[Signal]) -> str:
    """Return signals with their units, for messages."""
    shown = ", ".join(_described(signals[:_SHOWN])) or "none"
    return f"{shown} and {len(signals) - _SHOWN} more" if len(signals) > _SHOWN else shown


def _named(
    sweep: Sweep, given: Mapping[str, str | None] | None, role: Role
) -> dict[str, tuple[Signal, ...]] | None:
    """Return the signals that the user named; None where the user named none."""
    if given is None or any(channel is None for channel in given.values()):
        return None
    return {name: _channels(sweep, str(channel), role) for name, channel in given.items()}


def _channels(sweep: Sweep, channel: str, role: Role) -> tuple[Signal, ...]:
    whole = _called(sweep.signals, channel, role)
    if not whole and " + " in channel:
        parts = [_channels(sweep, part.strip(), role) for part in channel.split(" + ")]
        return tuple(signal for part in parts for signal in part)
    if not whole:
        names = [signal.name for signal in sweep.signals]
        raise InvalidValueError(
            f"There is no channel {channel!r} in {sweep.label}. There are: "
            f"{listed(sweep.signals)}.{suggestion(channel, names)}"
        )
    if len(whole) > 1:
        raise InvalidValueError(
            f"Several channels of {sweep.label} are called {channel!r}: {listed(whole)}. Name one "
            "by its own name, or several as a sum, such as 'a + b'."
        )
    return (whole[0],)


def _called(signals: Sequence[Signal], channel: str, role: Role) -> list[Signal]:
    for found in (
        [s for s in signals if s.name == channel],
        [s for s in signals if channel in s.other_names],
    ):
        fitting = [s for s in found if s.role is role]
        if found:
            return fitting or found
    return []


def possible_responses(sweep: Sweep, wanted: Wanted) -> list[Signal]:
    """Return the signals of a sweep that may be the response, none being named."""
    if wanted.outputs is not None and None not in wanted.outputs.values():
        return []
    named = _named(sweep, wanted.inputs, Role.STIMULUS) or {}
    taken = {id(signal) for signals in named.values() for signal in signals}
    commands = {Role.STIMULUS, Role.HELD}
    free = [s for s in sweep.signals if s.role not in commands and id(s) not in taken]
    return [s for s in free if s.role is Role.RESPONSE] or _of_unit(free, volt.dim) or free


def possible_stimuli(sweep: Sweep, wanted: Wanted) -> list[Signal]:
    """Return the signals that may be the stimulus, none being named, if the response is clear."""
    if wanted.stimulus_is_given or (wanted.inputs and None not in wanted.inputs.values()):
        return []
    traces = _named(sweep, wanted.outputs, Role.RESPONSE)
    responses = [s for signals in (traces or {}).values() for s in signals]
    responses = responses or possible_responses(sweep, wanted)
    if len(responses) != 1:
        return []
    rest = [signal for signal in sweep.signals if signal is not responses[0]]
    commands, recorded = _of_opposite_unit(rest, responses)
    return _fitting(sweep, responses, commands) or _fitting(sweep, responses, recorded)


def _response(sweep: Sweep, wanted: Wanted) -> dict[str, tuple[Signal, ...]]:
    known = possible_responses(sweep, wanted)
    if not known and sweep.spike_trains:
        return {}
    if known and all(signal.dimensions is None for signal in sweep.signals):
        known[0].values  # noqa: B018 - the source says which unit is not known, and what to do
    if len(known) != 1:
        raise InvalidValueError(
            f"It is not clear which channel is the response in {sweep.label}. There are: "
            f"{listed(sweep.signals)}. Name it, such as outputs={{'v': 'the channel'}} (on the "
            "command line --output 'v=the channel')."
        )
    name = next(iter(wanted.outputs), None) if wanted.outputs else None
    return {name or _usual_name(known[0]): (known[0],)}


def _with_stimulus(
    sweep: Sweep,
    rest: Sequence[Signal],
    traces: Mapping[str, tuple[Signal, ...]],
    wanted: Wanted,
) -> Chosen:
    responses = [signal for signals in traces.values() for signal in signals]
    commands, recorded = _of_opposite_unit(rest, responses)
    command = _partner(sweep, _fitting(sweep, responses, commands))
    measured = _partner(sweep, _fitting(sweep, responses, recorded), must_be_one=command is None)
    chosen = command or measured
    if chosen is None:
        return Chosen(inputs={}, traces=traces, beside={})
    name = (next(iter(wanted.inputs), None) if wanted.inputs else None) or _usual_name(chosen)
    beside = {name: measured} if command is not None and measured is not None else {}
    return Chosen(inputs={name: (chosen,)}, traces=traces, beside=beside)


def _of_opposite_unit(
    rest: Sequence[Signal], responses: Sequence[Signal]
) -> tuple[list[Signal], list[Signal]]:
    """Return commands and recorded signals in the unit of a stimulus."""
    opposite = amp.dim if _of_unit(responses, volt.dim) else volt.dim
    free = _of_unit([s for s in rest if s.role is not Role.RESPONSE], opposite)
    commands = [s for s in free if s.role is Role.STIMULUS]
    commands = commands or [s for s in free if s.role is Role.HELD]
    return commands, [s for s in free if s.role is Role.UNKNOWN]


def _fitting(sweep: Sweep, responses: Sequence[Signal], options: Sequence[Signal]) -> list[Signal]:
    """Return the signals that may belong to the responses, by electrode and by number."""
    found = list(options)
    electrodes = {signal.electrode for signal in responses}
    of_electrode = [signal for signal in found if signal.electrode in electrodes]
    if any(signal.electrode for signal in found) and electrodes != {""}:
        found = of_electrode
    if len(found) > 1 and len(responses) == 1:
        found = _of_number(sweep, responses[0], found)
    return found


def _partner(sweep: Sweep, found: list[Signal], *, must_be_one: bool = True) -> Signal | None:
    """Return the one signal that was found; None where there is none.

    Raises
    ------
    InvalidValueError
        If there are several, and one `must_be_one`.
    """
    if len(found) > 1 and must_be_one:
        raise InvalidValueError(
            f"It is not clear which channel is the stimulus in {sweep.label}. There are: "
            f"{listed(found)}. Name it, such as inputs={{'I': 'the channel'}}, or their sum, "
            "inputs={'I': 'a + b'} (on the command line --input 'I=the channel')."
        )
    return found[0] if len(found) == 1 else None


def _of_number(sweep: Sweep, response: Signal, options: list[Signal]) -> list[Signal]:
    """Return the candidate whose name has the number of the response, if it is unique both ways."""
    number = _numbers(response)
    alike = [s for s in sweep.signals if s.role is response.role and _numbers(s) == number]
    fitting = [signal for signal in options if number and _numbers(signal) == number]
    return fitting if len(fitting) == 1 and len(alike) == 1 else options


def _numbers(signal: Signal) -> tuple[int, ...]:
    return tuple(int(digits) for digits in _NUMBERS.findall(signal.name))


def _of_unit(signals: Sequence[Signal], dimensions: Dimension) -> list[Signal]:
    return [
        signal
        for signal in signals
        if signal.dimensions is not None and same_dimensions(signal.dimensions, dimensions)
    ]


def _usual_name(signal: Signal) -> str:
    return _USUAL_NAMES.get(signal.dimensions, signal.name)


def _described(signals: Sequence[Signal]) -> Iterator[str]:
    for signal in signals:
        unit = signal.unit or "unit unknown"
        if signal.dimensions is not None:
            unit = unit_name(signal.dimensions)
        yield f"'{signal.name}' [{unit}]"

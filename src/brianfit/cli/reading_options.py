"""Options by which commands read recordings, and the questions that they ask at a terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, final

import typer

if TYPE_CHECKING:
    from brianfit.data import RecordingSet
    from brianfit.data.readers.listing import Question

Unit = Annotated[
    list[str] | None,
    typer.Option("--unit", metavar="CHANNEL=UNIT", help="Unit of a channel, if the file has none."),
]
Stimulus = Annotated[
    list[Path] | None,
    typer.Option("--stimulus", metavar="FILE", help="File of the stimulus; may be repeated."),
]
Step = Annotated[
    str | None, typer.Option("--dt", metavar="TIME", help='Sampling step, such as "0.1 ms".')
]
Sweeps = Annotated[
    str | None,
    typer.Option("--sweeps", metavar="NUMBERS", help="Such as 0,2,5-8; all unless told."),
]
Output = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="VARIABLE=CHANNEL", help="The response, such as 'v=IN 0'."),
]
Input = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="VARIABLE=CHANNEL", help="The stimulus, such as 'I=Cmd 0'."),
]
Electrode = Annotated[
    str | None, typer.Option("--electrode", metavar="NAME", help="Where a file has several.")
]
Clamp = Annotated[
    str | None,
    typer.Option("--clamp", metavar="MODE", help="current or voltage, where a file has both."),
]
Memory = Annotated[
    str | None, typer.Option("--memory", metavar="SIZE", help="That a file may take; 2 GiB.")
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings.")]

_SIZE = re.compile(r"^\s*(?P<number>\d+(\.\d+)?)\s*(?P<prefix>[kMGT]?)i?B\s*$", re.IGNORECASE)
_MOST_QUESTIONS = 4


@final
@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What a reader is told besides the files, as it was typed."""

    units: Mapping[str, str] = field(default_factory=dict)
    dt: str | None = None
    stimulus: Sequence[Path] = ()
    sweeps: tuple[int, ...] | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    electrode: str | None = None
    clamp: str | None = None
    memory: str | None = None

    def arguments(self) -> dict[str, Any]:
        """Return them as arguments of `brianfit.read`.

        Raises
        ------
        BrianfitError
            If one cannot be read.
        """
        from brianfit._foundation.unit_text import quantity_from_text, unit_from_text

        found = {
            "units": {name: unit_from_text(text) for name, text in self.units.items()},
            "dt": None if self.dt is None else quantity_from_text(self.dt),
            "stimulus": list(self.stimulus) or None,
            "sweeps": None if self.sweeps is None else list(self.sweeps),
            "outputs": dict(self.outputs) or None,
            "inputs": dict(self.inputs) or None,
            "electrode": self.electrode,
            "clamp": self.clamp,
            "memory_limit": None if self.memory is None else bytes_of(self.memory),
        }
        return {name: value for name, value in found.items() if value is not None}


def options_of(  # noqa: PLR0913 - one for every option of the command line
    *,
    unit: list[str] | None = None,
    dt: str | None = None,
    stimulus: list[Path] | None = None,
    sweeps: str | None = None,
    output: list[str] | None = None,
    input: list[str] | None = None,
    electrode: str | None = None,
    clamp: str | None = None,
    memory: str | None = None,
) -> ReadingOptions:
    """Return the options that were typed.

    Raises
    ------
    InvalidValueError
        If one is not of its form.
    """
    return ReadingOptions(
        units=_pairs("--unit", unit, "IN 0=mV"),
        dt=dt,
        stimulus=stimulus or (),
        sweeps=None if sweeps is None else _numbers(sweeps),
        outputs=_named("--output", output, "v=IN 0"),
        inputs=_named("--input", input, "I=Cmd 0"),
        electrode=electrode,
        clamp=clamp,
        memory=memory,
    )


def read_files(files: Sequence[Path], options: ReadingOptions | None = None) -> RecordingSet:
    """Read recordings as they are named on the command line.

    Raises
    ------
    BrianfitError
        If they cannot be read.
    """
    from brianfit.data import read

    return read(list(files), **(options or ReadingOptions()).arguments())


def asked(files: Sequence[Path], options: ReadingOptions) -> ReadingOptions:
    """Return the options with what was open answered by the user, if a terminal is there to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return options
    for _ in range(_MOST_QUESTIONS):
        question = _question(files, options)
        if question is None:
            return options
        typer.echo(f"{files[0]}: which {_WORDS[question.argument]}?", err=True)
        for number, choice in enumerate(question.choices, start=1):
            typer.echo(f"  {number}  {choice}", err=True)
        answer = typer.prompt("Number", type=int, err=True)
        if 1 <= answer <= len(question.choices):
            options = _answered(options, question.argument, question.choices[answer - 1])
    return options


_WORDS = {
    "electrode": "electrode", "clamp": "clamp", "outputs": "channel is the response",
    "inputs": "channel is the stimulus",
}  # fmt: skip


def _question(files: Sequence[Path], options: ReadingOptions) -> Question | None:
    from brianfit.data.readers import ReadRequest
    from brianfit.data.readers._roles import Wanted
    from brianfit.data.readers.listing import open_question

    told = options.arguments()
    return open_question(
        files[0],
        request=ReadRequest(units=told["units"], sweeps=options.sweeps),
        wanted=Wanted(
            inputs=dict(options.inputs) or None,
            outputs=dict(options.outputs) or None,
            stimulus_is_given=bool(options.stimulus),
        ),
        electrode=options.electrode,
        clamp=options.clamp,
    )


def _answered(options: ReadingOptions, argument: str, answer: str) -> ReadingOptions:
    if argument == "outputs":
        return replace(options, outputs={"v": answer})
    if argument == "inputs":
        return replace(options, inputs={"I": answer})
    if argument == "clamp":
        return replace(options, clamp=answer)
    return replace(options, electrode=answer)


def bytes_of(text: str) -> int:
    """Return a size such as ``"4 GiB"`` or ``"500 MB"``.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    from brianfit._foundation.errors import InvalidValueError

    match = _SIZE.match(text)
    if not match:
        raise InvalidValueError(f"A size of memory must be like '4 GiB', but is {text!r}.")
    base: int = 1024 if "i" in text.lower().replace(match["prefix"].lower(), "", 1) else 1000
    power = ["", "k", "m", "g", "t"].index(match["prefix"].lower())
    size = float(match["number"]) * float(base) ** power
    return max(1, round(size))


def _numbers(text: str) -> tuple[int, ...]:
    from brianfit._foundation.errors import InvalidValueError

    found: list[int] = []
    for part in text.replace(",", " ").split():
        match = re.match(r"^(\d+)(?:-(\d+))?$", part)
        if not match:
            raise InvalidValueError(f"--sweeps must be like '0,2,5-8', but is {text!r}.")
        first = int(match[1])
        found += range(first, int(match[2] or first) + 1)
    if not found:
        raise InvalidValueError(f"--sweeps names no sweep: {text!r}.")
    return tuple(dict.fromkeys(found))


def _pairs(option: str, given: list[str] | None, example: str) -> dict[str, str]:
    """Return ``{channel: unit}``; the channel may hold an equals sign."""
    return dict(_split(option, given, example, last=True))


def _named(option: str, given: list[str] | None, example: str) -> dict[str, str]:
    """Return ``{variable: channel}``; the channel may hold an equals sign."""
    return dict(_split(option, given, example, last=False))


def _split(
    option: str, given: list[str] | None, example: str, *, last: bool
) -> list[tuple[str, str]]:
    from brianfit._foundation.errors import InvalidValueError

    found = []
    for pair in given or ():
        left, sign, right = pair.rpartition("=") if last else pair.partition("=")
        if not (sign and left and right):
            raise InvalidValueError(f"{option} must be like '{example}', but is {pair!r}.")
        found.append((left.strip(), right.strip()))
    return found

"""`brianfit init`: a commented problem file for a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brianfit.cli.reading_options import (
    Clamp,
    Electrode,
    Files,
    Input,
    Memory,
    Output,
    Step,
    Stimulus,
    Sweeps,
    Unit,
    asked,
    options_of,
    read_files,
)
from brianfit.cli.terminal import Quiet, say, say_aside, write_text
from brianfit.cli.written_files import check_outputs

if TYPE_CHECKING:
    from brianfit.data import RecordingSet


def init(  # noqa: PLR0913 - one argument for every option of the command
    files: Files,
    *,
    unit: Unit = None,
    dt: Step = None,
    stimulus: Stimulus = None,
    sweeps: Sweeps = None,
    output: Output = None,
    input: Input = None,
    electrode: Electrode = None,
    clamp: Clamp = None,
    memory: Memory = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="A model of the library; one that suits unless told."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to; beside the recording unless told.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace a file that is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a commented problem file that fits a model to recordings."""
    from brianfit import library
    from brianfit.cli.problem_file.template import problem_text

    typed = options_of(
        unit=unit, dt=dt, stimulus=stimulus, sweeps=sweeps, output=output, input=input,
        electrode=electrode, clamp=clamp, memory=memory,
    )  # fmt: skip
    options = asked(files, typed)
    recordings = read_files(files, options)
    _check_can_be_fitted(recordings)
    if model is not None:
        library.get(model)
    target = files[0].with_suffix(".toml") if out is None else out
    _check_target(target, (*files, *(stimulus or ())), force=force)
    text = problem_text(
        recordings,
        recording_files=files,
        target=target,
        model=model,
        options=options,
    )
    write_text(target, text)
    say(str(target))
    if not quiet:
        say(f"Look it over, then: brianfit fit {target}")
    _tell_of_missing_stimulus(recordings)


def _check_target(target: Path, read: tuple[Path, ...], *, force: bool) -> None:
    from brianfit._foundation.errors import InvalidValueError

    if target.exists() and not force:
        raise InvalidValueError(
            f"{target} is there already. --force replaces it, -o names another."
        )
    check_outputs({"problem file": target}, read)


def _tell_of_missing_stimulus(recordings: RecordingSet) -> None:
    if not recordings.input_names:
        say_aside(
            "The file has no stimulus, so the fit cannot run yet: give --stimulus FILE, or say in "
            "the problem file, under [recording], what it was."
        )


def _check_can_be_fitted(recordings: RecordingSet) -> None:
    """Check that the response is one that the models of the library have.

    Raises
    ------
    InvalidValueError
        If it is a current: the recording was made in voltage clamp.
    """
    from brian2 import amp

    from brianfit._foundation.errors import InvalidValueError

    response = next(iter(recordings.trace_names), None)
    if response is None or recordings.dimensions[response] != amp.dim:
        return
    raise InvalidValueError(
        f"The response '{response}' is a current: the sweeps were recorded in voltage clamp, and "
        "the models of the library answer to a current with a voltage. Two ways out: choose sweeps "
        "in current clamp, with their stimulus (--clamp current, --output v=CHANNEL, --stimulus "
        "FILE), or write a problem file for a model of your own whose input is the voltage and "
        "whose output the current ([model] equations; the documentation shows one under "
        "'My file is read wrongly, or not at all')."
    )

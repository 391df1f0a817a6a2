"""`brianfit init`: a commented problem file for a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brianfit.cli.inspect_file import Files, Step, Stimulus, Unit, read_files, units_of
from brianfit.cli.terminal import Quiet, say, write_text
from brianfit.cli.written_files import check_outputs


def init(
    files: Files,
    *,
    unit: Unit = None,
    dt: Step = None,
    stimulus: Stimulus = None,
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
    from brianfit._foundation.errors import InvalidValueError
    from brianfit.cli.problem_file.template import FileOptions, problem_text

    recordings = read_files(files, unit, dt, stimulus)
    if model is not None:
        library.get(model)
    target = files[0].with_suffix(".toml") if out is None else out
    if target.exists() and not force:
        raise InvalidValueError(
            f"{target} is there already. --force replaces it, -o names another."
        )
    check_outputs({"problem file": target}, (*files, *(stimulus or ())))
    text = problem_text(
        recordings,
        recording_files=files,
        target=target,
        model=model,
        options=FileOptions(units=units_of(unit), dt=dt, stimulus=stimulus or ()),
    )
    write_text(target, text)
    say(str(target))
    if not quiet:
        say(f"Look it over, then: brianfit fit {target}")

"""`brianfit report`: the page, the tables and the script of a fit."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brianfit.cli.terminal import AllowOutside, Quiet, say, say_aside
from brianfit.cli.written_files import Force, check_outputs

if TYPE_CHECKING:
    from brianfit.cli.outcome import Outcome


def report(  # noqa: PLR0913 - the options of a command
    store: Annotated[
        Path | None,
        typer.Argument(metavar="[RESULT.fit]", help="The newest one here unless told."),
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The page; RESULT.html unless told.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the result as JSON too.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all samples as CSV too.")] = None,
    script: Annotated[Path | None, typer.Option(help="Write a Brian 2 script too.")] = None,
    nwb: Annotated[
        Path | None, typer.Option(help="Write a copy of the NWB file with the fit in it too.")
    ] = None,
    problem: Annotated[
        Path | None,
        typer.Option(help="The problem file, for sweeps held out; RESULT.toml if it is there."),
    ] = None,
    force: Force = False,
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
) -> None:
    """Write a page that shows a fit, and on request its numbers and a Brian 2 script."""
    place = newest_store(Path()) if store is None else store
    outcome, inputs = _outcome(place, problem, allow_outside=allow_outside)
    asked = {
        "report": out or place.with_suffix(".html"),
        "json": json,
        "csv": csv,
        "script": script,
        "nwb": nwb,
    }
    wanted = {kind: path for kind, path in asked.items() if path is not None}
    check_outputs(wanted, inputs, force=force)
    for kind, written in outcome.write(wanted).items():
        if quiet:
            say(written)
        else:
            say_aside(f"{kind}: {written}")


def newest_store(folder: Path) -> Path:
    """Return the store in a folder that was written last.

    Raises
    ------
    UnreadableFileError
        If there is none.
    """
    from brianfit._foundation.errors import UnreadableFileError

    stores = sorted(folder.glob("*.fit"), key=lambda path: path.stat().st_mtime)
    if not stores:
        raise UnreadableFileError(
            "There is no result here, no file *.fit. Name one, or run `brianfit fit` first."
        )
    return stores[-1]


def _outcome(
    store: Path, problem: Path | None, *, allow_outside: bool
) -> tuple[Outcome, tuple[Path, ...]]:
    """Return what is to be shown, and the files that were read for it."""
    from brianfit.cli.outcome import Outcome
    from brianfit.cli.problem_file.problem import read_problem_file
    from brianfit.results import load

    result = load(store).result
    beside = store.with_suffix(".toml") if problem is None else problem
    if problem is None and not beside.exists():
        command = shlex.join(["brianfit", "resume", str(store)])
        return Outcome(result=result, command=command), (store,)
    described = read_problem_file(beside, allow_outside=allow_outside)
    outcome = Outcome(
        result=result,
        command=shlex.join(["brianfit", "fit", str(beside)]),
        recordings=described.recordings,
        held_out=described.held_out,
        read_from=described.inputs,
    )
    return outcome, (store, *described.inputs)

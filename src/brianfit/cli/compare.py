"""`brianfit compare`: which model describes a recorded cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brianfit.cli.reading_options import Files, Sweeps, Unit, options_of, read_files
from brianfit.cli.terminal import AsJson, Quiet, say, say_aside, say_json, write_text
from brianfit.cli.written_files import Force, check_outputs

if TYPE_CHECKING:
    from brianfit.comparison import CellsComparison, Comparison


def compare(  # noqa: PLR0913 - the options of a command
    files: Files,
    *,
    models: Annotated[
        str, typer.Option(help="Names of the library with commas between them.")
    ] = "lif,adex,gif",
    by: Annotated[str, typer.Option(help="Hold out by sweep, time or repeat.")] = "sweep",
    folds: Annotated[int | None, typer.Option(help="In so many parts.", min=2)] = None,
    seeds: Annotated[int, typer.Option(help="Fit every model with so many seeds.", min=1)] = 1,
    rounds: Annotated[int, typer.Option(help="Of every fit.", min=1)] = 100,
    workers: Annotated[int, typer.Option(help="Fit in so many processes at a time.", min=1)] = 1,
    each: Annotated[bool, typer.Option("--each", help="Every file is a cell of its own.")] = False,
    store: Annotated[
        Path | None, typer.Option(help="Folder of the fits, to go on after a kill.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write a page, such as cell.html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the table as CSV.")] = None,
    unit: Unit = None,
    sweeps: Sweeps = None,
    force: Force = False,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare models of a recorded cell on sweeps that they were not fitted to."""
    from brianfit.comparison import compare as compare_models

    written = {kind: path for kind, path in (("report", out), ("csv", csv)) if path is not None}
    check_outputs(written, files, force=force)
    options = options_of(unit=unit, sweeps=sweeps)
    recordings: Any = read_files(files, options)
    if each:
        recordings = {path.name: read_files([path], options) for path in files}
    names = [name.strip() for name in models.split(",") if name.strip()]
    if not quiet and not json:
        say_aside(f"Comparing {', '.join(names)}")
    with _executor(workers) as executor:
        found = compare_models(
            recordings,
            names,
            by=by,
            n_folds=folds,
            seeds=list(range(1, seeds + 1)),
            store=store,
            executor=executor,
            n_rounds=rounds,
        )
    _tell(found, written, json=json, quiet=quiet)


def _executor(workers: int) -> Any:
    from contextlib import nullcontext

    from brianfit.executors import ProcessExecutor

    return nullcontext(None) if workers == 1 else ProcessExecutor(workers)


def _tell(
    found: Comparison | CellsComparison, written: dict[str, Path], *, json: bool, quiet: bool
) -> None:
    if "report" in written:
        found.report(written["report"])
    if "csv" in written:
        write_text(written["csv"], str(found.table.to_csv(lineterminator="\n")))
    if json:
        say_json(found.plain())
    elif quiet:
        say(found.chosen)
    else:
        say(str(found))
        for kind, path in written.items():
            say_aside(f"{kind}: {path}")

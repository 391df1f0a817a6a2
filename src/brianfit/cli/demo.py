"""`brianfit demo`: fit the recording that comes with brianfit, from problem file to report."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from brianfit.cli.fit import fit
from brianfit.cli.terminal import Quiet, say_aside, write_text


def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = Path(),
    rounds: Annotated[int | None, typer.Option(help="200 unless told.", min=1)] = None,
    quiet: Quiet = False,
) -> None:
    """Fit a real recording: write a problem file, run it, write the report."""
    problem = folder / "demo.toml"
    text = files("brianfit.cli").joinpath("demo.toml").read_text(encoding="utf-8")
    if not problem.exists():
        write_text(problem, text)
    if not quiet:
        say_aside(f"{problem} describes the fit; running: brianfit fit {problem}")
    fit(problem, rounds=rounds, quiet=quiet)

"""The command `brianfit` and its subcommands; nothing heavy is imported to show the help."""

from __future__ import annotations

from typing import Annotated

import typer

from brianfit.cli.check import check
from brianfit.cli.compare import compare
from brianfit.cli.demo import demo
from brianfit.cli.doctor import doctor
from brianfit.cli.fit import fit
from brianfit.cli.init import init
from brianfit.cli.inspect_file import inspect
from brianfit.cli.models import models
from brianfit.cli.report import report
from brianfit.cli.resume import resume
from brianfit.cli.runs import runs
from brianfit.cli.simulate import simulate
from brianfit.cli.terminal import guarded
from brianfit.cli.watch import watch

app = typer.Typer(
    name="brianfit",
    help="Fit neuron models to recorded voltage traces and spike trains.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_COMMANDS = (
    *(demo, init, inspect, fit, watch, resume, report, runs, check),
    *(models, compare, simulate, doctor),
)
for _command in _COMMANDS:
    app.command()(guarded(_command))


def _print_version(*, is_asked: bool) -> bool:
    if is_asked:
        from importlib.metadata import version as version_of

        typer.echo(version_of("brianfit"))
        raise typer.Exit
    return is_asked


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            # Called while options are read: whether a command is missing is asked later.
            callback=lambda value: _print_version(is_asked=value),
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Fit neuron models to recorded voltage traces and spike trains."""


def main() -> None:
    """Run the command."""
    app()

"""Write the reference of the command line from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import typer
from api_pages import write_if_new
from sphinx.application import Sphinx

from brianfit.cli.main import app as commands


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the page before anything is read."""
    app.connect("builder-inited", _write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx) -> None:
    group = typer.main.get_command(commands)
    context = click.Context(group, info_name="brianfit")
    lines = ["The command line", "================", "", group.help or "", ""]
    lines += ["How they are used together: :doc:`/how_to/fit_from_the_command_line`.", ""]
    lines += ["What every command says about itself with ``--help``.", ""]
    for name in group.list_commands(context):  # type: ignore[attr-defined]
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        lines += _command(command, click.Context(command, info_name=name, parent=context))
    write_if_new(Path(app.srcdir) / "reference" / "command_line.rst", "\n".join([*lines, ""]))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    title = f"brianfit {command.name}"
    yield from (title, "-" * len(title), "", command.help or "", "")
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield from (".. code-block:: text", "", *(f"   {line}" for line in usage.splitlines()), "")
    rows = [row for parameter in command.params if (row := _row(parameter, context))]
    if rows:
        yield from (".. list-table::", "   :widths: 35 65", "")
        for head, text in rows:
            yield from (f"   * - ``{head}``", f"     - {text}")
        yield ""


def _row(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(context), getattr(parameter, "help", None) or ""
    record = parameter.get_help_record(context)
    return None if record is None else (record[0], " ".join(record[1].split()))

"""`brianfit check`: whether stores are whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brianfit.cli.terminal import BAD_INPUT, AsJson, say, say_json


def check(
    stores: Annotated[list[Path], typer.Argument(metavar="RESULT.fit...", help="Stores of fits.")],
    *,
    json: AsJson = False,
) -> None:
    """Check whether stores are whole, without changing them; exit code 2 if one is not."""
    from brianfit.results import check_store

    found = [check_store(store) for store in stores]
    if json:
        say_json(
            {
                str(one.path): {
                    "is_whole": one.is_whole,
                    "version": one.version,
                    "n_fits": one.n_fits,
                    "n_rounds": one.n_rounds,
                    "n_evaluations": one.n_evaluations,
                    "problems": list(one.problems),
                }
                for one in found
            }
        )
    else:
        for one in found:
            say(str(one))
    if not all(one.is_whole for one in found):
        raise typer.Exit(BAD_INPUT)

"""`brianfit runs`: a table of all stores below a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brianfit.cli.terminal import AsJson, say, say_json

if TYPE_CHECKING:
    from brianfit.watching.frame import Frame

_HEADS = ("store", "cell", "model", "state", "error", "held out", "evaluations", "when")


def runs(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="This one unless told.")
    ] = Path(),
    *,
    json: AsJson = False,
) -> None:
    """List the stores below a folder: cell, model, state, error, held-out error, when."""
    from brianfit._foundation.shown.notebook import text_table
    from brianfit.watching.watched import Watched

    frames = Watched([folder]).frames(n_points=2)
    if json:
        say_json({"stores": [_plain(frame) for frame in frames]})
        return
    if not frames:
        say(f"There is no store below {folder}, no file *.fit.")
        return
    for line in text_table(_HEADS, [_row(frame, folder) for frame in frames]):
        say(line)


def _plain(frame: Frame) -> dict[str, Any]:
    plain = frame.as_plain()
    del plain["course"]
    return plain


def _row(frame: Frame, folder: Path) -> Sequence[str]:
    from brianfit._foundation.strangers.escaping import in_comment
    from brianfit.watching.screen import when

    name = frame.path.relative_to(folder) if frame.path.is_relative_to(folder) else frame.path
    cells = (
        str(name),
        frame.cell,
        frame.model,
        frame.state.value,
        frame.error_text,
        frame.held_out,
        str(frame.n_evaluations),
        when(frame.written),
    )
    return [in_comment(cell) for cell in cells]

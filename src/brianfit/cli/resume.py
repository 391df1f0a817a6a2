"""`brianfit resume`: go on with a fit from its store."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from brianfit.cli.terminal import INTERRUPTED, AsJson, Quiet


def resume(
    store: Annotated[Path, typer.Argument(metavar="RESULT.fit", help="The store of a fit.")],
    *,
    rounds: Annotated[
        int | None,
        typer.Option(help="Of the whole fit; as many as it was begun with unless told.", min=1),
    ] = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Go on with a fit that was interrupted, or add rounds to it."""
    from brianfit.cli.outcome import Outcome
    from brianfit.cli.progress import Progress
    from brianfit.fitting.search.requests import ASKED_TO_STOP
    from brianfit.fitting.studies.resume import resume as go_on
    from brianfit.results import load_problems

    problem = load_problems(store)[-1]
    n_rounds = problem.rounds_foreseen if rounds is None else rounds
    progress = Progress(n_rounds * problem.n_samples, is_shown=not (json or quiet))
    with progress.interruptible():
        fitter = go_on(store, rounds, callback=progress)
    outcome = Outcome(result=fitter.result, command=shlex.join(["brianfit", "resume", str(store)]))
    outcome.tell({"store": str(store)}, json=json, quiet=quiet)
    if progress.was_interrupted or fitter.result.stop_reason == ASKED_TO_STOP:
        raise typer.Exit(INTERRUPTED)

"""`brianfit fit`: run the fit that a problem file describes."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brianfit.cli.terminal import (
    INTERRUPTED,
    AllowOutside,
    AsJson,
    Quiet,
    say_aside,
)
from brianfit.cli.written_files import Force, check_outputs

if TYPE_CHECKING:
    from brianfit.cli.problem_file.problem import FitProblem
    from brianfit.fitting import Fitter, TraceFitter
    from brianfit.results import FitResult
    from brianfit.results.store.set_aside import OldStore


def fit(
    problem: Annotated[Path, typer.Argument(metavar="PROBLEM.toml", help="What to fit.")],
    *,
    rounds: Annotated[int | None, typer.Option(help="Instead of those of the file.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of that of the file.", min=0)] = None,
    restart: Annotated[bool, typer.Option(help="Forget the rounds that the store has.")] = False,
    force: Force = False,
    allow_outside: AllowOutside = False,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fit a model as a problem file says; go on where an earlier run stopped.

    Ctrl-C ends the fit after the round under way; the result is kept.
    """
    from brianfit.cli.problem_file.problem import read_problem_file
    from brianfit.results import set_aside

    described = read_problem_file(problem, allow_outside=allow_outside)
    check_outputs(described.outputs, described.inputs, force=force)
    n_rounds = described.rounds if rounds is None else rounds
    given_seed = described.settings.get("seed") if seed is None else seed
    store = described.outputs["store"]
    with set_aside(store) if restart else nullcontext() as old:
        result, was_interrupted = run(
            described, n_rounds, given_seed, is_shown=not (json or quiet), old=old
        )
    tell(described, result, json=json, quiet=quiet)
    if was_interrupted:
        raise typer.Exit(INTERRUPTED)


def run(
    problem: FitProblem,
    n_rounds: int,
    seed: int | None,
    *,
    is_shown: bool,
    old: OldStore | None = None,
) -> tuple[FitResult, bool]:
    """Run a fit; return its result, and whether a user ended it.

    An `old` store that stands aside goes once the new one has a round.
    """
    from brianfit.cli.progress import Progress
    from brianfit.fitting import TraceFitter
    from brianfit.fitting.search.requests import ASKED_TO_STOP

    fitter = problem.fitter()
    if is_shown:
        fitted, held_out = len(problem.fitted), len(problem.held_out)
        say_aside(f"Fitting {fitted} sweeps" + (f", holding out {held_out}" if held_out else ""))
    progress = Progress(
        n_rounds * fitter.n_samples,
        is_shown=is_shown,
        after_round=None if old is None else old.forget_once_replaced,
    )
    with progress.interruptible():
        fitter.fit(
            problem.optimizer,
            dict(problem.metrics) or None,
            n_rounds=n_rounds,
            weights=problem.weights,
            callback=progress,
            params=dict(problem.parameters),
            seed=seed,
            stop=problem.stop_rules(),
            store=problem.outputs["store"],
            held_out=problem.held_out_recordings,
        )
        was_stopped = progress.was_interrupted or fitter.result.stop_reason == ASKED_TO_STOP
        wants_refinement = problem.settings.get("refine") and not was_stopped
        if wants_refinement and isinstance(fitter, TraceFitter):
            fitter.refine(callback=None)
        if problem.uncertainty is not None and not (was_stopped or progress.was_interrupted):
            add_uncertainty(fitter, problem.uncertainty)
    return fitter.result, was_stopped or progress.was_interrupted


def add_uncertainty(fitter: TraceFitter | Fitter, method: str) -> None:
    """Find how sure the parameters are; a fit that can have no intervals is kept all the same."""
    from brianfit._foundation.errors import BrianfitError

    try:
        fitter.uncertainty(method)
    except BrianfitError as problem:
        say_aside(f"There are no intervals: {problem}")


def tell(problem: FitProblem, result: FitResult, *, json: bool, quiet: bool) -> None:
    """Write the files of a fit and print its result."""
    from brianfit.cli.outcome import Outcome

    outcome = Outcome(
        result=result,
        command=shlex.join(["brianfit", "fit", str(problem.path)]),
        recordings=problem.recordings,
        held_out=problem.held_out,
        read_from=problem.inputs,
    )
    outcome.tell(outcome.write(problem.outputs), json=json, quiet=quiet)

"""Write the report of a fit."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from brianfit._foundation.arguments import also_called
from brianfit._foundation.errors import BrianfitError
from brianfit.data import RecordingSet
from brianfit.fitting.after.brian_script import brian_script
from brianfit.fitting.after.predict import predict
from brianfit.fitting.after.score import score_of
from brianfit.plots.report.contents import ReportContents
from brianfit.plots.report.page import page
from brianfit.results import FitResult, Prediction, Score

_TITLE = "Fitted neuron model"


@also_called(left_out="held_out")
def write_report(
    result: FitResult,
    path: str | Path,
    *,
    title: str | None = None,
    recordings: RecordingSet | None = None,
    held_out: Collection[int] | RecordingSet = (),
    command: str | None = None,
) -> Path:
    """Write a page that shows a fit; it works offline, in any browser, and on paper.

    Parameters
    ----------
    path
        Where to; an existing file is replaced.
    title
        Of the page.
    recordings
        The sweeps that are shown and predicted; those of the fit unless told.
    held_out
        Numbers of the sweeps among them that were not fitted, or other recordings: what the model
        is scored on besides.
    command
        What to type to repeat the fit; the running Python script unless told.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    BrianfitError
        If `recordings` are not those of such a model.
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    notes: list[str] = []
    others = held_out if isinstance(held_out, RecordingSet) else None
    numbers = () if isinstance(held_out, RecordingSet) else held_out
    prediction = _prediction(result, recordings, numbers, notes)
    score = _held_out_score(result, prediction, others, notes)
    script, has_script = _script(result)
    contents = ReportContents(
        title=_TITLE if title is None else title,
        result=result,
        prediction=prediction,
        held_out=score,
        notes=tuple(notes),
        standard_errors=result.standard_errors,
        command=_running_command() if command is None else command,
        script=script,
        has_script=has_script,
        written=datetime.now().astimezone(),
    )
    text = page(contents)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return path


def _prediction(
    result: FitResult,
    recordings: RecordingSet | None,
    held_out: Collection[int],
    notes: list[str],
) -> Prediction | None:
    """Return what the model yields; a result from a file may lack what only its script knew."""
    if result.problem is None or not result.best_values:
        return None
    try:
        return predict(result, recordings, held_out=held_out)
    except BrianfitError as problem:
        if recordings is not None:
            raise
        notes.append(f"The traces are not shown, as the model could not be simulated: {problem}")
        return None


def _held_out_score(
    result: FitResult,
    prediction: Prediction | None,
    others: RecordingSet | None,
    notes: list[str],
) -> Score | None:
    if prediction is None or (others is None and not prediction.held_out):
        return None
    chosen = prediction.recordings[sorted(prediction.held_out)] if others is None else others
    try:
        return score_of(result, chosen)
    except BrianfitError as problem:
        if others is not None:
            raise
        notes.append(f"What was held out is not scored: {problem}")
        return None


def _script(result: FitResult) -> tuple[str, bool]:
    """Return the script of the model, or a sentence why there is none."""
    try:
        return brian_script(result), True
    except BrianfitError as problem:
        return str(problem), False


def _running_command() -> str:
    """Return how the running Python script was started; empty in a notebook or console."""
    script = sys.argv[0] if sys.argv else ""
    if not script.endswith(".py") or "ipykernel" in script:
        return ""
    return shlex.join(["python", *sys.argv])

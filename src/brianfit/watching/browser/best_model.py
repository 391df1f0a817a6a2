"""Simulate the best model so far of a store, for the page: ``python -m`` this module.

It runs in a process of its own, at the lowest priority, because only it needs Brian: the fit is not
slowed down, and whoever watches stays small. Each line that it reads names a store, as JSON; each
line that it writes answers one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import Any

from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.shown.markup import join, tag
from brianfit.fitting.after.predict import predict
from brianfit.plots.report.figures import drawn, prediction_pictures
from brianfit.plots.report.sweeps import sweep_drawings
from brianfit.plots.report.trace_data import sweeps_json
from brianfit.results import FitResult
from brianfit.results.store.reading import result_without_rounds

_MOST_VALUES = 400_000  # of all curves of a page
_LOWEST_PRIORITY = 19


def main() -> None:
    """Answer until there is nothing more to read."""
    if hasattr(os, "nice"):
        os.nice(_LOWEST_PRIORITY)
    answers = sys.stdout
    with redirect_stdout(sys.stderr):
        for line in sys.stdin:
            answers.write(json.dumps(answer(Path(json.loads(line)["store"]))) + "\n")
            answers.flush()


def answer(store: Path) -> dict[str, Any]:
    """Return what the page shows of the best sample of a store, or why it cannot be simulated."""
    try:
        result = result_without_rounds(store)
        if not result.best_values:
            return {"words": "No sample could be scored yet, so there is no model to show."}
        prediction = predict(result)
        figures = [one for one in map(drawn, prediction_pictures(prediction)) if one is not None]
        return {
            "words": "",
            "error": result.error,
            "drawings": sweep_drawings(prediction).html,
            "sweeps": json.loads(sweeps_json(prediction, max_values=_MOST_VALUES)),
            "figures": join(tag("div", *figures, class_="figures")).html if figures else "",
            "by_sweep": join(*_by_sweep(result)).html,
        }
    except (BrianfitError, ArithmeticError, LookupError, TypeError, ValueError) as problem:
        return {"words": f"The best model cannot be simulated here: {problem}"}


def _by_sweep(result: FitResult) -> Iterator[Any]:
    """Yield a table of the errors of every sweep, normalised."""
    names = list(result.trace_errors)
    if not names:
        return
    heads = [tag("th", head, scope="col") for head in ("sweep", *(f"error of {n}" for n in names))]
    rows = [
        tag(
            "tr",
            tag("th", label, scope="row"),
            *(
                tag("td", f"{float(result.trace_errors[n][k]):.4g}", data_label=f"error of {n}")
                for n in names
            ),
        )
        for k, label in enumerate(result.trace_labels)
    ]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    yield tag("h2", "Errors by sweep")
    yield tag("p", "Normalised, as they are added up.", class_="quiet")
    yield tag("div", table, class_="scroll")


if __name__ == "__main__":
    with closing(sys.stdin):
        main()

"""How well the model does, by output and by sweep."""

from __future__ import annotations

import numpy as np

from brianfit.plots.report.contents import ReportContents, number_text
from brianfit.plots.report.markup import Markup, join, tag


def scores(contents: ReportContents) -> Markup | None:
    """Return the errors of the fitted sweeps."""
    if not contents.result.raw_output_errors:
        return None
    return join(_outputs(contents), _sweeps(contents))


def _outputs(contents: ReportContents) -> Markup:
    result = contents.result
    problem = result.problem
    rows = []
    for name, error in result.raw_output_errors.items():
        metric = str(problem.metrics[name]) if problem and name in problem.metrics else ""
        normalised = number_text(result.output_errors[name], result.dimensions.output_errors[name])
        rows.append(
            tag(
                "tr",
                tag("th", name, scope="row"),
                tag(
                    "td",
                    number_text(error, result.dimensions.raw_output_errors[name]),
                    class_="number",
                ),
                tag("td", normalised, class_="number"),
                tag("td", metric),
            )
        )
    heads = [
        tag("th", "output", scope="col"),
        tag("th", "error", scope="col", class_="number"),
        tag("th", "normalised", scope="col", class_="number"),
        tag("th", "metric", scope="col"),
    ]
    caption = tag("caption", "Smaller is better. The normalised errors are what is added up.")
    table = tag("table", caption, tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    return tag("div", table, class_="scroll")


def _sweeps(contents: ReportContents) -> Markup | None:
    result = contents.result
    known = {
        name: errors for name, errors in result.trace_errors.items() if np.any(np.isfinite(errors))
    }
    if not known:
        return None
    heads = [tag("th", "sweep of the fit", scope="col")]
    heads += [tag("th", f"error of {name}", scope="col", class_="number") for name in known]
    rows = []
    for number, label in enumerate(result.trace_labels):
        cells = [
            tag("td", _trace_error(contents, name, float(errors[number])), class_="number")
            for name, errors in known.items()
        ]
        rows.append(tag("tr", tag("th", label, scope="row"), *cells))
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    return tag("div", table, class_="scroll")


def _trace_error(contents: ReportContents, name: str, normalised: float) -> str:
    """Return the error of a sweep without normalization."""
    result = contents.result
    if not np.isfinite(normalised):
        return "–"
    whole = result.output_errors[name]
    factor = result.raw_output_errors[name] / whole if whole > 0 else 1.0
    return number_text(factor * normalised, result.dimensions.raw_output_errors[name])

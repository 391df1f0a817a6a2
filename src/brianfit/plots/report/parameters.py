"""The table of parameters: values, errors, bounds and how far they are from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brianfit.plots._coordinates import is_logarithmic, positions
from brianfit.plots.report.contents import ReportContents, parameter_text
from brianfit.plots.report.markup import Markup, tag
from brianfit.plots.report.mathml import identifier
from brianfit.results import ParameterRecord


def parameters(contents: ReportContents) -> Markup | None:
    """Return a row for every parameter."""
    result = contents.result
    if not result.best_values:
        return None
    errors = contents.standard_errors
    heads = ["parameter", "value", *(["standard error"] if errors else [])]
    heads += ["lower bound", "upper bound", "place between them", "note"]
    cells = [
        tag("th", head, scope="col", class_="number" if head in _NUMBERS else None)
        for head in heads
    ]
    rows = [_row(contents, name, errors) for name in result.best_values]
    table = tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *rows))
    return tag("div", table, class_="scroll")


_NUMBERS = frozenset({"value", "standard error", "lower bound", "upper bound"})


def _row(contents: ReportContents, name: str, errors: Mapping[str, float]) -> Markup:
    result = contents.result
    value = parameter_text(contents, name, result.best_values[name])
    cells = [
        tag("th", tag("math", identifier(name)), scope="row"),
        tag("td", value, class_="number"),
    ]
    if errors:
        known = f"± {parameter_text(contents, name, errors[name])}" if name in errors else "–"
        cells.append(tag("td", known, class_="number"))
    low, high = result.bounds.get(name, (None, None))
    for bound in (low, high):
        text = "" if bound is None else parameter_text(contents, name, bound)
        cells.append(tag("td", text, class_="number"))
    cells.append(tag("td", None if low is None else _bar(contents, name)))
    side = result.at_bound.get(name)
    note = f"at its {side} bound" if side else _note(contents, name)
    cells.append(tag("td", note, class_="note warning" if side else "note quiet"))
    return tag("tr", *cells, class_="at-bound" if side else None)


def _bar(contents: ReportContents, name: str) -> Markup:
    """Return a drawing of the place of a value between its bounds."""
    result = contents.result
    names = result.history.parameter_names
    row = np.array([[result.best_values[each] for each in names]])
    place = float(np.clip(positions(result, row)[0, names.index(name)], 0.0, 1.0))
    drawing = tag(
        "svg",
        tag("line", x1=5, x2=125, y1=6, y2=6, class_="rail"),
        tag("line", x1=5, x2=5, y1=2, y2=10, class_="rail"),
        tag("line", x1=125, x2=125, y1=2, y2=10, class_="rail"),
        tag("circle", cx=f"{5 + 120 * place:.1f}", cy=6, r=5, class_="place"),
        viewBox="0 0 130 12",
        role="img",
        aria_label=f"at {100 * place:.0f} % of the way from the lower to the upper bound",
    )
    return tag("span", drawing, class_="bar")


def _note(contents: ReportContents, name: str) -> str:
    result = contents.result
    if name in result.bounds:
        return "log scale" if is_logarithmic(result, name) else ""
    record = _record(contents, name)
    if record is not None and record.tied is not None:
        return f"tied: {record.tied}"
    return "fixed"


def _record(contents: ReportContents, name: str) -> ParameterRecord | None:
    problem = contents.result.problem
    records = () if problem is None else problem.parameters
    return next((record for record in records if record.name == name), None)

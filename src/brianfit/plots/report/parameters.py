"""The table of parameters: values, errors, bounds and how far they are from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brianfit._foundation.shown.markup import Markup, tag
from brianfit.plots._coordinates import is_logarithmic, positions
from brianfit.plots.report.contents import ReportContents, parameter_text
from brianfit.plots.report.mathml import identifier
from brianfit.plots.report.tables import Column, Row, table
from brianfit.results import ParameterRecord


def parameters(contents: ReportContents) -> Markup | None:
    """Return a row for every parameter."""
    result = contents.result
    if not result.best_values:
        return None
    errors = contents.standard_errors
    has_intervals = any(result.ends_of(name) is not None for name in result.best_values)
    columns = [Column(head="parameter"), Column(head="value", kind="number")]
    if has_intervals:
        columns += [Column(head="95 % interval", kind="number")]
    elif errors:
        columns += [Column(head="standard error", kind="number")]
    columns += [
        Column(head="lower bound", kind="number"),
        Column(head="upper bound", kind="number"),
        Column(head="place between them"),
        Column(head="note", kind="note"),
    ]
    return table(columns, [_row(contents, name, errors) for name in result.best_values])


def _row(contents: ReportContents, name: str, errors: Mapping[str, float]) -> Row:
    result = contents.result
    cells: list[Markup | str | None] = [
        tag("math", identifier(name)),
        parameter_text(contents, name, result.best_values[name]),
    ]
    ends = result.ends_of(name)
    if ends is not None:
        cells.append(
            " to ".join(
                parameter_text(contents, name, end) if np.isfinite(end) else "?" for end in ends
            )
        )
    elif result.uncertainty is not None and not result.uncertainty.is_withheld:
        cells.append("–")
    elif errors:
        cells.append(f"± {parameter_text(contents, name, errors[name])}" if name in errors else "–")
    low, high = result.bounds.get(name, (None, None))
    cells += ["" if end is None else parameter_text(contents, name, end) for end in (low, high)]
    cells.append(None if low is None else _bar(contents, name))
    side = result.at_bound.get(name)
    cells.append(f"at its {side} bound" if side else _note(contents, name))
    return Row(
        cells=cells,
        class_="at-bound" if side else None,
        emphasis="warning" if side else "quiet",
    )


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
    record = _record(contents, name)
    if name in result.bounds:
        notes = ["log scale"] if is_logarithmic(result, name) else []
        if record is not None and record.prior is not None:
            notes.append(f"prior: {record.prior.words(record.dimensions)}")
        return "; ".join(notes)
    if record is not None and record.tied is not None:
        return f"tied: {record.tied}"
    return "fixed"


def _record(contents: ReportContents, name: str) -> ParameterRecord | None:
    problem = contents.result.problem
    records = () if problem is None else problem.parameters
    return next((record for record in records if record.name == name), None)

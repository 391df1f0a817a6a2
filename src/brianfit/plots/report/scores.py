"""How well the model does, by output and by sweep, on what was fitted and on what was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from brianfit.plots.report.contents import ReportContents, number_text
from brianfit.plots.report.markup import Markup, join, tag


def scores(contents: ReportContents) -> Markup | None:
    """Return the errors of fitted sweeps, and of those that were left out."""
    if not contents.result.raw_output_errors:
        return None
    return join(_outputs(contents), _sweeps(contents))


def _outputs(contents: ReportContents) -> Markup:
    result, held_out = contents.result, contents.held_out
    problem = result.problem
    heads = ["output", "error", "normalised"]
    heads += ["left out: error", "normalised"] if held_out is not None else []
    rows = []
    for name, error in result.raw_output_errors.items():
        raw, normalised = result.dimensions.raw_output_errors[name], result.output_errors[name]
        cells = [number_text(error, raw), _normalised(contents, name, normalised)]
        if held_out is not None:
            cells += [
                number_text(held_out.raw_output_errors[name], raw),
                _normalised(contents, name, held_out.output_errors[name]),
            ]
        metric = str(problem.metrics[name]) if problem and name in problem.metrics else ""
        rows.append(_row(name, cells, after=metric))
    return _table(
        [*heads, "metric"], rows, "Smaller is better. The normalised errors are what is added up."
    )


def _normalised(contents: ReportContents, name: str, value: float) -> str:
    return number_text(value, contents.result.dimensions.output_errors[name])


def _sweeps(contents: ReportContents) -> Markup | None:
    result, held_out = contents.result, contents.held_out
    names = [name for name, errors in result.trace_errors.items() if np.any(np.isfinite(errors))]
    if not names:
        return None
    rows = [
        _row(label, _trace_errors(contents, names, result.trace_errors, number))
        for number, label in enumerate(result.trace_labels)
    ]
    if held_out is not None:
        rows += [
            _row(
                f"{label} (left out)",
                _trace_errors(contents, names, held_out.trace_errors, number),
                class_="left-out",
            )
            for number, label in enumerate(held_out.trace_labels)
        ]
    return _table(["sweep", *(f"error of {name}" for name in names)], rows, None)


def _trace_errors(
    contents: ReportContents,
    names: Sequence[str],
    errors: Mapping[str, np.ndarray],
    number: int,
) -> list[str]:
    return [
        _trace_error(contents, name, float(errors[name][number])) if name in errors else "–"
        for name in names
    ]


def _trace_error(contents: ReportContents, name: str, normalised: float) -> str:
    """Return the error of a sweep without normalization."""
    result = contents.result
    if not np.isfinite(normalised):
        return "–"
    whole = result.output_errors[name]
    factor = result.raw_output_errors[name] / whole if whole > 0 else 1.0
    return number_text(factor * normalised, result.dimensions.raw_output_errors[name])


def _row(name: str, cells: Sequence[str], *, after: str = "", class_: str | None = None) -> Markup:
    numbers = [tag("td", text, class_="number") for text in cells]
    last = tag("td", after) if after else None
    return tag("tr", tag("th", name, scope="row"), *numbers, last, class_=class_)


def _table(heads: Sequence[str], rows: Sequence[Markup], caption: str | None) -> Markup:
    cells = [
        tag("th", head, scope="col", class_=None if head in _WORDS else "number") for head in heads
    ]
    table = tag(
        "table",
        None if caption is None else tag("caption", caption),
        tag("thead", tag("tr", *cells)),
        tag("tbody", *rows),
    )
    return tag("div", table, class_="scroll")


_WORDS = frozenset({"output", "sweep", "metric"})
